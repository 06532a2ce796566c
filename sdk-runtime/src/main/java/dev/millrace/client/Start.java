package dev.millrace.client;

import dev.millrace.connection.Uuids;
import dev.millrace.wire.runs.v1.RunEnded;
import dev.millrace.wire.runs.v1.StartBatch;
import dev.millrace.wire.runs.v1.StartItem;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** One start on its way to the control plane. */
final class Start {
    private final StartItem item;
    private final int bytes;
    private final CompletableFuture<UUID> started = new CompletableFuture<>();
    private final CompletableFuture<RunEnded> ended;
    private volatile boolean abandoned;

    /**
     * Not sent yet.
     *
     * @param ended the end of the run, if the item asks for it to be followed
     */
    Start(StartItem item, CompletableFuture<RunEnded> ended) {
        this.item = item;
        this.ended = ended;
        this.bytes = item.getSerializedSize() + 8;
    }

    /** The id of the run, once it is stored. */
    CompletableFuture<UUID> started() {
        return started;
    }

    /** The end of the run, if it is followed from its start. */
    CompletableFuture<RunEnded> ended() {
        return ended;
    }

    String workflow() {
        return item.getWorkflow();
    }

    /** The number under which the end is told; 0 for none. */
    long follow() {
        return item.getFollow();
    }

    /** The room that it takes in a frame. */
    int bytes() {
        return bytes;
    }

    /** Nobody waits for it any more. */
    void abandon() {
        abandoned = true;
    }

    /**
     * Starts that travel under one request id.
     *
     * @param correlation by which the answer is told
     * @param stream number of the stream on which they were first sent
     */
    record Batch(long correlation, UUID request, long stream, List<Start> starts) {

        /**
         * As it is sent.
         *
         * @param again whether it has been sent before
         */
        StartBatch frame(boolean again) {
            var frame = StartBatch.newBuilder()
                    .setCorrelation(correlation)
                    .setRequestId(Uuids.bytes(request))
                    .setResend(again);
            starts.forEach(start -> frame.addItems(start.item));
            return frame.build();
        }

        int bytes() {
            return starts.stream().mapToInt(Start::bytes).sum();
        }

        /** Whether nobody waits for any of them any more. */
        boolean abandoned() {
            return starts.stream().allMatch(start -> start.abandoned);
        }
    }
}
