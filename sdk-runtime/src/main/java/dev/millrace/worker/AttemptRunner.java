package dev.millrace.worker;

import dev.millrace.binding.Parameter;
import dev.millrace.codec.Codec;
import dev.millrace.codec.CodecException;
import dev.millrace.connection.CurrentRun;
import dev.millrace.worker.durable.DurableAttempt;
import dev.millrace.worker.items.AttemptItems;
import dev.millrace.worker.items.ItemOutlet;
import dev.millrace.worker.items.ItemRefusal;
import dev.millrace.worker.transaction.Completions;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * Runs one attempt from its assignment to its outcome, on the thread that calls it; an asynchronous step goes on without a
 * thread.
 */
final class AttemptRunner {
    /** Reasons to stop an attempt that begin on this worker; all others come from the control plane. */
    static final String STOPPING = "WORKER_STOPPING";

    static final String OVERDUE = "OVERDUE";

    /** How long the last items may take beyond the deadline of their attempt. */
    private static final long SETTLING_MILLIS = 2_000;

    private static final ItemRefusal LATE = new ItemRefusal(
            "STREAM_UNAVAILABLE",
            "The control plane did not store in time what the step emitted, so the attempt counts as failed.");

    private final Map<String, ServedWorkflow> workflows;
    private final Codec codec;
    private final StepResults results;
    private final Executor executor;
    private final Optional<Completions> completions;
    private final CurrentRun currentRun;
    private final ItemOutlet outlet;

    /**
     * Has no attempts yet.
     *
     * @param executor reads and writes what asynchronous steps answer, so that their own threads need not
     * @param completions there if one of the workflows has a transactional step
     * @param currentRun is told for which run a thread works
     * @param outlet where what steps emit leaves
     */
    AttemptRunner(
            Map<String, ServedWorkflow> workflows,
            Codec codec,
            Executor executor,
            Optional<Completions> completions,
            CurrentRun currentRun,
            ItemOutlet outlet) {
        this.currentRun = currentRun;
        this.outlet = outlet;
        this.completions = completions;
        this.workflows = workflows;
        this.codec = codec;
        this.results = new StepResults(codec);
        this.executor = executor;
    }

    /** Runs it; the future is complete unless the step is asynchronous. */
    CompletableFuture<Outcome> run(LiveAttempt attempt) {
        var method = Optional.ofNullable(workflows.get(attempt.assignment().getWorkflow()))
                .flatMap(workflow ->
                        Optional.ofNullable(workflow.methods().get(attempt.key().step())));
        return method.isPresent() ? run(attempt, method.get()) : CompletableFuture.completedFuture(unknown(attempt));
    }

    private static Outcome unknown(LiveAttempt attempt) {
        return refused(
                attempt,
                "STEP_UNKNOWN",
                "This worker was given step '" + attempt.key().step() + "' of workflow '"
                        + attempt.assignment().getWorkflow() + "', which it does not have.");
    }

    private static Outcome unreadable(LiveAttempt attempt, CodecException e) {
        return refused(
                attempt,
                "ARGUMENT_INVALID",
                "An argument of step '" + attempt.key().step() + "' cannot be read: " + e.getMessage());
    }

    private <W> CompletableFuture<Outcome> run(LiveAttempt attempt, ServedMethod<W> method) {
        if (!method.transactional()) {
            return run(attempt, method, Optional.empty());
        }
        // Its method has returned when its future is there: a step that answers later cannot have a transaction.
        var call = new TransactionalCall(
                attempt,
                completions.orElseThrow(),
                connection -> run(attempt, method, Optional.of(connection)).join());
        return CompletableFuture.completedFuture(call.run());
    }

