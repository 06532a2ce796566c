package dev.millrace.controlplane.dispatch;

import dev.millrace.controlplane.dispatch.WorkerDoor.Rooms;
import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.controlplane.errors.GrpcRefusals;
import dev.millrace.controlplane.errors.Problems;
import dev.millrace.controlplane.streams.OpenStream;
import dev.millrace.controlplane.streams.Outbox;
import dev.millrace.controlplane.tenancy.Principal;
import dev.millrace.engine.AttemptRef;
import dev.millrace.engine.Command;
import dev.millrace.engine.Effect;
import dev.millrace.engine.Payload;
import dev.millrace.manifest.Defaults;
import dev.millrace.protocol.worker.v1.ServerFrame;
import dev.millrace.protocol.worker.v1.WorkerFrame;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
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
 * <p>Threads: gRPC delivers frames on one thread at a time, effects come on the shards' thread, ticks on a timer's. What they
 * share is guarded by this object's lock, under which nothing is called that may wait.
 */
final class WorkerSession implements StreamObserver<WorkerFrame>, OpenStream {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerSession.class);

    static final Duration DEAD_AFTER = Defaults.HEARTBEAT.multipliedBy(Defaults.MISSED_HEARTBEATS);

    /** How many frames with completions may wait for their acknowledgement before no more are read. */
    private static final int WINDOW = 32;

    private static final int MAX_WAITING_ITEMS = 100_000;

    private final Principal principal;
    private final Rooms rooms;
    private final KnownAttempts attempts = new KnownAttempts();
    private final Results results;
    private final ServerCallStreamObserver<ServerFrame> answers;
    private final Outbox<Object, ServerFrame> outbox;
    private final LongSupplier nanos;

    // Used by the thread that gRPC delivers on, or the one that continues for it.
    private CompletionStage<Void> frames = CompletableFuture.completedFuture(null);
    private boolean greeted;

    // Guarded by this.
    private long session;
    private boolean ended;
    private long heard;
    private int requested;
    private final ArrayDeque<Long> unacknowledged = new ArrayDeque<>();
    // Effects on an attempt whose assignment still waits for its payloads, which must not overtake it.
    private final Map<AttemptRef, List<Object>> loading = new HashMap<>();

    WorkerSession(Principal principal, Rooms rooms, ServerCallStreamObserver<ServerFrame> answers, LongSupplier nanos) {
        this.principal = principal;
        this.rooms = rooms;
        this.results = new Results(
                rooms.payloads(), new ServedVersions(principal.tenant(), rooms.workflows(), rooms.shards(), attempts));
        this.answers = answers;
        this.nanos = nanos;
        this.heard = nanos.getAsLong();
        this.outbox = new Outbox<>(
                answers,
                new ServerFrames(),
                rooms.streams().senders(),
                MAX_WAITING_ITEMS,
                full -> close(new ApiException(
                        ErrorCode.OVERLOADED,
                        "The worker does not read what it is sent: " + MAX_WAITING_ITEMS
                                + " items wait. Reconnect, and read faster.")));
        answers.disableAutoRequest();
        answers.setOnCancelHandler(this::gone);
        try {
            rooms.streams().add(this);
            request();
        } catch (ApiException e) {
            close(e);
        }
    }

    @Override
    public Principal principal() {
        return principal;
    }

    // ---- what the worker says ----

    @Override
    public void onNext(WorkerFrame frame) {
        synchronized (this) {
            heard = nanos.getAsLong();
            requested--;
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
            outbox.add(ServerFrames.HEARTBEAT);
        }
        List<AttemptRef> accepted = new ArrayList<>(frame.getAcceptedCount());
        frame.getAcceptedList().forEach(each -> accepted.add(Wire.attempt(each.getAttempt())));
        List<AttemptRef> returned = new ArrayList<>(frame.getReturnedCount());
        frame.getReturnedList().forEach(each -> returned.add(Wire.attempt(each)));
        if (accepted.isEmpty() && returned.isEmpty() && frame.getCompletionsCount() == 0 && !frame.getDraining()) {
            request();
            return CompletableFuture.completedFuture(null);
        }
        return results.completions(principal.tenant(), frame.getCompletionsList())
                .thenAccept(completions -> {
                    synchronized (this) {
                        if (!completions.isEmpty()) {
                            unacknowledged.add(completions.stream()
                                    .mapToLong(Command.Completion::sequence)
                                    .max()
                                    .getAsLong());
                        }
                    }
                    rooms.shards()
                            .tell(
                                    principal.tenant(),
                                    new Command.WorkerSays(
                                            session, accepted, completions, returned, frame.getDraining()));
                    request();
                });
    }

    private CompletionStage<Void> greet(WorkerFrame frame) {
        if (!frame.hasHello()) {
            throw Wire.violation("the first frame carries no hello");
        }
        var hello = Hellos.read(frame.getHello());
        return Hellos.requireOwnVersions(principal, hello.worker().versions(), rooms.workflows())
                .thenAccept(checked -> {
                    synchronized (this) {
                        if (ended) {
                            return;
                        }
                        frame.getHello()
                                .getRunningList()
                                .forEach(attempt -> attempts.claimed(Wire.attempt(attempt), attempt.getStep()));
                        session = rooms.shards()
                                .openWorker(principal.tenant(), hello.worker(), hello.running(), this::effects);
                    }
                    LOG.info(
                            "Worker {} ({}) of service {} connected with {} slots and {} versions.",
                            hello.worker().name(),
                            hello.worker().id(),
                            principal.serviceName(),
                            hello.worker().slots(),
                            hello.worker().versions().size());
                });
    }

    /** Asks for as many frames as the window has room for. */
    private void request() {
        int wanted = 0;
        synchronized (this) {
            // Before the hello is taken one frame is enough; after it the transport may run ahead of us.
            int room = (session == 0 ? 1 : WINDOW) - unacknowledged.size() - requested;
            if (room > 0 && !ended) {
                requested += room;
                wanted = room;
            }
        }
        if (wanted > 0) {
            answers.request(wanted);
        }
    }

    @Override
    public void onError(Throwable failure) {
        gone();
    }

    @Override
    public void onCompleted() {
        if (gone()) {
            outbox.endAfterwards(StreamObserver::onCompleted);
        }
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
            } else if (effect instanceof Effect.AckCompletions ack) {
                outbox.add(ack);
                acknowledged(ack.upTo());
            } else if (effect instanceof Effect.WelcomeWorker welcome) {
                outbox.add(new ServerFrames.Greeting(
                        welcome.stale().stream().map(this::named).toList()));
            } else if (effect instanceof Effect.CloseWorker close) {
                LOG.info("The shard ends worker session {}: {} {}", close.session(), close.code(), close.message());
                close(closing(close));
            }
        }
    }

    private void assign(Effect.Assignment assignment) {
        attempts.assigned(assignment.attempt(), assignment.step(), assignment.version());
        var stored = Assignments.stored(assignment);
        var values = stored.isEmpty()
                ? CompletableFuture.<Map<Payload, byte[]>>completedFuture(Map.of())
                : rooms.payloads().load(principal.tenant(), stored).toCompletableFuture();
        if (values.isDone() && !values.isCompletedExceptionally()) {
            outbox.add(new ServerFrames.Ready(assignment, values.join()));
            return;
        }
        synchronized (this) {
            loading.put(assignment.attempt(), new ArrayList<>());
        }
        values.whenComplete((found, failure) -> {
            if (failure != null) {
                // The offer is not accepted in time and goes elsewhere; the worker may well be able to take others.
                LOG.error("The arguments of {} cannot be read; it is not sent.", assignment.attempt(), failure);
            } else {
                outbox.add(new ServerFrames.Ready(assignment, found));
            }
            List<Object> behind;
            synchronized (this) {
                behind = loading.remove(assignment.attempt());
            }
            behind.forEach(outbox::add);
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
        outbox.add(item);
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
            if (requested == 0) {
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
        outbox.add(new ServerFrames.GoElsewhere(reconnectAfter));
    }

    @Override
    public void close(ApiException why) {
        if (gone()) {
            var trailers = new Metadata();
            Status status = GrpcRefusals.status(why, trailers);
            outbox.endNow(stream -> stream.onError(status.asRuntimeException(trailers)));
        }
    }

    private synchronized boolean hasEnded() {
        return ended;
    }

    /** @return whether the stream had not ended before */
    private boolean gone() {
        long open;
        synchronized (this) {
            if (ended) {
                return false;
            }
            ended = true;
            open = session;
        }
        rooms.streams().remove(this);
        if (open != 0) {
            rooms.shards().tell(principal.tenant(), new Command.DisconnectWorker(open));
        }
        return true;
    }
}
