package dev.millrace.controlplane.dispatch;

import dev.millrace.controlplane.streams.Outbox;
import dev.millrace.engine.Effect;
import dev.millrace.engine.Payload;
import dev.millrace.manifest.Defaults;
import dev.millrace.protocol.worker.v1.AttemptRef;
import dev.millrace.protocol.worker.v1.Cancel;
import dev.millrace.protocol.worker.v1.CheckpointNews;
import dev.millrace.protocol.worker.v1.ChildResult;
import dev.millrace.protocol.worker.v1.CompletionAck;
import dev.millrace.protocol.worker.v1.Drain;
import dev.millrace.protocol.worker.v1.Extended;
import dev.millrace.protocol.worker.v1.Refused;
import dev.millrace.protocol.worker.v1.ServerFrame;
import dev.millrace.protocol.worker.v1.Trail;
import dev.millrace.protocol.worker.v1.Welcome;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Packs what waits for a worker into frames that its transport takes. */
final class ServerFrames implements Outbox.Packer<Object, ServerFrame> {
    /** The item that stands for an answer to a heartbeat. */
    static final Object HEARTBEAT = new Object();

    /** Well below what the worker's side takes, and small enough that one frame does not keep the others waiting. */
    private static final int ENOUGH_BYTES = 1 << 20;

    private static final int ENOUGH_ITEMS = 512;

    private final Assignments assignments = new Assignments();

    /** The item that tells the worker to finish what it has and leave for good. */
    static final Object LEAVE = new Object();

    /** An assignment with the bytes of its stored payloads. */
    record Ready(Effect.Assignment assignment, Map<Payload, byte[]> values) {}

    /** The wish that the worker stop an attempt. */
    record Stop(AttemptRef attempt, String reason) {}

    /** That the worker may enter an attempt which it accepted. */
    record Confirmed(AttemptRef attempt) {}

    /** How much time an attempt that asked for more has left. */
    record Granted(AttemptRef attempt, Duration left) {}

    /** The answer to a hello. */
    record Greeting(List<AttemptRef> stale) {}

    /** The wish that the worker leave. */
    record GoElsewhere(Duration within) {}

    @Override
    public ServerFrame pack(Outbox.Queue<Object> items) {
        var frame = ServerFrame.newBuilder();
        CompletionAck.Builder ack = null;
        int bytes = 0;
        for (int count = 0; count < ENOUGH_ITEMS && bytes < ENOUGH_BYTES && items.peek() != null; count++) {
            // A worker looks at the cancels of a frame before its assignments, so one must not be in the same frame as
            // the other.
            if (items.peek() instanceof Stop && frame.getAssignmentsCount() > 0) {
                break;
            }
            var item = items.take();
            if (item instanceof Ready ready) {
                var assignment = assignments.assignment(ready.assignment(), ready.values());
                bytes += assignment.getSerializedSize();
                frame.addAssignments(assignment);
            } else if (item instanceof Effect.AckCompletions acknowledged) {
                ack = ack == null ? CompletionAck.newBuilder() : ack;
                ack.setUpTo(Math.max(ack.getUpTo(), acknowledged.upTo()));
                for (var refused : acknowledged.refused()) {
                    ack.addRefused(Refused.newBuilder()
                            .setSequence(refused.sequence())
                            .setCode(refused.code())
                            .setMessage(refused.message()));
                }
            } else if (item instanceof Stop stop) {
                frame.addCancels(Cancel.newBuilder().setAttempt(stop.attempt()).setReason(stop.reason()));
            } else if (item instanceof Confirmed confirmed) {
                frame.addConfirmed(confirmed.attempt());
            } else if (item instanceof Granted granted) {
                frame.addExtended(Extended.newBuilder()
                        .setAttempt(granted.attempt())
                        .setTimeoutMillis(Math.max(0, granted.left().toMillis())));
            } else if (item instanceof CheckpointNews news) {
                bytes += news.getSerializedSize();
                frame.addCheckpoints(news);
            } else if (item instanceof Trail trail) {
                bytes += trail.getSerializedSize();
                frame.addTrails(trail);
            } else if (item instanceof ChildResult result) {
                bytes += result.getSerializedSize();
                frame.addChildResults(result);
            } else if (item instanceof Greeting greeting) {
                frame.setWelcome(welcome(greeting));
            } else if (item instanceof GoElsewhere drain) {
                frame.setDrain(Drain.newBuilder()
                        .setReconnectAfterMillis((int) drain.within().toMillis()));
            } else if (item == HEARTBEAT) {
                frame.setHeartbeat(true);
            } else if (item == LEAVE) {
                frame.setLeave(true);
            }
        }
        if (ack != null) {
            frame.setAck(ack);
        }
        return frame.build();
    }

    private static Welcome welcome(Greeting from) {
        var welcome = Welcome.newBuilder()
                .setProtocolVersion(Hellos.PROTOCOL_VERSION)
                .setHeartbeatMillis((int) Defaults.HEARTBEAT.toMillis())
                .setDeadAfterMillis((int) WorkerSession.DEAD_AFTER.toMillis())
                .setAcceptLeaseMillis((int) Defaults.ACCEPT_LEASE.toMillis());
        return welcome.addAllStale(from.stale()).build();
    }
}
