package dev.millrace.processor;

import static dev.millrace.processor.Compilation.compile;
import static dev.millrace.processor.Compilation.preview;

import org.junit.jupiter.api.Test;

/** Durable steps, and steps that answer otherwise than with their value. */
class DurableTest {
    private static final String TYPES = """
            record Order(String id) {}
            record Payment(String id) {}
            """;

    @Test
    void aDurableStepReturnsItsValue() {
        preview("""
                @Workflow class Bad {
                  @Step(timeout = "1d") Loop<Payment> /*>*/charge(Order order, Optional<Payment> previous, Durable durable) {
                    return null;
                  }
                  @Step(timeout = "1d") java.util.concurrent.CompletionStage<Integer> /*>*/count(Order order, Durable durable) {
                    return null;
                  }
                }
                """ + TYPES).failsWith("""
                [Millrace/DurableSignature] Durable step charge() returns Loop<Payment>, but durable code stores what it does by itself, and so needs no stored turns.
                    Fix: return Payment, and write the loop as a loop.""", """
                [Millrace/DurableSignature] Durable step count() returns CompletionStage<Integer>, but a Durable is for the thread of the step, so there is nobody to answer later.
                    Fix: return Integer, and wait for it.""");
    }

    @Test
    void aDurableStepIsNotPromisedToBeginOnce() {
        preview("""
                @Workflow class Bad {
                  @Step(timeout = "1d", delivery = Delivery/*>*/.AT_MOST_ONCE)
                  Payment charge(Order order, Durable durable) { return null; }
                }
                """ + TYPES).failsWith("""
                [Millrace/DurableSignature] Durable step charge() cannot be AT_MOST_ONCE: its method is entered again after every wait.
                    Fix: remove it, and say it of the action that must not be repeated.""");
    }

    @Test
    void aDurableStepSaysHowLongItMayTake() {
        preview("""
                @Workflow(timeout = "12h") class Bad {
                  /*>*/@Step Payment charge(Order order, Durable durable) { return null; }
                  @SuppressWarnings("Millrace/DurableWithoutTimeout")
                  @Step int count(Order order, Durable durable) { return 1; }
                }
                """ + TYPES).warnsWith("""
                [Millrace/DurableWithoutTimeout] Durable step charge() may go on until the run ends, which is after 12h.
                    The timeout of a durable step counts all its time, waits included.
                    If it is meant, say so: @SuppressWarnings("Millrace/DurableWithoutTimeout")
                    Fix: say how long it may take: @Step(timeout = "7d").""");
    }

    @Test
    void aDurableStepMayBeMapped() {
        preview("""
                @Workflow class Bad {
                  @Step List<Payment> split(Order order) { return null; }
                  @Step(timeout = "1d") Integer charge(@Each Payment payment, Durable durable) { return 1; }
                  @Step String sum(List<Integer> counts) { return ""; }
                }
                """ + TYPES).succeeds();
    }

    @Test
    void theTurnsOfALoopHandOnAState() {
        preview("""
                @SuppressWarnings("rawtypes")
                @Workflow class Bad {
                  @Step Loop /*>*/raw(Order order) { return null; }
                  @Step Loop<Void> /*>*/none(Order order) { return null; }
                  @Step Loop<Loop<Payment>> /*>*/twice(Order order) { return null; }
                }
                """ + TYPES).failsWith("""
                [Millrace/LoopSignature] Step raw() returns Loop, but the turns of a loop hand on a state, which is its value in the end.
                    Fix: write the type of the state: Loop<…>.""", """
                [Millrace/LoopSignature] Step none() returns Loop<Void>, but the turns of a loop hand on a state, which is its value in the end.
                    Fix: write the type of the state: Loop<…>.""", """
                [Millrace/LoopSignature] Step twice() returns Loop<Loop<Payment>>, but the state of a loop is a plain value.
                    Fix: make it a record.""");
    }

