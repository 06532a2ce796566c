package dev.millrace.controlplane.runs;

import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.controlplane.errors.Problems;
import dev.millrace.controlplane.runs.RunsDoor.Rooms;
import dev.millrace.controlplane.streams.DoorStream;
import dev.millrace.controlplane.tenancy.Permission;
import dev.millrace.controlplane.tenancy.Principal;
import dev.millrace.engine.Command;
import dev.millrace.engine.Reply;
import dev.millrace.protocol.runs.v1.CancelReply;
import dev.millrace.protocol.runs.v1.CancelRun;
import dev.millrace.protocol.runs.v1.ClientFrame;
import dev.millrace.protocol.runs.v1.Follow;
import dev.millrace.protocol.runs.v1.ServerFrame;
import dev.millrace.protocol.runs.v1.StartBatch;
import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One client's stream. Requests are independent of each other and answered as they are decided; what a request is refused for goes
 * back with its correlation, and only a breach of the protocol ends the stream. A frame with starts counts as open until they
 * are stored, and only {@link #WINDOW} may be open: then no more is read, and the transport holds the client back.
 */
final class RunsSession extends DoorStream<ClientFrame, ServerFrame> {
    private static final int WINDOW = 32;
    private static final int MAX_BATCH = 1_000;
    private static final int MAX_WAITING_ITEMS = 400_000;
    private static final int MAX_REASON = 1_000;
    private static final Duration CANCEL_DEADLINE = Duration.ofSeconds(15);

    private final Rooms rooms;
    private final Follows follows;

    /** Batches that are not decided yet. Guarded by this. */
    private int open;

    RunsSession(Principal principal, Rooms rooms, ServerCallStreamObserver<ServerFrame> answers) {
        super(principal, rooms.streams(), answers, new RunFrames(), MAX_WAITING_ITEMS);
        this.rooms = rooms;
        this.follows = new Follows(principal.tenant(), rooms, this::say);
    }

    @Override
    protected void heard(ClientFrame frame) {
        synchronized (this) {
            open += frame.getStartsCount();
        }
        try {
            if (frame.getHeartbeat()) {
                say(RunFrames.HEARTBEAT);
            }
            frame.getStartsList().forEach(this::start);
            frame.getFollowsList().forEach(this::follow);
            frame.getCancelsList().forEach(this::cancel);
        } catch (RuntimeException e) {
            close(Problems.refusal(e));
        }
        request();
    }

    @Override
    protected int room() {
        return WINDOW - open;
    }

    // ---- starts ----

    private void start(StartBatch batch) {
        if (batch.getItemsCount() < 1 || batch.getItemsCount() > MAX_BATCH) {
            throw Wire.violation("a batch of " + batch.getItemsCount() + " starts; send 1 to " + MAX_BATCH);
        }
        var request = Wire.uuid(batch.getRequestId(), "request_id");
        if (lacks(Permission.RUNS_START, batch.getCorrelation())) {
            decided();
            return;
        }
        // An item that cannot even be read as a start keeps its place, so that the answers are in the order of the
        // items.
        List<StartRequest> requests = new ArrayList<>(batch.getItemsCount());
        List<Optional<ApiException>> unreadable = new ArrayList<>(batch.getItemsCount());
        List<Follows.OfStart> followed = new ArrayList<>();
        for (int i = 0; i < batch.getItemsCount(); i++) {
            var item = batch.getItems(i);
            var follow = new Follows.OfStart(item.getFollow(), 0);
            try {
                follow = follows.starting(item.getFollow());
                requests.add(Wire.start(item, follow.replyTo(), "$.items[" + i + "]"));
                followed.add(follow);
                unreadable.add(Optional.empty());
            } catch (ApiException e) {
                follows.forget(follow);
                unreadable.add(Optional.of(e));
            }
        }
        rooms.starts().start(principal(), request, batch.getResend(), requests).whenComplete((results, failure) -> {
            decided();
            if (failure != null) {
                followed.forEach(follows::forget);
                say(Wire.refusal(batch.getCorrelation(), Problems.refusal(failure)));
                return;
            }
            say(Wire.reply(batch.getCorrelation(), unreadable, results));
            for (int i = 0; i < results.size(); i++) {
                follows.settle(followed.get(i), results.get(i));
            }
        });
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
            follows.stop(wish.getCorrelation());
            return;
        }
        var run = Wire.run(wish.getRunId());
        if (!lacks(Permission.RUNS_READ, wish.getCorrelation())) {
            follows.follow(wish.getCorrelation(), run);
        }
    }

    // ---- cancels ----

    private void cancel(CancelRun wish) {
        var run = Wire.run(wish.getRunId());
        if (lacks(Permission.RUNS_CANCEL, wish.getCorrelation())) {
            return;
        }
        var reason = wish.getReason();
        if (reason.isEmpty() || reason.length() > MAX_REASON || reason.indexOf(0) >= 0) {
            say(Wire.refusal(
                    wish.getCorrelation(),
                    new ApiException(
                            ErrorCode.FIELD_INVALID,
                            "The reason for cancelling has " + reason.length() + " characters; it must have 1 to "
                                    + MAX_REASON + " and no U+0000.",
                            "reason")));
            return;
        }
        var tenant = principal().tenant();
        rooms.shards()
                .ask(tenant, replyTo -> new Command.CancelRun(replyTo, tenant, run, reason), CANCEL_DEADLINE)
                .whenComplete((reply, failure) -> {
                    if (failure != null) {
                        say(Wire.refusal(wish.getCorrelation(), Problems.refusal(failure)));
                    } else if (reply instanceof Reply.CancelDecided decided) {
                        say(CancelReply.newBuilder()
                                .setCorrelation(wish.getCorrelation())
                                .setState(
                                        decided.accepted()
                                                ? "CANCELLING"
                                                : decided.state().name())
                                .build());
                    } else {
                        say(Wire.refusal(wish.getCorrelation(), Refusals.of(reply)));
                    }
                });
    }

    // ---- refusals and the end ----

    /** Whether the client may not do this; if so, it is told. */
    private boolean lacks(Permission needed, long correlation) {
        if (principal().has(needed)) {
            return false;
        }
        say(Wire.refusal(
                correlation,
                new ApiException(
                        ErrorCode.PERMISSION_DENIED,
                        "Token " + principal().tokenId() + " of service "
                                + principal().serviceName()
                                + " does not carry the permission " + needed.wireName()
                                + ". Use a token that does, or create one.")));
        return true;
    }

    @Override
    public void tick() {
        // A client that is silent costs nothing; one that vanished is noticed by the transport.
    }

    @Override
    public void drain(Duration reconnectAfter) {
        say(new RunFrames.GoElsewhere(reconnectAfter));
    }

    @Override
    protected void ended() {
        follows.end();
    }
}
