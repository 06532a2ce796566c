package dev.millrace.controlplane.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class OutboxTest {
    private final Transport transport = new Transport();
    private final List<Runnable> work = new ArrayList<>();
    private final AtomicInteger overflows = new AtomicInteger();
    private final Outbox<Integer, List<Integer>> outbox = new Outbox<>(
            transport,
            items -> {
                List<Integer> frame = new ArrayList<>();
                while (items.peek() != null) {
                    frame.add(items.take());
                }
                return frame;
            },
            work::add,
            5,
            full -> overflows.incrementAndGet());

    /** A transport that is ready when the test says so. */
    private static final class Transport extends ServerCallStreamObserver<List<Integer>> {
        private final List<List<Integer>> frames = new ArrayList<>();
        private volatile boolean ready = true;
        private boolean completed;
        private Runnable onReady = () -> {};

        @Override
        public synchronized void onNext(List<Integer> frame) {
            assertThat(completed).isFalse();
            frames.add(frame);
        }

        @Override
        public void onError(Throwable failure) {
            completed = true;
        }

        @Override
        public synchronized void onCompleted() {
            completed = true;
        }

        @Override
        public boolean isReady() {
            return ready;
        }

        @Override
        public boolean isCancelled() {
            return false;
        }

        @Override
        public void setOnReadyHandler(Runnable handler) {
            onReady = handler;
        }

        @Override
        public void setOnCancelHandler(Runnable handler) {}

        @Override
        public void setCompression(String compression) {}

        @Override
        public void disableAutoInboundFlowControl() {}

        @Override
        public void request(int count) {}

        @Override
        public void setMessageCompression(boolean enable) {}
    }

    private void run() {
        while (!work.isEmpty()) {
            work.remove(0).run();
        }
    }

    @Test
    void whatIsReadyAtTheSameMomentLeavesInOneFrame() {
        outbox.add(1);
        outbox.add(2);
        outbox.add(3);
        assertThat(work).hasSize(1);
        run();
        outbox.add(4);
        run();
        assertThat(transport.frames).containsExactly(List.of(1, 2, 3), List.of(4));
    }

    @Test
    void nothingIsSentWhileTheTransportIsNotReady() {
        transport.ready = false;
        outbox.add(1);
        run();
        assertThat(transport.frames).isEmpty();
        transport.ready = true;
        transport.onReady.run();
        run();
        assertThat(transport.frames).containsExactly(List.of(1));
    }

    @Test
    void aReaderThatIsTooSlowIsGivenUpOnce() {
        transport.ready = false;
        for (int i = 0; i < 10; i++) {
            outbox.add(i);
        }
        assertThat(overflows).hasValue(1);
        outbox.endNow(stream -> stream.onError(new IllegalStateException()));
        run();
        assertThat(transport.completed).isTrue();
        assertThat(transport.frames).isEmpty();
    }

    @Test
    void theEndComesAfterWhatWaits() {
        transport.ready = false;
        outbox.add(1);
        outbox.endAfterwards(StreamObserver::onCompleted);
        outbox.add(2);
        run();
        assertThat(transport.completed).isFalse();
        transport.ready = true;
        transport.onReady.run();
        run();
        assertThat(transport.frames).containsExactly(List.of(1));
        assertThat(transport.completed).isTrue();
    }

    @Test
    void nothingIsLostOrSentTwiceWhenManyThreadsAdd() throws InterruptedException {
        var senders = Executors.newFixedThreadPool(3);
        var adders = Executors.newFixedThreadPool(4);
        var many = new Outbox<Integer, List<Integer>>(
                transport, items -> List.of(items.take()), senders, 1_000_000, full -> overflows.incrementAndGet());
        for (int thread = 0; thread < 4; thread++) {
            int from = thread * 10_000;
            adders.execute(() -> {
                for (int i = from; i < from + 10_000; i++) {
                    many.add(i);
                }
            });
        }
        adders.shutdown();
        assertThat(adders.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
        many.endAfterwards(StreamObserver::onCompleted);
        Awaitility.await().atMost(20, TimeUnit.SECONDS).until(() -> {
            synchronized (transport) {
                return transport.completed;
            }
        });
        assertThat(transport.frames).hasSize(40_000);
        assertThat(transport.frames.stream().flatMap(List::stream)).doesNotHaveDuplicates();
        senders.shutdown();
    }
}
