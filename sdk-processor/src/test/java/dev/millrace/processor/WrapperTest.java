package dev.millrace.processor;

import static dev.millrace.processor.Compilation.preview;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What may be missing: {@code Optional} and {@code Outcome}. */
class WrapperTest {
    private static final String TYPES = """
            record Order(String id) {}
            record Payment(int cents) {}
            record Score(double risk) {}
            """;

    @Test
    void anOptionalAcceptsWhatMayBeEmptyOrSkipped() {
        preview("""
                @Workflow class Bad {
                  @Step Optional<Payment> charge(Order order) { return Optional.empty(); }
                  @Step Score score(Payment payment) { return null; }
                  @Step String report(Optional<Payment> payment, Optional<Score> score) { return ""; }
                }
                """ + TYPES).succeeds();
    }

    @Test
    void anOutcomeIsOfAnyStep() {
        preview("""
                @Workflow class Bad {
                  @Step Payment charge(Order order) { return null; }
                  @Step Score a(Order order) { return null; }
                  @Step Score b(Order order) { return null; }
                  @Step List<Order> split(@Input Order order) { return null; }
                  @Step int weigh(@Each Order order) { return 1; }
                  @Step String report(Outcome<Payment> payment, @From("b") Outcome<Score> score, Outcome<List<Integer>> weights) { return ""; }
                  @Result @Step boolean last(String report, @From("a") Score score) { return true; }
                }
                """ + TYPES).succeeds();
    }

    @Test
    void theResultOfARunIsOptionalWhereItsStepMayBeSkipped() {
        var one = preview("""
                @Workflow class Bad {
                  @Step Optional<Payment> charge(Order order) { return Optional.empty(); }
                  @Step Score score(Payment payment) { return null; }
                }
                """ + TYPES).succeeds();

        assertThat(one.written("shop/BadClient.java")).contains("public Optional<Score> run(Order order)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Optional                   | is a raw Optional, so nobody knows which step it is about. | write its type argument, as in Optional<Payment>.",
                "Outcome                    | is a raw Outcome, so nobody knows which step it is about. | write its type argument, as in Outcome<Payment>.",
                "Outcome<Optional<Payment>> | is Outcome<Optional<Payment>>, but what is in an Outcome is the value itself; a step that gave none counts as skipped. | take Outcome<Payment>.",
                "Optional<Outcome<Payment>> | is Optional<Outcome<Payment>>, but what is in an Optional is the value itself; a step that gave none counts as skipped. | take Optional<Payment>.",
                "Outcome<? extends Payment> | is Outcome<? extends Payment>, but types must be equal: a stored value is read back as what it was. | write the type that the step returns.",
            })
    void aWrapperSaysOnceOfWhichValueItIs(String type, String what, String fix) {
        preview("""
                @Workflow class Bad {
                  @Step Optional<Payment> charge(Order order) { return null; }
                  @SuppressWarnings("rawtypes") @Step String report(%s /*>*/payment) { return ""; }
                }
                """.formatted(type) + TYPES)
                .failsWith("[Millrace/BadWrapper] Parameter 'payment' of report() " + what + "\n    Fix: " + fix);
    }

    @Test
    void theInputIsAlwaysThere() {
        preview("""
                @Workflow class Bad {
                  @Step String a(Order order, @Input Optional<Order> /*>*/again) { return ""; }
                  @Step int b(Outcome<Order> /*>*/order) { return 1; }
                }
                """ + TYPES).failsWith("""
                [Millrace/BadWrapper] Parameter 'again' of a() is the input and Optional<Order>, but the input is always there.
                    Fix: take Order.""", """
                [Millrace/UnknownDependency] No step of Bad returns Order (parameter 'order' of b(), which is Outcome<Order>), and the input is Order.
                    An Optional or Outcome is about a step; the input is always there.
                    Steps return: String (a), int (b)
                    Fix: take Order.""");
    }

    @Test
    void everyElementHasAValue() {
        preview("""
                @Workflow class Bad {
                  @Step List<Payment> charge(Order order) { return null; }
                  @Step String note(@Each Optional<Payment> /*>*/payment) { return ""; }
                }
                """ + TYPES).failsWith("""
                [Millrace/BadWrapper] Parameter 'payment' of note() is an element and Optional<Payment>, but every element has a value.
                    Fix: take @Each Payment.""");
    }

