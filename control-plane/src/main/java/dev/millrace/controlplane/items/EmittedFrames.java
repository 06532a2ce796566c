package dev.millrace.controlplane.items;

import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.controlplane.streams.Outbox;
import dev.millrace.protocol.streams.v1.EmittedFrame;
import dev.millrace.protocol.streams.v1.RefusedChunk;
import java.time.Duration;

/** Packs the answers that wait for a worker. */
final class EmittedFrames implements Outbox.Packer<Object, EmittedFrame> {
    /** The item that stands for an answer to a heartbeat. */
    static final Object HEARTBEAT = new Object();

    private static final int ENOUGH = 512;

    /** A chunk is stored. */
    record Stored(long number) {}

    /** A chunk is not. */
    record Refused(long number, ErrorCode code, String message) {}

    /** The wish that the worker reconnect. */
    record GoElsewhere(Duration within) {}

    @Override
    public EmittedFrame pack(Outbox.Queue<Object> items) {
        var frame = EmittedFrame.newBuilder();
        for (int count = 0; count < ENOUGH && items.peek() != null; count++) {
            var item = items.take();
            if (item instanceof Stored stored) {
                frame.addStored(stored.number());
            } else if (item instanceof Refused refused) {
                frame.addRefused(RefusedChunk.newBuilder()
                        .setNumber(refused.number())
                        .setCode(refused.code().name())
                        .setMessage(refused.message()));
            } else if (item instanceof GoElsewhere drain) {
                frame.setDrainReconnectAfterMillis((int) drain.within().toMillis());
            } else if (item == HEARTBEAT) {
                frame.setHeartbeat(true);
            }
        }
        return frame.build();
    }
}
