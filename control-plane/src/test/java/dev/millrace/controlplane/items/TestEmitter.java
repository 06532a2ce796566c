package dev.millrace.controlplane.items;

import com.google.protobuf.ByteString;
import dev.millrace.controlplane.testing.TestControlPlane;
import dev.millrace.protocol.streams.v1.Chunk;
import dev.millrace.protocol.streams.v1.EmitFrame;
import dev.millrace.protocol.streams.v1.EmittedFrame;
import dev.millrace.protocol.streams.v1.RefusedChunk;
import dev.millrace.protocol.streams.v1.StreamsGrpc;
import dev.millrace.protocol.worker.v1.AttemptRef;
import io.grpc.ClientInterceptors;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** The worker's side of a stream of items, chunk by chunk, as a test wants it. */
final class TestEmitter implements AutoCloseable {
    private final StreamObserver<EmitFrame> out;

    // Guarded by this.
    private final Set<Long> stored = new HashSet<>();
    private final Map<Long, RefusedChunk> refused = new HashMap<>();
    private Optional<Status> end = Optional.empty();
    private long number;

    TestEmitter(TestControlPlane plane, String token, ByteString worker) {
        var channel = ClientInterceptors.intercept(plane.channel(), TestControlPlane.presenting(token));
        out = StreamsGrpc.newStub(channel).emit(new StreamObserver<>() {
            @Override
            public void onNext(EmittedFrame frame) {
                heard(frame);
            }

            @Override
            public void onError(Throwable failure) {
                ended(Status.fromThrowable(failure));
            }

            @Override
            public void onCompleted() {
                ended(Status.OK);
            }
        });
        out.onNext(EmitFrame.newBuilder().setWorkerId(worker).build());
    }

    private synchronized void heard(EmittedFrame frame) {
        stored.addAll(frame.getStoredList());
        frame.getRefusedList().forEach(each -> refused.put(each.getNumber(), each));
        notifyAll();
    }

    private synchronized void ended(Status status) {
        end = Optional.of(status);
        notifyAll();
    }

    /** Items that are numbers from one on, as many as wanted. */
    static Chunk.Builder numbers(AttemptRef attempt, long first, int count) {
        var chunk = Chunk.newBuilder().setAttempt(attempt).setFirst(first);
        IntStream.range(0, count).forEach(i -> chunk.addItems(ByteString.copyFromUtf8("" + (first + i))));
        return chunk;
    }

    /** Sends a chunk, and says its number. */
    long send(Chunk.Builder chunk) {
        long mine;
        synchronized (this) {
            mine = ++number;
        }
        out.onNext(EmitFrame.newBuilder().addChunks(chunk.setNumber(mine)).build());
        return mine;
    }

    /** Sends a chunk and waits until it is stored. */
    void store(Chunk.Builder chunk) {
        long mine = send(chunk);
        await(() -> stored.contains(mine) ? Optional.of(true) : Optional.empty(), "the answer to chunk " + mine);
    }

    /** Sends a chunk and waits until it is refused. */
    RefusedChunk refusal(Chunk.Builder chunk) {
        long mine = send(chunk);
        return await(() -> Optional.ofNullable(refused.get(mine)), "the refusal of chunk " + mine);
    }

    /** How the stream ended. */
    Status end() {
        return await(() -> end, "the end");
    }

    private synchronized <T> T await(Supplier<Optional<T>> wanted, String what) {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        try {
            while (wanted.get().isEmpty()) {
                long left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
                if (left <= 0) {
                    throw new AssertionError("There was not " + what + "; stored are " + stored + ", refused " + refused
                            + ", the end is " + end + ".");
                }
                wait(left);
            }
            return wanted.get().get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        if (end.isEmpty()) {
            out.onError(Status.CANCELLED.asRuntimeException());
        }
    }
}
