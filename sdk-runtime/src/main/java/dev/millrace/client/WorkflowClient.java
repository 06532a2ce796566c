package dev.millrace.client;

import dev.millrace.binding.WorkflowRef;
import dev.millrace.codec.CodecException;
import dev.millrace.connection.MillraceException;
import dev.millrace.connection.UnavailableException;
import dev.millrace.wire.protobuf.ByteString;
import dev.millrace.wire.runs.v1.StartItem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Starts runs of one workflow. The client that the compiler generates for a workflow delegates to this one; untyped code
 * gets one from {@link Millrace#workflow}. Safe for use by many threads.
 *
 * <p>When a start returns, the run is stored and will reach an end, whatever crashes. A start is repeated after a lost
 * connection, under the same request id, so it cannot start two runs.
 *
 * @param <I> what a run is started with; {@code Void} for a workflow without input, started with {@code null}
 * @param <R> what a run results in; {@code Void} for a workflow without result
 */
public final class WorkflowClient<I, R> implements RunStarter<I, R> {
    private static final byte[] NOTHING = {'n', 'u', 'l', 'l'};
    private static final int MOST_INPUT_BYTES = 1024 * 1024;

    /** So many starts of a collection are handed over at once; the control plane takes them while the next are written. */
    private static final int AT_ONCE = 256;

    private final RunAccess access;
    private final WorkflowRef<I, R> workflow;
    private final Semaphore room;

    /** Inputs of starts that are under way may take so much memory, in KiB. */
    static final int MOST_KIB_UNDER_WAY = 64 * 1024;

    WorkflowClient(RunAccess access, WorkflowRef<I, R> workflow, Semaphore room) {
        this.access = access;
        this.workflow = workflow;
        this.room = room;
    }

    /**
     * Starts a run and waits for its result, as long as {@link Millrace.Builder#resultTimeout} says, 5 minutes by default.
     *
     * @return the result; {@code null} for a workflow without one
     * @throws StartRefusedException if no run could be started
     * @throws RunException if the run did not bring its result; see {@link RunHandle#result(Duration)}
     */
    @Override
    public R run(I input) {
        return run(input, access.resultTimeout());
    }

    /**
     * Starts a run and waits for its result.
     *
     * @param limit how long to wait for the result; the run goes on after it
     */
    public R run(I input, Duration limit) {
        return await(submit(input, StartOptions.none(), true)).result(limit);
    }

    /** Starts a run with options of its own and waits for its result. */
    public R run(I input, UnaryOperator<StartOptions> options, Duration limit) {
        return await(submit(input, options.apply(StartOptions.none()), true)).result(limit);
    }

    /**
     * Starts a run.
     *
     * @return its handle, once the run is stored
     * @throws StartRefusedException if no run could be started
     * @throws UnavailableException if there was no answer in time; the message says whether a run may have been started
     */
    @Override
    public RunHandle<R> start(I input) {
        return await(submit(input, StartOptions.none(), false));
    }

    /** Starts a run with options of its own: {@code start(order, o -> o.idempotencyKey(order.id()))}. */
    @Override
    public RunHandle<R> start(I input, UnaryOperator<StartOptions> options) {
        return await(submit(input, options.apply(StartOptions.none()), false));
    }

    /**
     * Starts a run without waiting for the answer. The stage completes with the handle once the run is stored, or with the
     * exception that {@link #start(Object)} would throw; it has the same time limit. What depends on it runs on
     * threads of the {@link Millrace} and may block.
     */
    public CompletionStage<RunHandle<R>> startAsync(I input, UnaryOperator<StartOptions> options) {
        var submitted = submit(input, options.apply(StartOptions.none()), false);
        return submitted
                .start()
                .started()
                .copy()
                .orTimeout(access.answerTimeout().toNanos(), TimeUnit.NANOSECONDS)
                .handleAsync(
                        (run, failure) -> {
                            if (failure instanceof TimeoutException) {
                                throw new CompletionException(tooLate(submitted.start()));
                            }
                            if (failure != null) {
                                throw new CompletionException(Waits.rethrown(failure));
                            }
                            return handle(submitted, run);
                        },
                        access.callbacks());
    }

    /**
     * Starts a run for each input, many at a time.
     *
     * @return the handles in the order of the inputs, once all runs are stored
     * @throws BatchRefusedException if some of them could not be started; the others are
     */
    @Override
    public List<RunHandle<R>> startAll(Collection<? extends I> inputs) {
        return startAll(inputs, UnaryOperator.identity());
    }

    /** Starts a run for each input, all with the same options, which therefore cannot name an idempotency key. */
    public List<RunHandle<R>> startAll(Collection<? extends I> inputs, UnaryOperator<StartOptions> options) {
        var chosen = options.apply(StartOptions.none());
        if (chosen.idempotencyKey().isPresent() && inputs.size() > 1) {
            throw new IllegalArgumentException("One idempotency key cannot stand for " + inputs.size()
                    + " runs; give each its own: startAll(inputs, (input, o) -> o.idempotencyKey(…)).");
        }
        return startEach(inputs, input -> chosen);
    }

    private List<RunHandle<R>> startEach(Collection<? extends I> inputs, Function<? super I, StartOptions> options) {
        var submitted = new TreeMap<Integer, Submitted>();
        var failures = new TreeMap<Integer, MillraceException>();
        var together = new ArrayList<Prepared>(Math.min(inputs.size(), AT_ONCE));
        int number = 0;
        try {
            for (I input : inputs) {
                try {
                    var prepared = prepare(number, input, options.apply(input));
                    if (together.size() == AT_ONCE || !room.tryAcquire(prepared.kib())) {
                        // What waits here must not hold the room that this one waits for.
                        submit(together, submitted);
                        takeRoom(prepared.kib());
                    }
                    together.add(prepared);
                } catch (CodecException e) {
                    failures.put(number, new StartRefusedException("INPUT_INVALID", e.getMessage()));
                } catch (MillraceException e) {
                    failures.put(number, e);
                }
                number++;
            }
        } finally {
            // Also what came before an input or an option that fails in a way of its own: its room is taken.
            submit(together, submitted);
        }
        var handles = new ArrayList<RunHandle<R>>(inputs.size());
        var started = new TreeMap<Integer, String>();
        submitted.forEach((position, start) -> {
            try {
                var handle = await(start);
                handles.add(handle);
                started.put(position, handle.id());
            } catch (MillraceException e) {
                failures.put(position, e);
            }
        });
        if (!failures.isEmpty()) {
            throw new BatchRefusedException(failures, started);
        }
        return handles;
    }

    /**
     * Starts a run for each input, with options of its own: {@code startAll(orders, (order, o) -> o.idempotencyKey(order.id()))}.
     *
     * @return the handles in the order of the inputs, once all runs are stored
     * @throws BatchRefusedException if some of them could not be started; the others are
     */
    public List<RunHandle<R>> startAll(
            Collection<? extends I> inputs, BiFunction<? super I, StartOptions, StartOptions> options) {
        return startEach(inputs, input -> options.apply(input, StartOptions.none()));
    }

    /** Starts runs for any number of inputs without keeping them. */
    @Override
    public RunLoader<I> loader() {
        return new RunLoader<>(
                (input, options) -> submit(input, options, false).start().started(), access.answerTimeout());
    }

    /**
     * A handle of a run that was started before, here or elsewhere. Asks nobody: whether there is such a run shows when the
     * handle is used.
     *
     * @throws IllegalArgumentException if the text is no id of a run
     */
    public RunHandle<R> get(String runId) {
        try {
            return new StartedRun<>(access, UUID.fromString(runId), workflow.result());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("\"" + runId + "\" is no id of a run; those are UUIDs.", e);
        }
    }

    private record Submitted(Start start, boolean follow) {}

    private RunHandle<R> handle(Submitted submitted, UUID run) {
        return submitted.follow()
                ? new StartedRun<>(access, run, workflow.result(), submitted.start())
                : new StartedRun<>(access, run, workflow.result());
    }

    /**
     * A start that has not been handed over yet.
     *
     * @param number its place among those that are started together
     * @param kib the room that it needs
     */
    private record Prepared(int number, StartItem.Builder item, int kib) {}

    private Prepared prepare(int number, I input, StartOptions options) {
        if (options.isAbandoned()) {
            throw new IllegalArgumentException("A run of workflow '" + workflow.workflow()
                    + "' is started from outside, so it has no parent that could abandon it. Leave abandoned() out.");
        }
        byte[] json = input == null ? NOTHING : access.codec().write(input, workflow.input());
        if (json.length > MOST_INPUT_BYTES) {
            throw new StartRefusedException(
                    "PAYLOAD_TOO_LARGE",
                    "The input of a run may have 1 MiB of JSON, but this one for '" + workflow.workflow() + "' has "
                            + json.length + " bytes. Store it elsewhere and hand over where.");
        }
        var item = StartItem.newBuilder()
                .setWorkflow(workflow.workflow())
                .setShape(workflow.shape())
                .setInput(ByteString.copyFrom(json))
                .setIdempotencyKey(options.idempotencyKey().orElse(""))
                .setKeyLifeMillis(options.keyLife().map(Duration::toMillis).orElse(0L))
                .setKeyUntilFinished(options.keyUntilFinished())
                .setPriority(options.priority().level())
                .putAllMetadata(options.metadata())
                .putAllRequires(options.requires())
                .setDeadlineMillis(options.deadline().map(Duration::toMillis).orElse(0L));
        return new Prepared(number, item, 1 + json.length / 1024);
    }

    private Submitted submit(I input, StartOptions options, boolean follow) {
        var prepared = prepare(0, input, options);
        takeRoom(prepared.kib());
        return submit(List.of(prepared), follow).get(0);
    }

    /** Hands over what there is of a collection, and leaves nothing of it. */
    private void submit(List<Prepared> together, TreeMap<Integer, Submitted> submitted) {
        var now = List.copyOf(together);
        together.clear();
        var starts = submit(now, false);
        for (int i = 0; i < starts.size(); i++) {
            submitted.put(now.get(i).number(), starts.get(i));
        }
    }

    /** Hands over starts that have their room, all at once, so that they travel together. */
    private List<Submitted> submit(List<Prepared> together, boolean follow) {
        if (together.isEmpty()) {
            return List.of();
        }
        List<Start> starts;
        try {
            starts = access.stream().start(together.stream().map(Prepared::item).toList(), follow);
        } catch (RuntimeException e) {
            together.forEach(prepared -> room.release(prepared.kib()));
            throw e;
        }
        var submitted = new ArrayList<Submitted>(starts.size());
        for (int i = 0; i < starts.size(); i++) {
            int kib = together.get(i).kib();
            starts.get(i).started().whenComplete((run, failure) -> room.release(kib));
            submitted.add(new Submitted(starts.get(i), follow));
        }
        return submitted;
    }

    private void takeRoom(int kib) {
        try {
            if (room.tryAcquire(kib, access.answerTimeout().toNanos(), TimeUnit.NANOSECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UnavailableException("The thread was interrupted before the run was started; none was.", e);
        }
        throw access.silent(
                "Too many starts wait for an answer already; this one was not sent, and no run was started.");
    }

    private RunHandle<R> await(Submitted submitted) {
        var run = Waits.until(submitted.start().started(), access.answerTimeout(), () -> tooLate(submitted.start()));
        return handle(submitted, run);
    }

    private UnavailableException tooLate(Start start) {
        boolean unsent = access.stream().abandon(start);
        start.started().cancel(false); // gives its room back
        return access.silent(
                unsent
                        ? "The start of '" + workflow.workflow() + "' was never sent, so no run was started."
                        : "Whether a run of '" + workflow.workflow()
                                + "' was started is unknown; start it again with the same idempotency key to be sure of one.");
    }
}