    private <W> CompletableFuture<Outcome> run(
            LiveAttempt attempt, ServedMethod<W> method, Optional<Connection> connection) {
        Object[] arguments;
        try {
            var context = new AttemptContext(attempt, method.mapped(), method.rateLimits());
            if (method.calls().durable()) {
                attempt.durable(durable(attempt, method, context));
            }
            if (method.binding().parameters().stream().anyMatch(Parameter.Emitter.class::isInstance)) {
                attempt.items(new AttemptItems(attempt.assignment().getAttempt(), outlet));
            }
            arguments = new CallArguments(codec, attempt, context, connection)
                    .of(method.binding().parameters());
        } catch (CodecException e) {
            return CompletableFuture.completedFuture(unreadable(attempt, e));
        }
        var call = new Call<>(attempt, method, arguments, results, executor);
        return currentRun
                .during(attempt.key().run().toString(), attempt.assignment().getMetadataMap(), call::run)
                .thenCompose(outcome -> withItems(attempt, outcome));
    }

    /** The outcome once all that led to it is stored, so that nobody sees it sooner. */
    private static CompletableFuture<Outcome> withItems(LiveAttempt attempt, Outcome outcome) {
        if (attempt.items().isEmpty()) {
            return CompletableFuture.completedFuture(outcome);
        }
        var items = attempt.items().get();
        if (outcome instanceof Outcome.GivenBack || outcome instanceof Outcome.Dropped) {
            items.abandon();
            return CompletableFuture.completedFuture(outcome);
        }
        long left = Duration.between(attempt.now(), attempt.deadline()).toMillis();
        return items.end(outcome instanceof Outcome.Ended)
                .completeOnTimeout(Optional.of(LATE), Math.max(0, left) + SETTLING_MILLIS, TimeUnit.MILLISECONDS)
                .thenApply(refusal -> refusal.filter(why -> !why.isStale())
                        .map(why -> lost(attempt, items, why))
                        .orElse(outcome));
    }

    /** What the step emitted is not stored, so what it came to is not taken: nobody could see what led to it. */
    private static Outcome lost(LiveAttempt attempt, AttemptItems items, ItemRefusal why) {
        items.abandon();
        return new Outcome.Ended(Call.completion(attempt)
                .setFailure(Failures.of(why.code(), why.message()).toBuilder().setNonRetryable(why != LATE)));
    }

    /** Runs those that share a call, on this thread. */
    Map<LiveAttempt, Outcome> run(SharedCall call) {
        var attempts = call.attempts();
        var first = attempts.get(0);
        var method = Optional.ofNullable(workflows.get(first.assignment().getWorkflow()))
                .flatMap(workflow ->
                        Optional.ofNullable(workflow.methods().get(first.key().step())));
        if (method.isPresent()) {
            return run(call, method.get());
        }
        Map<LiveAttempt, Outcome> refused = new LinkedHashMap<>();
        attempts.forEach(attempt -> refused.put(attempt, unknown(attempt)));
        return refused;
    }

    private <W> Map<LiveAttempt, Outcome> run(SharedCall call, ServedMethod<W> method) {
        Map<LiveAttempt, Outcome> outcomes = new LinkedHashMap<>();
        Map<LiveAttempt, Object[]> arguments = new LinkedHashMap<>();
        for (var attempt : call.attempts()) {
            try {
                var context = new AttemptContext(attempt, method.mapped(), method.rateLimits());
                arguments.put(
                        attempt,
                        new CallArguments(codec, attempt, context)
                                .of(method.binding().parameters()));
            } catch (CodecException e) {
                outcomes.put(attempt, unreadable(attempt, e));
            }
        }
        outcomes.putAll(new BatchCall<>(call, method, results, executor).run(arguments));
        return outcomes;
    }

    private <W> DurableAttempt durable(LiveAttempt attempt, ServedMethod<W> method, AttemptContext context) {
        return new DurableAttempt(
                context,
                attempt.trail(),
                attempt.host(),
                codec,
                Failures::ofAction,
                method.calls().step(),
                method.calls().actions());
    }

    private static Outcome refused(LiveAttempt attempt, String code, String message) {
        return new Outcome.Ended(Call.completion(attempt).setFailure(Failures.of(code, message)));
    }

    static long micros(Instant instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    }
}
