package dev.millrace.processor;

import static dev.millrace.processor.Compilation.compile;
import static dev.millrace.processor.Compilation.shop;

import org.junit.jupiter.api.Test;

class GraphTest {
    private static final String TYPES = """
            record Order(String id) {}
            record Quote(long cents) {}
            record Payment(String id) {}
            record Score(double risk) {}
            """;

    @Test
    void whatAWorkflowWorksWithIsNoResultOfAStep() {
        compile("""
                @Workflow class Bad {
                  @Step String charge(Order order, java.util.logging.Logger /*>*/log) { return ""; }
                }
                record Order(String id) {}
                """).failsWith("""
                [Millrace/UnknownDependency] No step of Bad returns Logger (parameter 'log' of charge()), and the input is Order.
                    A parameter is either the workflow's input or the result of the step that returns its type.
                    Steps return: String (charge)
                    Fix: keep the Logger in a field: what a workflow works with comes by its constructor.""");
    }

    @Test
    void aStepTakesWhatIsThereAndNothingThatComesLater() {
        compile("""
                @Workflow class Bad {
                  @Step Payment charge(Order order) { return null; }
                  @Step void note(Order order, java.util.concurrent.Future<Payment> /*>*/payment) {}
                }
                record Order(String id) {}
                record Payment(String id) {}
                """).failsWith("""
                [Millrace/UnknownDependency] No step of Bad returns Future<Payment> (parameter 'payment' of note()), and the input is Order.
                    A parameter is either the workflow's input or the result of the step that returns its type.
                    Steps return: Payment (charge)
                    Fix: take Payment: a step begins when those before it have ended, so there is nothing to wait for.""");
    }

    @Test
    void aStepStandsAfterAnotherOnce() {
        compile("""
                @Workflow class Bad {
                  @Step(after = {"a", /*>*/"a"}) void b(String input) {}
                  @Step void a(String input) {}
                }
                """).failsMentioning("[Millrace/ToldTwice] Step b() stands after \"a\" twice.");
    }

    @Test
    void aNameOfWhichNoLetterIsRightIsNotWhatWasMeant() {
        compile("""
                @Workflow class Bad {
                  @Step String a(Order order) { return ""; }
                  @Compensate(/*>*/"c") void undo(String a) {}
                }
                record Order(String id) {}
                """).failsWith("""
                [Millrace/UnknownStep] @Compensate("c") names no step of Bad.
                    Steps: a
                    Fix: write one of these.""");
    }

    @Test
    void aMethodWithTypeParametersIsToldOnce() {
        compile("""
                @Workflow class Bad {
                  @Step <T> T /*>*/pass(T input) { return input; }
                }
                """).failsWith("""
                [Millrace/GenericStep] Step pass() has type parameters, so nobody knows what to store and read back.
                    Fix: write the types themselves.""");
    }

    @Test
    void theResultsOfAMappedStepAreAList() {
        compile("""
                @Workflow class Bad {
                  @Step List<Integer> split(Order order) { return null; }
                  @Step Label label(@Each Integer part) { return null; }
                  @Step String ship(Label /*>*/label) { return ""; }
                  @Step void count(List<Order> /*>*/orders, List<String> /*>*/shipped) {}
                }
                record Order(String id) {}
                record Label(String text) {}
                """).failsWith("""
                [Millrace/UnknownDependency] No step of Bad returns Label (parameter 'label' of ship()), and the input is Order.
                    A parameter is either the workflow's input or the result of the step that returns its type.
                    Steps return: List<Integer> (split), List<Label> (label), String (ship)
                    Fix: take List<Label>, all that label() gives; or one of them a task: @Each Label label.""", """
                [Millrace/UnknownDependency] No step of Bad returns List<Order> (parameter 'orders' of count()), and the input is Order.
                    A parameter is either the workflow's input or the result of the step that returns its type.
                    Steps return: List<Integer> (split), List<Label> (label), String (ship)
                    Fix: return List<Order> from a step, or make it part of the input.""", """
                [Millrace/UnknownDependency] No step of Bad returns List<String> (parameter 'shipped' of count()), and the input is Order.
                    A parameter is either the workflow's input or the result of the step that returns its type.
                    Steps return: List<Integer> (split), List<Label> (label), String (ship)
                    Fix: take String, which ship() returns.""");
    }

