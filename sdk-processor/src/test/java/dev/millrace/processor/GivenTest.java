package dev.millrace.processor;

import static dev.millrace.processor.Compilation.preview;

import org.junit.jupiter.api.Test;

/** What the engine gives, and where. */
class GivenTest {
    private static final String TYPES = """
            record Order(String id) {}
            record Payment(String id) {}
            """;

    @Test
    void aStepMayTakeOneOfEachThingThatTheEngineGivesToSteps() {
        preview("""
                @Workflow class Bad {
                  @Step(timeout = "1d") Payment charge(Order order, StepContext context, Durable durable, Emitter<String> news) {
                    return null;
                  }
                  @Compensate void refund(Payment payment, StepContext context) {}
                  @OnFailure void alert(RunFailure failure, StepContext context) {}
                }
                """ + TYPES).succeeds();
    }

    @Test
    void whatTheEngineGivesIsGivenOnce() {
        preview("""
                @Workflow class Bad {
                  @Step(timeout = "1d") Payment charge(Order order, StepContext a, StepContext /*>*/b, Durable c, Durable /*>*/d,
                    Emitter<String> e, Emitter<Integer> /*>*/f) { return null; }
                  @Step Loop<Integer> follow(Payment payment, Optional<Integer> a, Optional<Integer> /*>*/b) { return null; }
                  @OnFailure void alert(RunFailure a, RunFailure /*>*/b) {}
                }
                """ + TYPES).failsWith("""
                [Millrace/GivenTwice] Step charge() takes a StepContext twice, as 'a' and as 'b', but there is one per attempt.
                    Fix: remove one of them.""", """
                [Millrace/GivenTwice] Step charge() takes a Durable twice, as 'c' and as 'd', but there is one per attempt.
                    Fix: remove one of them.""", """
                [Millrace/GivenTwice] Step charge() takes an Emitter twice, as 'e' and as 'f', but there is one per attempt.
                    Fix: remove one of them.""", """
                [Millrace/GivenTwice] Step follow() takes a previous turn twice, as 'a' and as 'b', but there is one per attempt.
                    Fix: remove one of them.""", """
                [Millrace/GivenTwice] On-failure method alert() takes a RunFailure twice, as 'a' and as 'b', but there is one per attempt.
                    Fix: remove one of them.""");
    }

    @Test
    void whatTheEngineGivesIsGivenWhereItHasIt() {
        preview("""
                @Workflow class Bad {
                  @Step(timeout = "1d") Payment charge(Order order, Durable durable, RunFailure /*>*/failure) { return null; }
                  @Action int count(Order order, Durable /*>*/durable, Emitter<String> /*>*/news) { return 1; }
                  @Compensate void refund(Payment payment, Durable /*>*/durable) {}
                  @OnFailure void alert(Emitter<String> /*>*/news) {}
                }
                """ + TYPES).failsWith("""
                [Millrace/MisplacedType] A RunFailure is given to the method with @OnFailure only, not to charge().
                    Fix: move what needs it to a method with @OnFailure.""", """
                [Millrace/MisplacedType] A Durable is given to steps only, not to count().
                    Fix: let the durable step do what needs it, and call the action from there.""", """
                [Millrace/MisplacedType] An Emitter is given to steps only, not to count().
                    Fix: remove the parameter.""", """
                [Millrace/MisplacedType] A Durable is given to steps only, not to refund().
                    Fix: remove the parameter.""", """
                [Millrace/MisplacedType] An Emitter is given to steps only, not to alert().
                    Fix: remove the parameter.""");
    }

    @Test
    void whatTheEngineGivesIsAskedForByItsVeryType() {
        preview("""
                @Workflow class Bad {
                  @Step Payment charge(Order order, Optional<StepContext> /*>*/context, List<Durable> /*>*/durables) { return null; }
                  @Step int count(Loop<Payment> /*>*/loop, Payment payment) { return 1; }
                  @Step String read(java.util.concurrent.CompletionStage<Payment> /*>*/later) { return ""; }
                }
                """ + TYPES).failsWith("""
                [Millrace/MisplacedType] Parameter 'context' of charge() is Optional<StepContext>, but a StepContext is given to a parameter of that very type.
                    Fix: take a StepContext.""", """
                [Millrace/MisplacedType] Parameter 'durables' of charge() is List<Durable>, but a Durable is given to a parameter of that very type.
                    Fix: take a Durable.""", """
                [Millrace/MisplacedType] Parameter 'loop' of count() is Loop<Payment>, but a Loop is what a step returns; others get the value in it.
                    Fix: take Payment.""", """
                [Millrace/MisplacedType] Parameter 'later' of read() is CompletionStage<Payment>, but a CompletionStage is what a step returns; others get the value in it.
                    Fix: take Payment.""");
    }

    @Test
    void whatTheEngineGivesIsNoResult() {
        preview("""
                @Workflow class Bad {
                  @Step StepContext /*>*/charge(Order order) { return null; }
                  @Step Optional<Emitter<String>> /*>*/count(Order order) { return null; }
                }
                """ + TYPES).failsWith("""
                [Millrace/MisplacedType] Step charge() returns StepContext, but a StepContext belongs to its attempt and cannot be stored.
                    Fix: return what others need of it.""", """
                [Millrace/MisplacedType] Step count() returns Optional<Emitter<String>>, but an Emitter belongs to its attempt and cannot be stored.
                    Fix: return what others need of it.""");
    }

    @Test
    void nothingChoosesWhereAGivenThingComesFrom() {
        preview("""
                @Workflow class Bad {
                  @Step(timeout = "1d") Payment charge(Order order, /*>*/@Input Durable durable, /*>*/@Each Emitter<String> news,
                    /*>*/@Await(event = "paid", timeout = "1d") StepContext context) { return null; }
                }
                """ + TYPES).failsWith("""
                [Millrace/ConflictingAnnotations] @Input has no meaning on a Durable, which the engine gives (parameter 'durable' of charge()).
                    Fix: remove the annotation.""", """
                [Millrace/ConflictingAnnotations] @Each has no meaning on an Emitter<String>, which the engine gives (parameter 'news' of charge()).
                    Fix: remove the annotation.""", """
                [Millrace/ConflictingAnnotations] @Await has no meaning on a StepContext, which the engine gives (parameter 'context' of charge()).
                    Fix: remove the annotation.""");
    }
}
