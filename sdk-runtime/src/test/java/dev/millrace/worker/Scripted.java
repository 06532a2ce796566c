package dev.millrace.worker;

import dev.millrace.Emitter;
import dev.millrace.Outcome;
import dev.millrace.RunFailure;
import dev.millrace.StepContext;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;

/** A workflow whose steps do what the test says. {@link ScriptedBinding} is what the compiler would write for it. */
class Scripted {

    record Order(String id, int cents) {}

    record Receipt(String number) {}

    /** What a step does. */
    interface Script {
        Object play(Order order, StepContext context) throws Exception;
    }

    final AtomicReference<Script> script = new AtomicReference<>((order, context) -> new Receipt("R-" + order.id()));
    /** Why {@code guess} was asked, each time. */
    final List<Throwable> reasons = new CopyOnWriteArrayList<>();

    final AtomicReference<Script> guess = new AtomicReference<>((order, context) -> new Receipt("guessed"));
    final List<String> calls = new CopyOnWriteArrayList<>();

    Receipt ship(Order order, StepContext context) throws Exception {
        calls.add(context.runId() + "#" + context.attempt());
        return (Receipt) script.get().play(order, context);
    }

    @SuppressWarnings("unchecked")
    Optional<Receipt> maybe(Order order, StepContext context) throws Exception {
        return (Optional<Receipt>) script.get().play(order, context);
    }

    @SuppressWarnings("unchecked")
    CompletionStage<Receipt> later(Order order, StepContext context) throws Exception {
        calls.add(context.runId() + "#" + context.attempt());
        return (CompletionStage<Receipt>) script.get().play(order, context);
    }

    @SuppressWarnings("unchecked")
    CompletableFuture<Void> soon(Order order, StepContext context) throws Exception {
        return (CompletableFuture<Void>) script.get().play(order, context);
    }

    /** What a batch step does. */
    interface BatchScript {
        List<Receipt> play(List<Order> orders) throws Exception;
    }

    final AtomicReference<BatchScript> batch = new AtomicReference<>(orders ->
            orders.stream().map(order -> new Receipt("R-" + order.id())).toList());

    List<Receipt> together(List<Order> orders) throws Exception {
        calls.add(orders.stream().map(Order::id).toList().toString());
        return batch.get().play(orders);
    }

    /** What a step does that emits. */
    interface EmittingScript {
        Receipt play(StepContext context, Emitter<String> lines) throws Exception;
    }

    final AtomicReference<EmittingScript> tale = new AtomicReference<>((context, lines) -> new Receipt("told"));

    Receipt tell(Order order, StepContext context, Emitter<String> lines) throws Exception {
        calls.add(context.runId() + "#" + context.attempt());
        return tale.get().play(context, lines);
    }

    void check(Order order, StepContext context) throws Exception {
        script.get().play(order, context);
    }

    Receipt pick(String line, StepContext context) {
        calls.add(line + "@" + context.element());
        return new Receipt(line);
    }

    Receipt join(Optional<Receipt> maybe, Outcome<Receipt> ship) {
        calls.add(maybe + " " + ship);
        return new Receipt("joined");
    }

    Receipt guess(Order order, StepContext context, Throwable thrown) throws Exception {
        calls.add("guess");
        reasons.add(thrown);
        return (Receipt) guess.get().play(order, context);
    }

    void undo(Receipt receipt, Optional<Receipt> extra) {
        calls.add("undo " + receipt + " " + extra);
    }

    void alert(Order order, RunFailure failure) {
        calls.add("alert " + order.id() + " " + failure);
    }
}