    @Test
    void everyParameterIsTheInputOrTheResultOfAStep() {
        compile("""
                @Workflow class Bad {
                  @Step Quote price(Order order) { return null; }
                  @Step Payment charge(Order order, Money /*>*/money) { return null; }
                  @Step void note(Order order, Payment payment) {}
                }
                record Money(long cents) {}
                """ + TYPES).failsWith("""
                [Millrace/UnknownDependency] No step of Bad returns Money (parameter 'money' of charge()), and the input is Order.
                    A parameter is either the workflow's input or the result of the step that returns its type.
                    Steps return: Quote (price), Payment (charge)
                    Fix: return Money from a step, or make it part of the input.""");
    }

    @Test
    void anotherTypeOfTheSameNameIsNotTheSame() {
        compile(
                        shop("Bad", """
                @Workflow class Bad {
                  @Step other.Money price(Order order) { return null; }
                  @Step Payment charge(Order order, Money /*>*/money) { return null; }
                }
                record Money(long cents) {}
                """ + TYPES),
                        new Compilation.Source("other/Money.java", "package other; public record Money(long cents) {}"))
                .failsWith("""
                [Millrace/UnknownDependency] No step of Bad returns Money (parameter 'money' of charge()), and the input is Order.
                    price() returns another Money: other.Money, not shop.Money.
                    A parameter is either the workflow's input or the result of the step that returns its type.
                    Steps return: Money (price), Payment (charge)
                    Fix: return Money from a step, or make it part of the input.""");
    }

    @Test
    void aSubtypeIsNotTheSameType() {
        compile("""
                @Workflow class Bad {
                  @Step Circle draw(Order order) { return null; }
                  @Step void fill(Order order, Shape /*>*/shape) {}
                }
                sealed interface Shape {}
                record Circle(double radius) implements Shape {}
                """ + TYPES).failsWith("""
                [Millrace/UnknownDependency] No step of Bad returns Shape (parameter 'shape' of fill()), and the input is Order.
                    draw() returns Circle, which is a Shape, but types must be equal: a stored value is read back as what it was.
                    A parameter is either the workflow's input or the result of the step that returns its type.
                    Steps return: Circle (draw)
                    Fix: return Shape from a step, or make it part of the input.""");
    }

    @Test
    void aTypeThatTwoStepsReturnIsNamedWithFrom() {
        compile("""
                @Workflow class Bad {
                  @Step Score fraud(Order order) { return null; }
                  @Step Score credit(Order order) { return null; }
                  @Step String decide(Score /*>*/score) { return ""; }
                }
                """ + TYPES).failsWith("""
                [Millrace/AmbiguousDependency] Parameter 'score' of decide() is Score, which 2 steps return: fraud(), credit().
                    Fix: choose one with @From("fraud") or @From("credit").""");
    }

    @Test
    void fromNamesAStep() {
        compile("""
                @Workflow class Bad {
                  @Step Quote price(Order order) { return null; }
                  @Step String report(@From(/*>*/"pricee") Quote quote) { return ""; }
                  @Step(after = {"price", /*>*/"reprot"}) void note(Order order) {}
                }
                """ + TYPES).failsWith("""
                [Millrace/UnknownStep] @From("pricee") names no step of Bad. Did you mean "price"?
                    Steps: price, report, note
                    Fix: write "price".""", """
                [Millrace/UnknownStep] after = "reprot" names no step of Bad. Did you mean "report"?
                    Steps: price, report, note
                    Fix: write "report".""");
    }

    @Test
    void fromNamesAStepThatReturnsTheType() {
        compile("""
                @Workflow class Bad {
                  @Step Score fraud(Order order) { return null; }
                  @Step String report(@From("fraud") Payment /*>*/p) { return ""; }
                }
                """ + TYPES).failsWith("""
                [Millrace/TypeMismatch] Parameter 'p' of report() is Payment, but step fraud() returns Score.
                    Steps return: Score (fraud), String (report)
                    Fix: take a Score, or name another step.""");
    }

