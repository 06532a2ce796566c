package dev.millrace.controlplane.runs;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.controlplane.errors.GrpcRefusals;
import dev.millrace.controlplane.errors.Problems;
import dev.millrace.controlplane.runs.RunsDoor.Rooms;
import dev.millrace.controlplane.streams.OpenStream;
import dev.millrace.controlplane.streams.Outbox;
import dev.millrace.controlplane.tenancy.Permission;
import dev.millrace.controlplane.tenancy.Principal;
import dev.millrace.engine.Command;
import dev.millrace.engine.Priority;
import dev.millrace.engine.Reply;
import dev.millrace.engine.RunId;
import dev.millrace.engine.RunImage;
import dev.millrace.protocol.runs.v1.CancelReply;
import dev.millrace.protocol.runs.v1.CancelRun;
import dev.millrace.protocol.runs.v1.ClientFrame;
import dev.millrace.protocol.runs.v1.Follow;
import dev.millrace.protocol.runs.v1.Refusal;
import dev.millrace.protocol.runs.v1.RunEnded;
import dev.millrace.protocol.runs.v1.ServerFrame;
import dev.millrace.protocol.runs.v1.StartBatch;
import dev.millrace.protocol.runs.v1.StartBatchReply;
import dev.millrace.protocol.runs.v1.StartItem;
import dev.millrace.protocol.runs.v1.Started;
import dev.millrace.protocol.runs.v1.StartedItem;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/**
 * One client's stream. Requests are independent of each other and answered as they are decided; what a request is refused for goes
 * back with its correlation, and only a breach of the protocol ends the stream. A frame with starts counts as open until they
 * are stored, and only {@link #WINDOW} may be open: then no more is read, and the transport holds the client back.
 *
 * <p>Threads: gRPC delivers frames on one thread at a time, replies come on the shards'. What they share is guarded by this
 * object's lock, under which nothing is called that may wait.
 */
final class RunsSession implements StreamObserver<ClientFrame>, OpenStream {
    private static final int WINDOW = 32;
    private static final int MAX_BATCH = 1_000;
    private static final int MAX_FOLLOWS = 200_000;
    private static final int MAX_WAITING_ITEMS = 400_000;
    private static final int MAX_REASON = 1_000;
    private static final Duration CANCEL_DEADLINE = Duration.ofSeconds(15);

    private final Principal principal;
    private final Rooms rooms;
    private final ServerCallStreamObserver<ServerFrame> answers;
    private final Outbox<Object, ServerFrame> outbox;

    // Guarded by this.
    private final Map<Long, Following> follows = new HashMap<>();
    private boolean ended;
    private int open;
    private int requested;

    /** A run whose end the client waits for. */
    private static final class Following {
        /** Number under which the shards tell it. */
        private long replyTo;
        /** Empty until the run has been started: nobody else knows of it before. */
        private Optional<RunId> run;

        private Following(Optional<RunId> run) {
            this.run = run;
        }
    }

    /** Where a started run's end is told. */
    private record StartFollow(long correlation, long replyTo) {}

