package dev.millrace.worker;

import dev.millrace.binding.WorkflowBinding;
import dev.millrace.codec.Codec;
import dev.millrace.connection.CurrentRun;
import dev.millrace.wire.protobuf.InvalidProtocolBufferException;
import dev.millrace.wire.worker.v1.Assignment;
import dev.millrace.wire.worker.v1.AttemptRef;
import dev.millrace.wire.worker.v1.CheckpointNews;
import dev.millrace.wire.worker.v1.ChildResult;
import dev.millrace.wire.worker.v1.Trail;
import dev.millrace.worker.durable.StoredAction;
import dev.millrace.worker.items.AttemptItems;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;

/**
 * Runs attempts on the thread that hands them over, without a connection and under any clock: what {@code sdk-testing} makes its
 * workers of. Applications use {@link dev.millrace.client.Millrace#worker}.
 *
 * <p>What goes in and out are messages of the worker protocol, as bytes, so that no type of the protocol shows. For one thread;
 * only the listener is called on others as well, by asynchronous steps that are answered there.
 */
public final class LocalWorker {
    private final Map<String, ServedWorkflow> workflows;
    private final AttemptRunner runner;
    private final Clock clock;
    private final Listener listener;
    private final Map<AttemptKey, LiveAttempt> live = new ConcurrentHashMap<>();

    /** Hears what the worker has to say. */
    public interface Listener {
        /** An attempt has ended; the {@code Completion} has no number. */
        void ended(byte[] completion);

        /**
         * Durable code did something, or waits for something: a {@code CheckpointMade}. Once it is stored {@link LocalWorker#news} has to
         * be told, before this returns; else the code leaves.
         */
        void made(byte[] checkpoint);

        /**
         * Durable code wants the result of a child: a {@code ReadChild}. {@link LocalWorker#result} has to be told before this returns; else
         * the code leaves.
         */
        void reads(byte[] read);

        /** A step emitted something: a {@code Chunk} of the stream protocol, which is stored when this returns. */
        void emitted(byte[] chunk);

        /** An attempt that goes on has spent something: a {@code SpentSoFar}. */
        void spent(byte[] spentSoFar);

        /** Durable code has left: a {@code Suspended}. */
        void suspended(byte[] suspended);

        /** An action of durable code waits before it is tried again: time has to pass before this returns. */
        void pause(Duration duration);

        /** The attempt named by an {@code AttemptRef} asks for so much time from now on. */
        void needsTime(byte[] attempt, Duration fromNow);

        /** The attempt named by an {@code AttemptRef} goes on without its slots. */
        void releasesSlots(byte[] attempt);
    }

    /**
     * Serves these objects.
     *
     * @param workflows objects of annotated classes
     * @param database where transactional steps commit
     * @throws MissingBindingException if the processor has not seen some of the classes
     */
    public LocalWorker(
            List<Object> workflows, Codec codec, Clock clock, Optional<DataSource> database, Listener listener) {
        this.workflows = Workflows.of(workflows, Optional.of("local"), clock);
        this.runner = new AttemptRunner(
                this.workflows,
                codec,
                Runnable::run,
                Workflows.completions(this.workflows, database),
                new CurrentRun(),
                items -> emitted(items, listener));
        this.clock = clock;
        this.listener = listener;
    }

    private static void emitted(AttemptItems items, Listener listener) {
        items.take().ifPresent(chunk -> {
            listener.emitted(chunk.build().toByteArray());
            items.stored(chunk.getEnds());
        });
    }

    /**
     * A workflow that is served here.
     *
     * @param binding what the compiler wrote for its class
     * @param manifest its manifest, as the compiler wrote it
     */
    public record Served(WorkflowBinding<?> binding, String manifest) {}

    /** What is served here, in the order of the workflows' names. */
    public List<Served> served() {
        return workflows.values().stream()
                .sorted(Comparator.comparing(ServedWorkflow::name))
                .map(workflow -> new Served(workflow.binding(), workflow.manifest()))
                .toList();
    }

    /**
     * The manifest that the compiler wrote for an annotated class, as JSON.
     *
     * @throws MissingBindingException if the processor has not seen the class
     * @throws dev.millrace.connection.MillraceException if the manifest is missing, unreadable or of another build
     */
    public static String manifestOf(Class<?> workflow) {
        return Workflows.manifestOf(workflow);
    }

    /** Whether there are attempts that have not ended: of asynchronous steps, or of methods that are running now. */
    public boolean awaiting() {
        return !live.isEmpty();
    }