    @Test
    void nothingCannotBeTaken() {
        compile("""
                @Workflow class Bad {
                  @Step void audit(Order order) {}
                  @Step String report(@From(/*>*/"audit") Payment p) { return ""; }
                }
                """ + TYPES).failsWith("""
                [Millrace/VoidConsumed] Parameter 'p' of report() is the result of audit(), which returns nothing.
                    Fix: for order without data write @Step(after = "audit").""");
    }

    @Test
    void stepsDoNotWaitForEachOther() {
        compile("""
                @Workflow class Bad {
                  @Step Quote /*>*/price(Order order, Score score) { return null; }
                  @Step Payment charge(Quote quote) { return null; }
                  @Step Score fraud(Payment payment) { return null; }
                  @Step(after = "second") void /*>*/first(Order order) {}
                  @Step(after = "first") void second(Order order) {}
                }
                """ + TYPES).failsWith("""
                [Millrace/Cycle] These steps wait for each other and could never start: price -> fraud -> charge -> price.
                    An arrow points from a step to one that it waits for.
                    Fix: cut one of the arrows: take an earlier value, or remove a name from 'after'.""", """
                [Millrace/Cycle] These steps wait for each other and could never start: first -> second -> first.
                    An arrow points from a step to one that it waits for.
                    Fix: cut one of the arrows: take an earlier value, or remove a name from 'after'.""");
    }

    @Test
    void aStepDoesNotWaitForItself() {
        compile("""
                @Workflow class Bad {
                  @Step Order enrich(Order /*>*/order) { return order; }
                  @Step(after = /*>*/"note") void note(Order order) {}
                }
                """ + TYPES).failsWith("""
                [Millrace/SelfDependency] Step enrich() would wait for itself: its parameter 'order' is Order, which enrich() itself returns.
                    Fix: if it is the workflow's input, write @Input Order order.""", """
                [Millrace/SelfDependency] Step note() stands after itself, so it could never start.
                    Fix: remove "note" from 'after'.""");
    }

    @Test
    void aWorkflowHasOneInput() {
        compile("""
                @Workflow class Bad {
                  @Step Quote price(@Input Order order) { return null; }
                  @Step Payment charge(Quote quote, @Input Money /*>*/money) { return null; }
                }
                record Money(long cents) {}
                """ + TYPES).failsWith("""
                [Millrace/ManyInputs] Parameter 'money' of charge() is the input and a Money, but the input of Bad is Order already (parameter 'order').
                    Fix: make one record of both.""");
    }

    @Test
    void allErrorsOfAllClassesAreToldInOnePass() {
        compile(shop("Bad", """
                @Workflow class Bad {
                  @Step private Quote /*>*/price(Order order) { return null; }
                  @Step(timeout = /*>*/"30 sec") Payment charge(Order order, Money /*>*/money) { return null; }
                }
                record Money(long cents) {}
                """ + TYPES), shop("Worse", """
                @Workflow /*>*/class Worse {}
                """)).failsWith("""
                [Millrace/PrivateStep] Step price() is private, so generated code cannot call it.
                    Fix: make it package-private or public.""", """
                [Millrace/BadDuration] "30 sec" is not a duration: unknown unit 'sec'.
                    Fix: write "30s".""", """
                [Millrace/UnknownDependency] No step of Bad returns Money (parameter 'money' of charge()), and the input is Order.
                    A parameter is either the workflow's input or the result of the step that returns its type.
                    Steps return: Quote (price), Payment (charge)
                    Fix: return Money from a step, or make it part of the input.""", """
                [Millrace/NoSteps] @Workflow Worse has no method with @Step.
                    Fix: put @Step on the methods that do the work.""");
    }

    @Test
    void whoUsesTheClientOfAWrongWorkflowIsNotToldThatItIsMissing() {
        compile(shop("Bad", """
                @Workflow class Bad {
                  @Step private Quote /*>*/price(Order order) { return null; }
                }
                """ + TYPES), shop("User", """
                class User {
                  BadClient bad;
                  Quote quote() { return bad.run(new Order("1")); }
                }
                """)).failsWith("""
                [Millrace/PrivateStep] Step price() is private, so generated code cannot call it.
                    Fix: make it package-private or public.""");
    }
}
