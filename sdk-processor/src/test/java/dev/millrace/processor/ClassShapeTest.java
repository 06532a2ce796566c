package dev.millrace.processor;

import static dev.millrace.processor.Compilation.compile;

import org.junit.jupiter.api.Test;

class ClassShapeTest {

    @Test
    void aWorkflowIsAClass() {
        compile("""
                @Workflow /*>*/interface Bad {
                  @Step Payment charge(Order order);
                }
                record Order(String id) {}
                record Payment(String id) {}
                """).failsWith("""
                [Millrace/InterfaceWorkflow] @Workflow Bad is an interface; a workflow is a class.
                    Fix: put @Workflow on the class that has the steps.""");
    }

    @Test
    void aWorkflowIsNotAbstract() {
        compile("""
                @Workflow abstract /*>*/class Bad {
                  @Step String charge(Order order) { return order.id(); }
                }
                record Order(String id) {}
                """).failsWith("""
                [Millrace/AbstractWorkflow] @Workflow Bad is abstract, so a worker cannot have one.
                    Fix: put @Workflow on the class that is made.""");
    }

    @Test
    void aWorkflowHasNoTypeParameters() {
        compile("""
                @Workflow /*>*/class Bad<T> {
                  @Step String charge(Order order) { return order.id(); }
                }
                record Order(String id) {}
                """).failsWith("""
                [Millrace/GenericWorkflow] @Workflow Bad has type parameters, so nobody knows the types of its steps.
                    Fix: write the types themselves.""");
    }

    @Test
    void aWorkflowIsNotPrivate() {
        compile("""
                class Bad {
                  @Workflow private static /*>*/class Hidden {
                    @Step String charge(Order order) { return order.id(); }
                  }
                  private static class Outer {
                    @Workflow static /*>*/class Inside {
                      @Step String charge(Order order) { return order.id(); }
                    }
                  }
                }
                record Order(String id) {}
                """).failsWith("""
                [Millrace/PrivateClass] @Workflow Hidden is private, so generated code cannot name it.
                    Fix: make Hidden package-private or public.""", """
                [Millrace/PrivateClass] @Workflow Inside is inside Outer, which is private, so generated code cannot name it.
                    Fix: make Outer package-private or public.""");
    }

    @Test
    void aWorkflowIsNoInnerClass() {
        compile("""
                class Bad {
                  @Workflow /*>*/class Inner {
                    @Step String charge(Order order) { return order.id(); }
                  }
                }
                record Order(String id) {}
                """).failsWith("""
                [Millrace/InnerClass] @Workflow Inner is an inner class, so it cannot be made without an object of Bad.
                    Fix: make it static, or a class of its own.""");
    }

    @Test
    void aWorkflowHasSteps() {
        compile("@Workflow /*>*/class Bad { String charge(String order) { return order; } }")
                .failsWith("""
                [Millrace/NoSteps] @Workflow Bad has no method with @Step.
                    Fix: put @Step on the methods that do the work.""");
    }

    @Test
    void aStepStandsInAWorkflow() {
        compile("""
                class Bad {
                  @Step @RateLimit(value = "bank", limit = 5) String /*>*/charge(@Input Order order) { return order.id(); }
                  @OnFailure void /*>*/alert(RunFailure failure) {}
                }
                record Order(String id) {}
                """).failsWith("""
                [Millrace/StepOutsideWorkflow] @Step charge() is in Bad, which is no workflow.
                    Fix: put @Workflow on Bad, or move charge() to a workflow.""", """
                [Millrace/StepOutsideWorkflow] @OnFailure alert() is in Bad, which is no workflow.
                    Fix: put @Workflow on Bad, or move alert() to a workflow.""");
    }

    @Test
    void anAnnotationOutsideAWorkflowIsNotIgnored() {
        compile("""
                /*>*/@RateLimit(value = "bank", limit = 5) class Bad {
                  void note(/*>*/@From("charge") String text) {}
                }
                """).failsWith("""
                [Millrace/MisplacedAnnotation] @RateLimit has no effect: Bad is no workflow.
                    Fix: put @Workflow on Bad, or remove it.""", """
                [Millrace/MisplacedAnnotation] @From has no effect: Bad is no workflow.
                    Fix: put @Workflow on Bad, or remove it.""");
    }

    @Test
    void aWorkflowDoesNotInheritSteps() {
        compile("""
                @Workflow /*>*/class Bad extends Charging {}
                class Charging {
                  @Step String /*>*/charge(Order order) { return order.id(); }
                }
                record Order(String id) {}
                """).failsWith("""
                [Millrace/InheritedStep] @Workflow Bad inherits charge() from Charging; the steps of a workflow stand in its own class.
                    Fix: override charge() in Bad and put the annotation there.""", """
                [Millrace/StepOutsideWorkflow] @Step charge() is in Charging, which is no workflow.
                    Fix: put @Workflow on Charging, or move charge() to a workflow.""");
    }
}