    @Test
    void aLoopThatForgetsItsStateIsToldAbout() {
        preview("""
                @Workflow class Bad {
                  @Step Loop<Payment> /*>*/follow(Order order) { return null; }
                  @Step Loop<Integer> count(Payment payment, Optional<Integer> previous) { return null; }
                }
                """ + TYPES).warnsWith("""
                [Millrace/LoopWithoutState] Step follow() returns Loop<Payment>, but takes no Optional<Payment>, so no turn knows of the one before.
                    If it is meant, say so: @SuppressWarnings("Millrace/LoopWithoutState")
                    Fix: add a parameter Optional<Payment> previous.""");
    }

    @Test
    void theTurnBeforeIsNamedWhereOtherStepsReturnTheSame() {
        compile("""
                @Workflow class Bad {
                  @Step Payment charge(Order order) { return null; }
                  @Step Loop<Payment> follow(Order order, Optional<Payment> /*>*/previous) { return null; }
                  @Step String tell(@From("follow") Payment followed) { return ""; }
                }
                """ + TYPES).failsWith("""
                [Millrace/AmbiguousDependency] Parameter 'previous' of follow() is an Optional of Payment, which is what the turn before left, and what others return: charge().
                    Fix: choose the turn before with @From("follow"), or @From("charge").""");
        compile("""
                @Workflow class Good {
                  @Step Payment charge(Order order) { return null; }
                  @Step Loop<Payment> follow(@From("charge") Payment charged, @From("follow") Optional<Payment> previous) {
                    return null;
                  }
                  @Step String tell(@From("follow") Payment followed) { return ""; }
                }
                """ + TYPES).succeeds();
    }

    @Test
    void whatComesLaterIsAPlainValue() {
        preview("""
                @SuppressWarnings("rawtypes")
                @Workflow class Bad {
                  @Step java.util.concurrent.CompletionStage /*>*/raw(Order order) { return null; }
                  @Step java.util.concurrent.CompletionStage<Loop<Payment>> /*>*/loop(Order order) { return null; }
                  @Step java.util.concurrent.CompletableFuture<java.util.concurrent.CompletableFuture<Payment>> /*>*/twice(Order order) {
                    return null;
                  }
                }
                """ + TYPES).failsWith("""
                [Millrace/AsyncSignature] Step raw() returns CompletionStage without saying of what, so nobody knows what to store.
                    Fix: write the type: CompletionStage<…>, or CompletionStage<Void> for no value.""", """
                [Millrace/AsyncSignature] Step loop() returns CompletionStage<Loop<Payment>>, but what comes later is a plain value, and no turn of a loop.
                    Fix: return Loop<Payment> and wait in the turn.""", """
                [Millrace/AsyncSignature] Step twice() returns CompletableFuture<CompletableFuture<Payment>>, but what comes later is a plain value, and not another stage.
                    Fix: flatten it with thenCompose(…).""");
    }

    @Test
    void whatComesLaterIsTheResultOfTheStep() {
        preview("""
                @Workflow class Bad {
                  @Step java.util.concurrent.CompletableFuture<Payment> charge(Order order) { return null; }
                  @Step int count(Payment payment) { return 1; }
                  @Step java.util.concurrent.CompletionStage<Void> tell(Payment payment) { return null; }
                }
                """ + TYPES).succeeds();
    }

    @Test
    void aStreamHasItemsThatCanBeStored() {
        preview("""
                @SuppressWarnings("rawtypes")
                @Workflow class Bad {
                  @Step Payment charge(Order order, Emitter /*>*/news) { return null; }
                  @Step int count(Order order, Emitter<Thread> /*>*/threads) { return 1; }
                  @Step String tell(Order order, Emitter<? extends Payment> /*>*/payments) { return ""; }
                }
                """ + TYPES).failsWith("""
                [Millrace/EmitterElementType] Parameter 'news' of charge() is an Emitter without saying of what, so nobody could read the stream.
                    Fix: write the type of the items: Emitter<…>.""", """
                [Millrace/NotSerializable] Thread cannot be stored between steps (parameter 'threads' of count()).
                    Fix: use a record that holds what is needed of it.""", """
                [Millrace/NotSerializable] ? extends Payment is a wildcard, so nobody knows what to read back (parameter 'payments' of tell()).
                    Fix: write the type itself.""");
    }
}