    /**
     * Runs the attempt of an {@code Assignment}; returns when its method has, and lets the listener hear its end.
     *
     * @param trail what is stored of a durable step, as a {@code Trail}
     */
    public void run(byte[] assignment, byte[] trail) {
        var attempt = attempt(assignment, stored(trail));
        uninterrupted(() -> run(attempt));
    }

    private LiveAttempt attempt(byte[] assignment, List<StoredAction> trail) {
        var parsed = parse(assignment);
        var ref = parsed.getAttempt();
        var purse = new Purse(() -> {});
        var attempt = new LiveAttempt(
                AttemptKey.of(ref),
                parsed,
                wishes(ref),
                clock,
                new LocalHost(ref, clock, listener, purse),
                trail,
                purse);
        live.put(attempt.key(), attempt);
        return attempt;
    }

    private Wishes wishes(AttemptRef ref) {
        return new Wishes() {
            @Override
            public void time(Duration fromNow) {
                listener.needsTime(ref.toByteArray(), fromNow);
            }

            @Override
            public void noSlots() {
                listener.releasesSlots(ref.toByteArray());
            }
        };
    }

    /** An attempt may begin while another one is on this thread; an interrupt that met that one must wait for it. */
    private static void uninterrupted(Runnable body) {
        boolean interrupted = Thread.interrupted();
        try {
            body.run();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * Runs attempts that share a call, each from its {@code Assignment}; returns when the method has, and lets the listener hear the
     * end of each.
     */
    public void runTogether(List<byte[]> assignments) {
        var call = new SharedCall(assignments.size());
        for (var assignment : assignments) {
            call.add(attempt(assignment, List.of()));
        }
        uninterrupted(() -> runner.run(call).forEach(this::ended));
    }

    private void run(LiveAttempt attempt) {
        runner.run(attempt).whenComplete((outcome, failure) -> {
            if (failure != null) {
                live.remove(attempt.key());
                throw new IllegalStateException("The " + attempt.key() + " could not be run.", failure);
            }
            ended(attempt, outcome);
        });
    }

    private void ended(LiveAttempt attempt, Outcome outcome) {
        live.remove(attempt.key());
        if (outcome instanceof Outcome.Ended ended) {
            listener.ended(ended.completion().build().toByteArray());
        } else if (outcome instanceof Outcome.Suspended left) {
            listener.suspended(DurableWire.suspended(attempt, left).toByteArray());
        }
    }

    private static List<StoredAction> stored(byte[] trail) {
        try {
            return Trail.parseFrom(trail).getCheckpointsList().stream()
                    .map(DurableWire::stored)
                    .toList();
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("This is no Trail.", e);
        }
    }

    /** Something of a durable step is stored or over: a {@code CheckpointNews}. */
    public void news(byte[] news) {
        try {
            var heard = CheckpointNews.parseFrom(news);
            Optional.ofNullable(live.get(AttemptKey.of(heard.getAttempt())))
                    .flatMap(LiveAttempt::durable)
                    .ifPresent(code -> DurableWire.tell(code, heard));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("This is no CheckpointNews.", e);
        }
    }

    /** What a child resulted in: a {@code ChildResult}. */
    public void result(byte[] result) {
        try {
            var heard = ChildResult.parseFrom(result);
            Optional.ofNullable(live.get(AttemptKey.of(heard.getAttempt())))
                    .flatMap(LiveAttempt::durable)
                    .ifPresent(code -> DurableWire.tell(code, heard));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("This is no ChildResult.", e);
        }
    }

    /** Stops the attempt of an {@code AttemptRef} if it has not ended: only one whose stage is awaited can still be met. */
    public void cancel(byte[] attempt, String reason) {
        find(attempt).ifPresent(found -> found.cancel(reason));
    }

    /** The attempt of an {@code AttemptRef} may go on for so long from now. */
    public void grant(byte[] attempt, Duration left) {
        find(attempt).ifPresent(found -> found.extended(left.toMillis()));
    }

    private Optional<LiveAttempt> find(byte[] attempt) {
        try {
            return Optional.ofNullable(live.get(AttemptKey.of(AttemptRef.parseFrom(attempt))));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("This is no AttemptRef.", e);
        }
    }

    private static Assignment parse(byte[] assignment) {
        try {
            return Assignment.parseFrom(assignment);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("This is no Assignment.", e);
        }
    }
}
