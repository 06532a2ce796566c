package dev.millrace.processor;

import static dev.millrace.processor.Compilation.compile;

import org.junit.jupiter.api.Test;

class MethodShapeTest {

    @Test
    void aStepIsNotPrivate() {
        compile("""
                @Workflow class Bad {
                  @Step String charge(Order order) { return order.id(); }
                  @Step private void /*>*/note(Order order) {}
                  @Compensate private void /*>*/refund(String charge) {}
                }
                record Order(String id) {}
                """).failsWith("""
                [Millrace/PrivateStep] Step note() is private, so generated code cannot call it.
                    Fix: make it package-private or public.""", """
                [Millrace/PrivateStep] Compensation refund() is private, so generated code cannot call it.
                    Fix: make it package-private or public.""");
    }

    @Test
    void aStepIsNotStatic() {
        compile("""
                @Workflow class Bad {
                  @Step static String /*>*/charge(Order order) { return order.id(); }
                }
                record Order(String id) {}
                """).failsWith("""
                [Millrace/StaticStep] Step charge() is static; it is called on the worker's object.
                    Fix: remove 'static'.""");
    }

    @Test
    void aStepHasNoTypeParameters() {
        compile("""
                @Workflow class Bad {
                  @Step <T> String /*>*/charge(Order order) { return order.id(); }
                }
                record Order(String id) {}
                """).failsWith("""
                [Millrace/GenericStep] Step charge() has type parameters, so nobody knows what to store and read back.
                    Fix: write the types themselves.""");
    }

    @Test
    void aStepTakesAFixedNumberOfArguments() {
        compile("""
                @Workflow class Bad {
                  @Step String /*>*/charge(Order... orders) { return ""; }
                }
                record Order(String id) {}
                """).failsWith("""
                [Millrace/VarargsStep] Step charge() takes a variable number of arguments, but gets one per parameter.
                    Fix: take a List.""");
    }

    @Test
    void stepsAndHandlersHaveNamesOfTheirOwn() {
        compile("""
                @Workflow class Bad {
                  @Step String charge(Order order) { return order.id(); }
                  @Step int /*>*/charge(Order order, StepContext context) { return 1; }
                  @Step(name = /*>*/"refund") void note(Order order) {}
                  @Compensate("charge") void /*>*/refund(Order order) {}
                }
                record Order(String id) {}
                """.replace("/*>*/\"refund\"", "\"refund\"")).failsWith("""
                [Millrace/DuplicateStep] The name "charge" is taken twice in Bad: by step charge(Order) and by step charge(Order, StepContext).
                    Fix: rename one of the methods, or give one another name: @Step(name = "…").""", """
                [Millrace/DuplicateStep] The name "refund" is taken twice in Bad: by step note(Order) and by compensation refund(Order).
                    Fix: rename the method.""");
    }

    @Test
    void aMethodHasOnePartInAWorkflow() {
        compile("""
                @Workflow class Bad {
                  @Step String charge(Order order) { return order.id(); }
                  @Step /*>*/@Compensate void refund(String charge) {}
                }
                record Order(String id) {}
                """).failsWith("""
                [Millrace/ConflictingAnnotations] refund() has @Step and @Compensate, but a method has one part in a workflow.
                    Fix: keep one; let both call a third method.""");
    }

    @Test
    void aParameterHasOneSource() {
        compile("""
                @Workflow class Bad {
                  @Step String charge(Order order) { return order.id(); }
                  @Step void note(/*>*/@Input @From("charge") String charge, /*>*/@Input StepContext context) {}
                }
                record Order(String id) {}
                """).failsWith("""
                [Millrace/ConflictingAnnotations] @Input and @From exclude each other (parameter 'charge' of note()).
                    Fix: keep the one that says where the value comes from.""", """
                [Millrace/ConflictingAnnotations] @Input has no meaning on a StepContext, which the engine gives (parameter 'context' of note()).
                    Fix: remove the annotation.""");
    }

    @Test
    void anAnnotationStandsWhereItHasAnEffect() {
        compile("""
                @Workflow class Bad {
                  @Step String charge(Order order) { return order.id(); }
                  /*>*/@Result @Step void note(Order order) {}
                  @Compensate /*>*/@RateLimit(value = "bank", limit = 5) void refund(String charge) {}
                  void plain(/*>*/@From("charge") String charge) {}
                }
                record Order(String id) {}
                """).failsWith("""
                [Millrace/MisplacedAnnotation] @Result has no effect: step note() returns nothing.
                    Fix: return the result, or remove @Result.""", """
                [Millrace/MisplacedAnnotation] @RateLimit has no effect: refund() is no step.
                    Fix: remove it.""", """
                [Millrace/MisplacedAnnotation] @From has no effect: plain() is no step.
                    Fix: put @Step on plain(), or remove @From.""");
    }

    @Test
    void aRunFailureIsGivenToTheOnFailureMethodOnly() {
        compile("""
                @Workflow class Bad {
                  @Step String charge(Order order, RunFailure /*>*/failure) { return order.id(); }
                }
                record Order(String id) {}
                """).failsWith("""
                [Millrace/MisplacedType] A RunFailure is given to the method with @OnFailure only, not to charge().
                    Fix: move what needs it to a method with @OnFailure.""");
    }
}
