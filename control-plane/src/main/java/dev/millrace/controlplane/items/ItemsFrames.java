package dev.millrace.controlplane.items;

import dev.millrace.controlplane.streams.Outbox;
import dev.millrace.engine.RunState;
import dev.millrace.protocol.streams.v1.Items;
import dev.millrace.protocol.streams.v1.ItemsFrame;
import java.time.Duration;

/** Packs what waits for a follower. */
final class ItemsFrames implements Outbox.Packer<Object, ItemsFrame> {
    /** The item that stands for an answer to a heartbeat. */
    static final Object HEARTBEAT = new Object();

    private static final int ENOUGH_BYTES = 1 << 20;

    /** There is no more, because the run has ended so. */
    record Ended(RunState state) {}

    /** The wish that the client reconnect. */
    record GoElsewhere(Duration within) {}

    @Override
    public ItemsFrame pack(Outbox.Queue<Object> items) {
        var frame = ItemsFrame.newBuilder();
        int bytes = 0;
        while (bytes < ENOUGH_BYTES && items.peek() != null) {
            var item = items.take();
            if (item instanceof Items more) {
                bytes += more.getSerializedSize();
                frame.addItems(more);
            } else if (item instanceof Ended ended) {
                frame.setEnded(ended.state().name());
            } else if (item instanceof GoElsewhere drain) {
                frame.setDrainReconnectAfterMillis((int) drain.within().toMillis());
            } else if (item == HEARTBEAT) {
                frame.setHeartbeat(true);
            }
        }
        return frame.build();
    }
}