    RunsSession(Principal principal, Rooms rooms, ServerCallStreamObserver<ServerFrame> answers) {
        this.principal = principal;
        this.rooms = rooms;
        this.answers = answers;
        this.outbox = new Outbox<>(
                answers,
                new RunFrames(),
                rooms.streams().senders(),
                MAX_WAITING_ITEMS,
                full -> close(new ApiException(
                        ErrorCode.OVERLOADED,
                        "The client does not read what it is sent: " + MAX_WAITING_ITEMS
                                + " answers wait. Reconnect, and read faster.")));
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

    @Override
    public void onNext(ClientFrame frame) {
        synchronized (this) {
            if (ended) {
                return;
            }
            requested--;
            open += frame.getStartsCount();
        }
        try {
            if (frame.getHeartbeat()) {
                outbox.add(RunFrames.HEARTBEAT);
            }
            frame.getStartsList().forEach(this::start);
            frame.getFollowsList().forEach(this::follow);
            frame.getCancelsList().forEach(this::cancel);
        } catch (RuntimeException e) {
            close(Problems.refusal(e));
        }
        request();
    }

    private void request() {
        int wanted = 0;
        synchronized (this) {
            int room = WINDOW - open - requested;
            if (room > 0 && !ended) {
                requested += room;
                wanted = room;
            }
        }
        if (wanted > 0) {
            answers.request(wanted);
        }
    }

    // ---- starts ----

    private void start(StartBatch batch) {
        if (batch.getItemsCount() < 1 || batch.getItemsCount() > MAX_BATCH) {
            throw violation("a batch of " + batch.getItemsCount() + " starts; send 1 to " + MAX_BATCH);
        }
        var request = uuid(batch.getRequestId(), "request_id");
        if (!principal.has(Permission.RUNS_START)) {
            decided();
            refuse(batch.getCorrelation(), lacking(Permission.RUNS_START));
            return;
        }
        // An item that cannot even be read as a start keeps its place, so that the answers are in the order of the
        // items.
        List<StartRequest> requests = new ArrayList<>(batch.getItemsCount());
        List<Optional<ApiException>> unreadable = new ArrayList<>(batch.getItemsCount());
        List<StartFollow> followed = new ArrayList<>();
        for (int i = 0; i < batch.getItemsCount(); i++) {
            var item = batch.getItems(i);
            var follow = new StartFollow(item.getFollow(), 0);
            try {
                if (item.getFollow() != 0) {
                    follow = new StartFollow(item.getFollow(), listen(item.getFollow(), Optional.empty()));
                }
                requests.add(request(item, follow.replyTo(), "$.items[" + i + "]"));
                followed.add(follow);
                unreadable.add(Optional.empty());
            } catch (ApiException e) {
                unfollow(follow);
                unreadable.add(Optional.of(e));
            }
        }
        rooms.starts().start(principal, request, batch.getResend(), requests).whenComplete((results, failure) -> {
            decided();
            if (failure != null) {
                followed.forEach(this::unfollow);
                refuse(batch.getCorrelation(), Problems.refusal(failure));
                return;
            }
            outbox.add(reply(batch.getCorrelation(), unreadable, results));
            for (int i = 0; i < results.size(); i++) {
                settle(followed.get(i), results.get(i));
            }
        });
    }

    /** A follow of a start that was refused is over; the others know their run now, and can ask for it again. */
    private void settle(StartFollow follow, StartResult result) {
        if (result instanceof StartResult.Refused) {
            unfollow(follow);
        } else if (result instanceof StartResult.Started started && follow.replyTo() != 0) {
            synchronized (this) {
                var following = follows.get(follow.correlation());
                if (following != null && following.replyTo == follow.replyTo()) {
                    following.run = Optional.of(started.run());
                }
            }
        }
    }

    private static StartRequest request(StartItem item, long replyTo, String path) {
        if (item.getPriority() < 0 || item.getPriority() > Priority.values().length) {
            throw new ApiException(
                    ErrorCode.FIELD_INVALID,
                    path + ".priority is " + Integer.toUnsignedString(item.getPriority())
                            + "; it is 1 (lowest) to 4 (highest), or 0 for the default.",
                    path + ".priority");
        }
        if (item.getDeadlineMillis() < 0) {
            throw new ApiException(
                    ErrorCode.DURATION_INVALID,
                    path + ".deadline_millis is " + item.getDeadlineMillis() + "; it must not be negative.",
                    path + ".deadline");
        }
        return new StartRequest(
                item.getWorkflow(),
                "",
                item.getShape(),
                item.getInput().toByteArray(),
                item.getIdempotencyKey().isEmpty() ? Optional.empty() : Optional.of(item.getIdempotencyKey()),
                item.getPriority() == 0 ? Priority.NORMAL : Priority.ofCode(item.getPriority()),
                item.getMetadataMap(),
                item.getDeadlineMillis() == 0
                        ? Optional.empty()
                        : Optional.of(Duration.ofMillis(item.getDeadlineMillis())),
                replyTo,
                path);
    }

    private static StartBatchReply reply(
            long correlation, List<Optional<ApiException>> unreadable, List<StartResult> results) {
        var reply = StartBatchReply.newBuilder().setCorrelation(correlation);
        var next = results.iterator();
        for (var refused : unreadable) {
            var result = refused.<StartResult>map(StartResult.Refused::new).orElseGet(next::next);
            if (result instanceof StartResult.Started started) {
                reply.addItems(StartedItem.newBuilder()
                        .setStarted(Started.newBuilder()
                                .setRunId(bytes(started.run().value()))
                                .setExisting(started.existing())));
            } else if (result instanceof StartResult.Refused refusal) {
                reply.addItems(StartedItem.newBuilder().setRefused(RunFrames.error(refusal.refusal())));
            }
        }
        return reply.build();
    }

    /** A batch has been decided: the next frame may come. */
    private void decided() {
        synchronized (this) {
            open--;
        }
        request();
    }

    // ---- follows ----

    private void follow(Follow wish) {
        if (wish.getStop()) {
            Following stopped;
            synchronized (this) {
                stopped = follows.remove(wish.getCorrelation());
            }
            if (stopped != null) {
                rooms.shards().forget(principal.tenant(), List.of(stopped.replyTo));
            }
            return;
        }
        var run = new RunId(uuid(wish.getRunId(), "run_id"));
        if (!principal.has(Permission.RUNS_READ)) {
            refuse(wish.getCorrelation(), lacking(Permission.RUNS_READ));
            return;
        }
        follow(wish.getCorrelation(), run);
    }

    private void follow(long correlation, RunId run) {
        long replyTo;
        try {
            replyTo = listen(correlation, Optional.of(run));
        } catch (ApiException e) {
            refuse(correlation, e);
            return;
        }
        rooms.shards().tell(principal.tenant(), new Command.FollowRun(replyTo, principal.tenant(), run));
    }

    /** @param run the run, if it is known yet: a lost shard is asked for it again */
    private long listen(long correlation, Optional<RunId> run) {
        synchronized (this) {
            if (follows.size() >= MAX_FOLLOWS) {
                throw new ApiException(
                        ErrorCode.OVERLOADED,
                        "This stream follows " + MAX_FOLLOWS + " runs, which is the most. Wait for some of them.");
            }
            if (follows.containsKey(correlation)) {
                throw violation("a follow with correlation " + Long.toUnsignedString(correlation)
                        + ", which is in use on this stream");
            }
            if (ended) {
                throw new ApiException(ErrorCode.UNAVAILABLE, "The stream has ended.");
            }
            var following = new Following(run);
            following.replyTo = rooms.shards().listen(principal.tenant(), reply -> told(correlation, following, reply));
            follows.put(correlation, following);
            return following.replyTo;
        }
    }

    private void unfollow(StartFollow follow) {
        if (follow.replyTo() == 0) {
            return;
        }
        synchronized (this) {
            var following = follows.get(follow.correlation());
            if (following == null || following.replyTo != follow.replyTo()) {
                return;
            }
            follows.remove(follow.correlation());
        }
        rooms.shards().forget(principal.tenant(), List.of(follow.replyTo()));
    }

    /** On the shards' thread: what takes longer than a moment is left to the senders. */
    private void told(long correlation, Following following, Reply reply) {
        Optional<RunId> run;
        synchronized (this) {
            if (ended || !follows.remove(correlation, following)) {
                return;
            }
            run = following.run;
        }
        if (reply instanceof Reply.RunEnded end) {
            rooms.streams().senders().execute(() -> end(correlation, end.image()));
        } else if (reply instanceof Reply.Refused refused
                && refused.code().equals("OWNER_CHANGED")
                && run.isPresent()) {
            follow(correlation, run.get());
        } else {
            refuse(correlation, Refusals.of(reply));
        }
    }

    private void end(long correlation, RunImage image) {
        CompletionStage<RunEnded> end = rooms.workflows()
                .of(principal.tenant(), image.version())
                .thenCompose(version -> {
                    var values = new RunValues(image, version);
                    return rooms.payloads()
                            .load(principal.tenant(), values.resultPayloads())
                            .thenApply(stored -> {
                                var ended = RunEnded.newBuilder()
                                        .setCorrelation(correlation)
                                        .setRunId(bytes(image.run().value()))
                                        .setState(image.state().name())
                                        .setCompensated(image.compensated());
                                values.result(stored)
                                        .ifPresent(result -> ended.setResult(UnsafeByteOperations.unsafeWrap(result)));
                                image.failure()
                                        .ifPresent(failure -> ended.setFailedStep(failure.step())
                                                .setError(RunFrames.error(failure)));
                                return ended.build();
                            });
                });
        end.whenComplete((ended, failure) -> {
            if (failure == null) {
                outbox.add(ended);
            } else {
                refuse(correlation, Problems.refusal(failure));
            }
        });
    }

    // ---- cancels ----

    private void cancel(CancelRun wish) {
        var run = new RunId(uuid(wish.getRunId(), "run_id"));
        if (!principal.has(Permission.RUNS_CANCEL)) {
            refuse(wish.getCorrelation(), lacking(Permission.RUNS_CANCEL));
            return;
        }
        var reason = wish.getReason();
        if (reason.isEmpty() || reason.length() > MAX_REASON || reason.indexOf(0) >= 0) {
            refuse(
                    wish.getCorrelation(),
                    new ApiException(
                            ErrorCode.FIELD_INVALID,
                            "The reason for cancelling has " + reason.length() + " characters; it must have 1 to "
                                    + MAX_REASON + " and no U+0000.",
                            "reason"));
            return;
        }
        rooms.shards()
                .ask(
                        principal.tenant(),
                        replyTo -> new Command.CancelRun(replyTo, principal.tenant(), run, reason),
                        CANCEL_DEADLINE)
                .whenComplete((reply, failure) -> {
                    if (failure != null) {
                        refuse(wish.getCorrelation(), Problems.refusal(failure));
                    } else if (reply instanceof Reply.CancelDecided decided) {
                        outbox.add(CancelReply.newBuilder()
                                .setCorrelation(wish.getCorrelation())
                                .setState(
                                        decided.accepted()
                                                ? "CANCELLING"
                                                : decided.state().name())
                                .build());
                    } else {
                        refuse(wish.getCorrelation(), Refusals.of(reply));
                    }
                });
    }

    // ---- refusals and the end ----

    private void refuse(long correlation, ApiException why) {
        outbox.add(Refusal.newBuilder()
                .setCorrelation(correlation)
                .setError(RunFrames.error(why))
                .build());
    }

    private ApiException lacking(Permission needed) {
        return new ApiException(
                ErrorCode.PERMISSION_DENIED,
                "Token " + principal.tokenId() + " of service " + principal.serviceName()
                        + " does not carry the permission " + needed.wireName()
                        + ". Use a token that does, or create one.");
    }

    private static ApiException violation(String what) {
        return new ApiException(
                ErrorCode.PROTOCOL_VIOLATION, "The client broke the protocol: " + what + ". The stream is closed.");
    }

    private static UUID uuid(ByteString bytes, String what) {
        if (bytes.size() != 16) {
            throw violation(what + " has " + bytes.size() + " bytes; an id has 16");
        }
        var buffer = bytes.asReadOnlyByteBuffer();
        return new UUID(buffer.getLong(), buffer.getLong());
    }

    private static ByteString bytes(UUID id) {
        var bytes = new byte[16];
        ByteBuffer.wrap(bytes).putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
        return UnsafeByteOperations.unsafeWrap(bytes);
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

    @Override
    public void tick() {
        // A client that is silent costs nothing; one that vanished is noticed by the transport.
    }

    @Override
    public void drain(Duration reconnectAfter) {
        outbox.add(new RunFrames.GoElsewhere(reconnectAfter));
    }

    @Override
    public void close(ApiException why) {
        if (gone()) {
            var trailers = new Metadata();
            Status status = GrpcRefusals.status(why, trailers);
            outbox.endNow(stream -> stream.onError(status.asRuntimeException(trailers)));
        }
    }

    /** @return whether the stream had not ended before */
    private boolean gone() {
        List<Long> open;
        synchronized (this) {
            if (ended) {
                return false;
            }
            ended = true;
            open = follows.values().stream().map(following -> following.replyTo).toList();
            follows.clear();
        }
        rooms.streams().remove(this);
        if (!open.isEmpty()) {
            rooms.shards().forget(principal.tenant(), open);
        }
        return true;
    }
}
