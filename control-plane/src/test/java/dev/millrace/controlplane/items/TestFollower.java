package dev.millrace.controlplane.items;

import dev.millrace.controlplane.testing.TestControlPlane;
import dev.millrace.controlplane.testing.TestWorker;
import dev.millrace.protocol.streams.v1.FollowFrame;
import dev.millrace.protocol.streams.v1.Items;
import dev.millrace.protocol.streams.v1.ItemsFrame;
import dev.millrace.protocol.streams.v1.StreamsGrpc;
import dev.millrace.protocol.streams.v1.Wish;
import io.grpc.ClientInterceptors;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** One who follows a run, and keeps what it is sent. */
final class TestFollower implements AutoCloseable {
    private final StreamObserver<FollowFrame> out;

    // Guarded by this.
    private final List<Items> items = new ArrayList<>();
    private Optional<String> ended = Optional.empty();
    private Optional<Status> end = Optional.empty();

    TestFollower(TestControlPlane plane, String token, String run, String step, long after) {
        var channel = ClientInterceptors.intercept(plane.channel(), TestControlPlane.presenting(token));
        out = StreamsGrpc.newStub(channel).follow(new StreamObserver<>() {
            @Override
            public void onNext(ItemsFrame frame) {
                heard(frame);
            }

            @Override
            public void onError(Throwable failure) {
                over(Status.fromThrowable(failure));
            }

            @Override
            public void onCompleted() {
                over(Status.OK);
            }
        });
        out.onNext(FollowFrame.newBuilder()
                .setWish(Wish.newBuilder()
                        .setRunId(TestWorker.bytes(UUID.fromString(run)))
                        .setStep(step)
                        .setAfter(after))
                .build());
    }

    private synchronized void heard(ItemsFrame frame) {
        items.addAll(frame.getItemsList());
        if (!frame.getEnded().isEmpty()) {
            ended = Optional.of(frame.getEnded());
        }
        notifyAll();
    }

    private synchronized void over(Status status) {
        end = Optional.of(status);
        notifyAll();
    }

    /** Says that everything up to a position is taken. */
    void taken(long position) {
        out.onNext(FollowFrame.newBuilder().setTaken(position).build());
    }

    /** What has come, once there are so many items. */
    synchronized List<Items> await(int count) {
        await(() -> count() >= count, count + " items");
        return List.copyOf(items);
    }

    synchronized int count() {
        return items.stream().mapToInt(Items::getItemsCount).sum();
    }

    /** All that came, once the stream has said its end. */
    synchronized List<Items> all() {
        await(() -> ended.isPresent(), "the end");
        return List.copyOf(items);
    }

    /** The state in which the run ended. */
    synchronized String ended() {
        await(() -> ended.isPresent(), "the end");
        return ended.get();
    }

    /** How the connection ended. */
    synchronized Status end() {
        await(() -> end.isPresent(), "the end of the connection");
        return end.get();
    }

    /** The values of all items, in order. */
    static List<String> values(List<Items> items) {
        return items.stream()
                .flatMap(each -> each.getItemsList().stream())
                .map(item -> item.toStringUtf8())
                .toList();
    }

    private void await(BooleanSupplier wanted, String what) {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        try {
            while (!wanted.getAsBoolean()) {
                long left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
                if (left <= 0) {
                    throw new AssertionError(
                            "There were not " + what + ", but " + items + ", ended " + ended + ", " + end);
                }
                wait(left);
            }
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
