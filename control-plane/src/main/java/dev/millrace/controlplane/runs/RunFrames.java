package dev.millrace.controlplane.runs;

import com.google.protobuf.UnsafeByteOperations;
import dev.millrace.controlplane.streams.Outbox;
import dev.millrace.controlplane.streams.WireIds;
import dev.millrace.controlplane.workflows.WorkflowVersion;
import dev.millrace.engine.Payload;
import dev.millrace.engine.RunImage;
import dev.millrace.protocol.runs.v1.CancelReply;
import dev.millrace.protocol.runs.v1.Refusal;
import dev.millrace.protocol.runs.v1.RunEnded;
import dev.millrace.protocol.runs.v1.ServerFrame;
import dev.millrace.protocol.runs.v1.StartBatchReply;
import java.time.Duration;
import java.util.Map;

/** Packs what waits for a client into frames that its transport takes. */
final class RunFrames implements Outbox.Packer<Object, ServerFrame> {
    /** The item that stands for an answer to a heartbeat. */
    static final Object HEARTBEAT = new Object();

    private static final int ENOUGH_BYTES = 1 << 20;
    private static final int ENOUGH_ITEMS = 512;

    /** The wish that the client reconnect. */
    record GoElsewhere(Duration within) {}

    /**
     * The end of a run that is followed. Made into a message by the sender, not by the thread that tells of it.
     *
     * @param stored the bytes of those values of the result that are stored apart
     */
    record Ended(long correlation, RunImage image, WorkflowVersion version, Map<Payload, byte[]> stored) {}

    @Override
    public ServerFrame pack(Outbox.Queue<Object> items) {
        var frame = ServerFrame.newBuilder();
        int bytes = 0;
        for (int count = 0; count < ENOUGH_ITEMS && bytes < ENOUGH_BYTES && items.peek() != null; count++) {
            var item = items.take();
            if (item instanceof Ended end) {
                var ended = message(end);
                bytes += ended.getSerializedSize();
                frame.addEnded(ended);
            } else if (item instanceof StartBatchReply started) {
                bytes += started.getSerializedSize();
                frame.addStarted(started);
            } else if (item instanceof CancelReply cancelled) {
                frame.addCancelled(cancelled);
            } else if (item instanceof Refusal refusal) {
                frame.addRefusals(refusal);
            } else if (item instanceof GoElsewhere drain) {
                frame.setDrainReconnectAfterMillis((int) drain.within().toMillis());
            } else if (item == HEARTBEAT) {
                frame.setHeartbeat(true);
            }
        }
        return frame.build();
    }

    private static RunEnded message(Ended end) {
        var image = end.image();
        var ended = RunEnded.newBuilder()
                .setCorrelation(end.correlation())
                .setRunId(WireIds.bytes(image.run().value()))
                .setState(image.state().name())
                .setCompensated(image.compensated());
        new RunValues(image, end.version())
                .result(end.stored())
                .ifPresent(result -> ended.setResult(UnsafeByteOperations.unsafeWrap(result)));
        image.failure().ifPresent(failure -> ended.setFailedStep(failure.step()).setError(Wire.error(failure)));
        return ended.build();
    }
}
