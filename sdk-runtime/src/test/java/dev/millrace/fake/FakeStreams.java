package dev.millrace.fake;

import dev.millrace.wire.protobuf.ByteString;
import dev.millrace.wire.streams.v1.Chunk;
import dev.millrace.wire.streams.v1.EmitFrame;
import dev.millrace.wire.streams.v1.EmittedFrame;
import dev.millrace.wire.streams.v1.FollowFrame;
import dev.millrace.wire.streams.v1.Items;
import dev.millrace.wire.streams.v1.ItemsFrame;
import dev.millrace.wire.streams.v1.RefusedChunk;
import dev.millrace.wire.streams.v1.StreamsGrpc;
import dev.millrace.wire.worker.v1.AttemptRef;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The {@code Streams} service: it keeps the items of each attempt in memory, in order, and refuses what leaves some out. Every chunk is two
 * boundaries at which {@link Cuts} may break the stream: before it is stored, and before it is acknowledged. Safe for use by many threads.
 */
public final class FakeStreams extends StreamsGrpc.StreamsImplBase {
    private final Map<AttemptRef, List<String>> stored = new LinkedHashMap<>();
    private final Map<AttemptRef, Boolean> ended = new LinkedHashMap<>();
    private final List<Runnable> held = new ArrayList<>();
    private final List<String> emitted = new ArrayList<>();
    private Cuts cuts = Cuts.never();
    private boolean holding;
    private Optional<RefusedChunk.Builder> refusal = Optional.empty();
    private int chunks;

    /** What an attempt's items are so far; the attempt is named as its assignment names it. */
    public synchronized List<String> of(int attempt) {
        return stored.entrySet().stream()
                .filter(each -> each.getKey().getAttempt() == attempt)
                .flatMap(each -> each.getValue().stream())
                .toList();
    }

    /** Whether the attempt has said that it emits nothing more. */
    public synchronized boolean hasEnded(int attempt) {
        return ended.keySet().stream().anyMatch(each -> each.getAttempt() == attempt);
    }

    public synchronized int chunks() {
        return chunks;
    }

    public synchronized void cut(Cuts cuts) {
        this.cuts = cuts;
    }

    /** Acknowledges nothing from now on. */
    public synchronized void hold() {
        holding = true;
    }

    /** Acknowledges what was held back, and goes on. */
    public synchronized void release() {
        holding = false;
        held.forEach(Runnable::run);
        held.clear();
    }

    /** Refuses what comes from now on. */
    public synchronized void refuse(String code, String message) {
        refusal = Optional.of(RefusedChunk.newBuilder().setCode(code).setMessage(message));
    }

    /** Takes what comes again. */
    public synchronized void admit() {
        refusal = Optional.empty();
    }

    @Override
    public StreamObserver<EmitFrame> emit(StreamObserver<EmittedFrame> answers) {
        return new StreamObserver<>() {
            private boolean broken;

            @Override
            public void onNext(EmitFrame frame) {
                synchronized (FakeStreams.this) {
                    for (var chunk : frame.getChunksList()) {
                        broken = broken || !take(chunk, answers);
                    }
                    if (frame.getHeartbeat() && !broken) {
                        answers.onNext(
                                EmittedFrame.newBuilder().setHeartbeat(true).build());
                    }
                }
            }

            @Override
            public void onError(Throwable failure) {
                broken = true;
            }

            @Override
            public void onCompleted() {
                if (!broken) {
                    answers.onCompleted();
                }
            }
        };
    }

    /** False when the stream is broken. */
    private boolean take(Chunk chunk, StreamObserver<EmittedFrame> answers) {
        if (cuts.here()) {
            answers.onError(Status.UNAVAILABLE.asRuntimeException());
            return false;
        }
        chunks++;
        if (refusal.isPresent()) {
            answers.onNext(EmittedFrame.newBuilder()
                    .addRefused(refusal.get().setNumber(chunk.getNumber()))
                    .build());
            return true;
        }
        store(chunk);
        if (cuts.here()) {
            answers.onError(Status.UNAVAILABLE.asRuntimeException());
            return false;
        }
        Runnable acknowledge = () -> answers.onNext(
                EmittedFrame.newBuilder().addStored(chunk.getNumber()).build());
        if (holding) {
            held.add(acknowledge);
        } else {
            acknowledge.run();
        }
        return true;
    }

    private void store(Chunk chunk) {
        var items = stored.computeIfAbsent(chunk.getAttempt(), any -> new ArrayList<>());
        if (chunk.getFirst() > items.size()) {
            throw new IllegalStateException(
                    "Item " + chunk.getFirst() + " came after " + items.size() + " items of the attempt.");
        }
        for (long i = items.size() - chunk.getFirst(); i < chunk.getItemsCount(); i++) {
            items.add(chunk.getItems((int) i).toStringUtf8());
        }
        if (chunk.getEnds()) {
            ended.put(chunk.getAttempt(), true);
        }
    }

    // ---- following ----

    /** What a followed run emits, JSON each. */
    public synchronized void toFollow(List<String> items) {
        emitted.addAll(items);
    }

    @Override
    public StreamObserver<FollowFrame> follow(StreamObserver<ItemsFrame> answers) {
        return new StreamObserver<>() {
            @Override
            public void onNext(FollowFrame frame) {
                synchronized (FakeStreams.this) {
                    if (frame.hasWish()) {
                        send(frame.getWish().getAfter(), answers);
                    }
                }
            }

            @Override
            public void onError(Throwable failure) {
                // gone
            }

            @Override
            public void onCompleted() {
                answers.onCompleted();
            }
        };
    }

    /** Each item in a frame of its own, of which each is a boundary. */
    private void send(long after, StreamObserver<ItemsFrame> answers) {
        for (long position = after + 1; position <= emitted.size(); position++) {
            if (cuts.here()) {
                answers.onError(Status.UNAVAILABLE.asRuntimeException());
                return;
            }
            answers.onNext(ItemsFrame.newBuilder()
                    .addItems(Items.newBuilder()
                            .setStep("tell")
                            .setGeneration(1)
                            .setAttempt(1)
                            .setPosition(position)
                            .setIndex(position - 1)
                            .addItems(ByteString.copyFromUtf8(emitted.get((int) position - 1))))
                    .build());
        }
        if (!holding) {
            answers.onNext(ItemsFrame.newBuilder().setEnded("SUCCEEDED").build());
        }
    }
}