    @Test
    void aWrapperChoosesItsStepAsAValueDoes() {
        preview("""
                @Workflow class Bad {
                  @Step Score a(Order order) { return null; }
                  @Step Score b(Order order) { return null; }
                  @Step String report(Outcome<Score> /*>*/score, @From("a") Optional<Payment> /*>*/payment) { return ""; }
                  @Step Payment self(Outcome<Payment> /*>*/before) { return null; }
                }
                """ + TYPES).failsWith("""
                [Millrace/AmbiguousDependency] Parameter 'score' of report() is the Outcome of Score, which 2 steps return: a(), b().
                    Fix: choose one with @From("a") or @From("b").""", """
                [Millrace/TypeMismatch] Parameter 'payment' of report() is an Optional of Payment, but step a() returns Score.
                    Steps return: Score (a), Score (b), String (report), Payment (self)
                    Fix: take an Optional<Score>, or name another step.""", """
                [Millrace/SelfDependency] Step self() would wait for itself: its parameter 'before' is the Outcome of Payment, which self() itself returns.
                    Fix: remove the parameter, or choose another step with @From.""");
    }

    @Test
    void aResultIsWrappedOnceAndOnlyByAnOptional() {
        preview("""
                @SuppressWarnings("rawtypes")
                @Workflow class Bad {
                  @Step Optional /*>*/raw(Order order) { return null; }
                  @Step Optional<Optional<Payment>> /*>*/twice(Order order) { return null; }
                  @Step Outcome<Score> /*>*/outcome(Order order) { return null; }
                  @Step List<Order> split(@Input Order order) { return null; }
                  @Step Optional<Integer> /*>*/weigh(@Each Order order) { return null; }
                }
                """ + TYPES).failsWith("""
                [Millrace/BadWrapper] Step raw() returns a raw Optional, so nobody knows what is in it.
                    Fix: write its type argument, as in Optional<Payment>.""", """
                [Millrace/BadWrapper] Step twice() returns Optional<Optional<Payment>>, but what is in an Optional is the value itself.
                    Fix: return Optional<Payment>.""", """
                [Millrace/BadWrapper] Step outcome() returns Outcome<Score>, but an Outcome is what other steps are told of it.
                    Fix: return the value itself; throw an exception to fail, return an empty Optional to give none.""", """
                [Millrace/BadWrapper] Step weigh() returns Optional<Integer> for each element, but the results are joined to a list without gaps.
                    Fix: return a List<Integer> of one or none, or a record that says that there is none.""");
    }

    @Test
    void anOptionalOfAStepThatIsNeverSkippedIsNeedless() {
        preview("""
                @Workflow class Bad {
                  @Step Payment charge(Order order) { return null; }
                  @Step String report(Optional<Payment> /*>*/payment) { return ""; }
                  @SuppressWarnings("Millrace/NeedlessOptional")
                  @Step int count(Optional<Payment> payment) { return 1; }
                }
                """ + TYPES).warnsWith("""
                [Millrace/NeedlessOptional] Parameter 'payment' of report() is an Optional, but charge() always has a value when it succeeds, and is never skipped.
                    A step may be skipped if it has @When, or needs what may be skipped or empty.
                    If it is meant, say so: @SuppressWarnings("Millrace/NeedlessOptional")
                    Fix: take Payment; to run after a failure too, take Outcome<Payment>.""");
    }

    @Test
    void whatRunsAfterAFailureKnowsWhatItTakes() {
        preview("""
                @Workflow class Bad {
                  @Step Optional<Payment> charge(Order order) { return null; }
                  @Step Score score(Order order) { return null; }
                  @Compensate("charge") void refund(Optional<Payment> /*>*/payment) {}
                  @OnFailure void alert(Outcome<Score> /*>*/score) {}
                }
                """ + TYPES).failsWith("""
                [Millrace/CompensateSignature] Compensation refund() of charge() cannot take Optional<Payment> (parameter 'payment').
                    It may take the result of the step it undoes, the workflow's input and a StepContext.
                    Fix: put what it needs into the result of charge().""", """
                [Millrace/OnFailureSignature] On-failure method alert() cannot take Outcome<Score> (parameter 'score').
                    It may take the workflow's input, a RunFailure and a StepContext; no step need have succeeded.
                    Fix: remove the parameter.""");
    }

    @Test
    void whatIsNotMarkedWhereOthersAreIsLeftOutOnPurpose() {
        preview("""
                @Workflow class Bad {
                  @Step Payment charge(Order order) { return null; }
                  @Result @Step Score score(Order order) { return null; }
                }
                """ + TYPES).succeeds();
    }

    @Test
    void whatIsOnlyWaitedForIsUnused() {
        preview("""
                @Workflow class Bad {
                  @Step Payment /*>*/charge(Order order) { return null; }
                  @Step(after = "charge") Score score(Order order) { return null; }
                }
                """ + TYPES).warnsWith("""
                [Millrace/UnusedResult] Nobody takes what step charge() returns: no method has a parameter for its Payment, and it is not part of the run's result.
                    Only steps that no other step with a value waits for make up the result.
                    If it is meant, say so: @SuppressWarnings("Millrace/UnusedResult")
                    Fix: make it void, or put @Result on it and on the others that count.""");
    }
}
