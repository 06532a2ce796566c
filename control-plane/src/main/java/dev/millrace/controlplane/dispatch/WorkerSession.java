package dev.millrace.controlplane.dispatch;

import com.google.protobuf.UnsafeByteOperations;
import dev.millrace.controlplane.dispatch.WorkerDoor.Rooms;
import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.controlplane.errors.Problems;
import dev.millrace.controlplane.streams.DoorStream;
import dev.millrace.controlplane.streams.WireIds;
import dev.millrace.controlplane.tenancy.Principal;
import dev.millrace.engine.AttemptRef;
import dev.millrace.engine.Command;
import dev.millrace.engine.Effect;
import dev.millrace.engine.Failure;
import dev.millrace.engine.Payload;
import dev.millrace.engine.RunId;
import dev.millrace.manifest.Defaults;
import dev.millrace.protocol.worker.v1.ChildResult;
import dev.millrace.protocol.worker.v1.ReadChild;
import dev.millrace.protocol.worker.v1.ServerFrame;
import dev.millrace.protocol.worker.v1.WorkerFrame;
import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One worker's stream, from its hello to its end.
 *
 * <p>Frames are taken one after the other; a frame whose results must be stored apart holds up those behind it, so that
 * completions reach the shard in the order of their sequence. A frame with completions counts as open until the shard has
 * acknowledged them, and only {@link #WINDOW} may be open: then no more is read, and the transport holds the worker back.
 *
 * <p>Threads: besides those of every stream, effects come on the shards' thread and ticks on a timer's.
 */
final class WorkerSession extends DoorStream<WorkerFrame, ServerFrame> {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerSession.class);

    static final Duration DEAD_AFTER = Defaults.HEARTBEAT.multipliedBy(Defaults.MISSED_HEARTBEATS);

    /** How many frames with completions may wait for their acknowledgement before no more are read. */
    private static final int WINDOW = 32;

    private static final int MAX_WAITING_ITEMS = 100_000;

    private final Rooms rooms;
    private final KnownAttempts attempts = new KnownAttempts();
    private final Results results;
    private final DurableFrames durables;
    private final LongSupplier nanos;

    // Used by the thread that gRPC delivers on, or the one that continues for it.
    private CompletionStage<Void> frames = CompletableFuture.completedFuture(null);
    private boolean greeted;

    // Guarded by this.
    private long session;
    private long heard;
    private final ArrayDeque<Long> unacknowledged = new ArrayDeque<>();
    // Effects on an attempt whose assignment still waits for its payloads, which must not overtake it.
    private final Map<AttemptRef, List<Object>> loading = new HashMap<>();

    WorkerSession(Principal principal, Rooms rooms, ServerCallStreamObserver<ServerFrame> answers, LongSupplier nanos) {
        super(principal, rooms.streams(), answers, new ServerFrames(), MAX_WAITING_ITEMS);
        this.rooms = rooms;
        this.results = new Results(
                rooms.payloads(),
                new ServedVersions(principal().tenant(), rooms.workflows(), rooms.shards(), attempts),
                rooms.inputs());
        this.durables = new DurableFrames(
                rooms.payloads(), rooms.questions(), wish -> rooms.children().prepare(principal(), wish));
        this.nanos = nanos;
        this.heard = nanos.getAsLong();
    }

    // ---- what the worker says ----

    @Override
    protected void heard(WorkerFrame frame) {
        synchronized (this) {
            heard = nanos.getAsLong();
        }
        frames = frames.thenCompose(before -> take(frame)).exceptionally(failure -> {
            close(Problems.refusal(failure));
            return null;
        });
    }

    private CompletionStage<Void> take(WorkerFrame frame) {
        if (hasEnded()) {
            return CompletableFuture.completedFuture(null);
        }
        if (!greeted) {
            greeted = true;
            return greet(frame).thenRun(this::request);
        }
        if (frame.hasHello()) {
            throw Wire.violation("a second hello on the same stream");
        }
        if (frame.getHeartbeat()) {
            say(ServerFrames.HEARTBEAT);
        }
        var accepted = frame.getAcceptedList().stream()
                .map(each -> Wire.attempt(each.getAttempt()))
                .toList();
        var returned = frame.getReturnedList().stream().map(Wire::attempt).toList();
        var extensions = frame.getExtensionsList().stream()
                .map(each -> new Command.ExtendTimeout(session, Wire.attempt(each.getAttempt()), Wire.more(each)))
                .toList();
        var released = frame.getReleasedList().stream()
                .map(each -> new Command.ReleaseSlots(session, Wire.attempt(each)))
                .toList();
        var suspended = frame.getSuspendedList().stream()
                .map(each -> DurableFrames.suspended(session, each))
                .toList();
        var spent = frame.getSpentList().stream()
                .map(each ->
                        new Command.ReportSpent(session, Wire.attempt(each.getAttempt()), Wire.spent(each.getSpent())))
                .toList();
        boolean says =
                !accepted.isEmpty() || !returned.isEmpty() || frame.getCompletionsCount() > 0 || frame.getDraining();
        frame.getChildReadsList().forEach(this::readChild);
        return durables.checkpoints(principal().tenant(), session, frame.getCheckpointsList())
                .thenAccept(checkpoints -> {
                    spent.forEach(this::tell);
                    checkpoints.forEach(this::tell);
                    suspended.forEach(this::tell);
                })
                .thenCompose(told -> results.completions(principal().tenant(), frame.getCompletionsList()))
                .thenAccept(completions -> {
                    if (says) {
                        open(completions);
                        tell(new Command.WorkerSays(session, accepted, completions, returned, frame.getDraining()));
                    }
                    extensions.forEach(this::tell);
                    released.forEach(this::tell);
                    request();
                });
    }

    /** Answers come as they are read; nothing else waits for them. */
    private void readChild(ReadChild read) {
        var child = new RunId(WireIds.uuid(read.getRunId())
                .orElseThrow(() -> Wire.violation(
                        "the id of a child has " + read.getRunId().size() + " bytes; an id has 16")));
        rooms.children()
                .result(principal().tenant(), Wire.attempt(read.getAttempt()).run(), child)
                .whenComplete((value, failure) -> {
                    var result = ChildResult.newBuilder()
                            .setAttempt(read.getAttempt())
                            .setRunId(read.getRunId());
                    if (failure == null) {
                        result.setValue(UnsafeByteOperations.unsafeWrap(value));
                    } else {
                        var refusal = Problems.refusal(failure);
                        result.setFailure(Wire.failure(Failure.of(refusal.code().name(), refusal.getMessage())));
                    }
                    say(result.build());
                });
    }

    /** The frame stays open until the last of these is acknowledged. */
    private synchronized void open(List<Command.Completion> completions) {
        completions.stream().mapToLong(Command.Completion::sequence).max().ifPresent(unacknowledged::add);
    }

    private void tell(Command command) {
        rooms.shards().tell(principal().tenant(), command);
    }

    private CompletionStage<Void> greet(WorkerFrame frame) {
        if (!frame.hasHello()) {
            throw Wire.violation("the first frame carries no hello");
        }
        var hello = Hellos.read(frame.getHello());
        return Hellos.requireOwnVersions(principal(), hello.worker().versions(), rooms.workflows())
                .thenAccept(checked -> {
                    synchronized (this) {
                        if (hasEnded()) {
                            return;
                        }
                        frame.getHello()
                                .getRunningList()
                                .forEach(attempt -> attempts.claimed(Wire.attempt(attempt), attempt.getStep()));
                        session = rooms.shards()
                                .openWorker(principal().tenant(), hello.worker(), hello.running(), this::effects);
                    }
                    LOG.info(
                            "Worker {} ({}) of service {} connected with {} slots and {} versions.",
                            hello.worker().name(),
                            hello.worker().id(),
                            principal().serviceName(),
                            hello.worker().slots(),
                            hello.worker().versions().size());
                });
    }

    @Override
    protected int room() {
        // Before the hello is taken one frame is enough; after it the transport may run ahead of us.
        return (session == 0 ? 1 : WINDOW) - unacknowledged.size();
    }

    // ---- what the shard says ----

    /** On the shards' thread: nothing here waits. */
    private void effects(List<Effect> effects) {
        for (var effect : effects) {
            if (effect instanceof Effect.Assign assign) {
                assign(assign.assignment());
            } else if (effect instanceof Effect.CancelAttempt cancel) {
                addInOrder(cancel.attempt(), new ServerFrames.Stop(named(cancel.attempt()), cancel.reason()));
            } else if (effect instanceof Effect.ConfirmStart confirm) {
                addInOrder(confirm.attempt(), new ServerFrames.Confirmed(named(confirm.attempt())));
            } else if (effect instanceof Effect.TimeGranted granted) {
                addInOrder(granted.attempt(), new ServerFrames.Granted(named(granted.attempt()), granted.left()));
            } else if (effect instanceof Effect.CheckpointsStored stored) {
                DurableFrames.stored(named(stored.attempt()), stored.stored())
                        .forEach(news -> addInOrder(stored.attempt(), news));
            } else if (effect instanceof Effect.CheckpointSettled settled) {
                settled(settled);
            } else if (effect instanceof Effect.AckCompletions ack) {
                say(ack);
                acknowledged(ack.upTo());
            } else if (effect instanceof Effect.WelcomeWorker welcome) {
                say(new ServerFrames.Greeting(
                        welcome.stale().stream().map(this::named).toList()));
            } else if (effect instanceof Effect.LeaveWorker) {
                say(ServerFrames.LEAVE);
            } else if (effect instanceof Effect.CloseWorker close) {
                LOG.info("The shard ends worker session {}: {} {}", close.session(), close.code(), close.message());
                close(closing(close));
            }
        }
    }

    /** What was waited for may be large; then the news behind it waits until it is read. */
    private void settled(Effect.CheckpointSettled settled) {
        var value = settled.checkpoint().value();
        var stored = value.kind() == Payload.Kind.STORED ? Set.of(value) : Set.<Payload>of();
        sayWith(
                settled.attempt(),
                stored,
                values -> List.of(DurableFrames.settled(named(settled.attempt()), settled.checkpoint(), values)));
    }

    private void assign(Effect.Assignment assignment) {
        attempts.assigned(assignment.attempt(), assignment.step(), assignment.version());
        sayWith(assignment.attempt(), Assignments.stored(assignment), values -> {
            List<Object> items = new ArrayList<>(DurableFrames.trails(
                    named(assignment.attempt()), assignment.checkpoints().all(), values));
            items.add(new ServerFrames.Ready(assignment, values));
            return items;
        });
    }

    /** Says something that takes stored payloads; what is said of the same attempt meanwhile comes behind it. */
    private void sayWith(AttemptRef attempt, Set<Payload> stored, Function<Map<Payload, byte[]>, List<Object>> items) {
        var values = stored.isEmpty()
                ? CompletableFuture.<Map<Payload, byte[]>>completedFuture(Map.of())
                : rooms.payloads().load(principal().tenant(), stored).toCompletableFuture();
        synchronized (this) {
            var waiting = loading.get(attempt);
            if (waiting != null) {
                waiting.add((Runnable) () -> sayWith(attempt, stored, items));
                return;
            }
            if (!values.isDone() || values.isCompletedExceptionally()) {
                loading.put(attempt, new ArrayList<>());
            }
        }
        if (values.isDone() && !values.isCompletedExceptionally()) {
            items.apply(values.join()).forEach(this::say);
            return;
        }
        values.whenComplete((found, failure) -> {
            if (failure != null) {
                // The offer is not accepted in time and goes elsewhere; the worker may well be able to take others.
                LOG.error("What {} needs cannot be read; it is not sent.", attempt, failure);
            } else {
                items.apply(found).forEach(this::say);
            }
            List<Object> behind;
            synchronized (this) {
                behind = loading.remove(attempt);
            }
            behind.forEach(item -> {
                if (item instanceof Runnable later) {
                    later.run();
                } else {
                    addInOrder(attempt, item);
                }
            });
        });
    }

    /** The attempt as the worker knows it: by the name of its step too. */
    private dev.millrace.protocol.worker.v1.AttemptRef named(AttemptRef attempt) {
        return Wire.attempt(attempt, attempts.step(attempt));
    }

    private void addInOrder(AttemptRef attempt, Object item) {
        synchronized (this) {
            var behind = loading.get(attempt);
            if (behind != null) {
                behind.add(item);
                return;
            }
        }
        say(item);
    }

    private void acknowledged(long upTo) {
        synchronized (this) {
            while (!unacknowledged.isEmpty() && unacknowledged.peek() <= upTo) {
                unacknowledged.remove();
            }
        }
        request();
    }

    private static ApiException closing(Effect.CloseWorker close) {
        var code = ErrorCode.named(close.code());
        return new ApiException(code == ErrorCode.INTERNAL ? ErrorCode.UNAVAILABLE : code, close.message());
    }

    // ---- the end ----

    @Override
    public void tick() {
        boolean silent;
        synchronized (this) {
            // While nothing is read it is we who are slow, not the worker.
            if (!isReading()) {
                heard = nanos.getAsLong();
            }
            silent = nanos.getAsLong() - heard > DEAD_AFTER.toNanos();
        }
        if (silent) {
            close(new ApiException(
                    ErrorCode.WORKER_SILENT,
                    "The worker said nothing for " + DEAD_AFTER.toSeconds()
                            + " seconds and counts as dead. It may reconnect" + " and claim what it still runs."));
        }
    }

    @Override
    public void drain(Duration reconnectAfter) {
        say(new ServerFrames.GoElsewhere(reconnectAfter));
    }

    @Override
    protected void ended() {
        long open;
        synchronized (this) {
            open = session;
        }
        if (open != 0) {
            tell(new Command.DisconnectWorker(open));
        }
    }
}
