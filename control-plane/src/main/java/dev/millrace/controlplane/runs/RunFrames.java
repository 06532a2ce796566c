package dev.millrace.controlplane.runs;

import dev.millrace.controlplane.streams.Outbox;
import dev.millrace.protocol.runs.v1.CancelReply;
import dev.millrace.protocol.runs.v1.Refusal;
import dev.millrace.protocol.runs.v1.RunEnded;
import dev.millrace.protocol.runs.v1.ServerFrame;
import dev.millrace.protocol.runs.v1.StartBatchReply;
import java.time.Duration;

/** Packs what waits for a client into frames that its transport takes. */
final class RunFrames implements Outbox.Packer<Object, ServerFrame> {
    /** The item that stands for an answer to a heartbeat. */
    static final Object HEARTBEAT = new Object();

    private static final int ENOUGH_BYTES = 1 << 20;
    private static final int ENOUGH_ITEMS = 512;

    /** The wish that the client reconnect. */
    record GoElsewhere(Duration within) {}

    @Override
    public ServerFrame pack(Outbox.Queue<Object> items) {
        var frame = ServerFrame.newBuilder();
        int bytes = 0;
        for (int count = 0; count < ENOUGH_ITEMS && bytes < ENOUGH_BYTES && items.peek() != null; count++) {
            var item = items.take();
            if (item instanceof RunEnded ended) {
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
}
