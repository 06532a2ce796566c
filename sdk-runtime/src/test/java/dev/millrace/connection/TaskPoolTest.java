package dev.millrace.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TaskPoolTest {
    private final Set<Thread> made = ConcurrentHashMap.newKeySet();
    private TaskPool pool = pool(Duration.ofMinutes(1));

    @AfterEach
    void close() {
        pool.shutdown();
    }

    @Test
    void noTaskWaitsForAnotherToEnd() throws InterruptedException {
        var together = new CountDownLatch(200);
        for (int i = 0; i < 200; i++) {
            pool.execute(() -> {
                together.countDown();
                awaitUninterruptibly(together);
            });
        }

        assertThat(together.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(made).hasSize(200);
    }

    @Test
    void tasksThatTasksBringAreRunThoughAllOthersBlock() throws InterruptedException {
        var release = new CountDownLatch(1);
        var inner = new CountDownLatch(50);
        for (int i = 0; i < 50; i++) {
            pool.execute(() -> {
                pool.execute(inner::countDown);
                awaitUninterruptibly(release);
            });
        }

        assertThat(inner.await(30, TimeUnit.SECONDS)).isTrue();
        release.countDown();
    }

    @Test
    void everyTaskIsRunOnceHoweverItIsBroughtAndHoweverLongItTakes() throws InterruptedException {
        var random = new Random(42);
        var bringers = new ArrayList<Thread>();
        var runs = new ArrayList<AtomicInteger>();
        for (int bringer = 0; bringer < 4; bringer++) {
            var seed = random.nextLong();
            var mine = new ArrayList<AtomicInteger>();
            for (int i = 0; i < 20_000; i++) {
                mine.add(new AtomicInteger());
            }
            runs.addAll(mine);
            bringers.add(new Thread(() -> bring(mine, new Random(seed))));
        }
        bringers.forEach(Thread::start);
        for (var bringer : bringers) {
            bringer.join();
        }

        await().atMost(Duration.ofSeconds(30)).until(() -> runs.stream().allMatch(run -> run.get() > 0));
        assertThat(runs).allMatch(run -> run.get() == 1);
    }

    private void bring(List<AtomicInteger> runs, Random random) {
        for (var run : runs) {
            long nanos = random.nextInt(100) == 0 ? random.nextInt(300_000) : 0;
            pool.execute(() -> {
                run.incrementAndGet();
                if (nanos > 0) {
                    LockSupport.parkNanos(nanos);
                }
            });
            if (random.nextInt(50) == 0) {
                LockSupport.parkNanos(random.nextInt(200_000));
            }
        }
    }

    @Test
    void aThreadThatHasNothingToDoLeavesAndAnotherIsMadeWhenItIsNeeded() throws InterruptedException {
        pool = pool(Duration.ofMillis(20));
        var first = new CountDownLatch(1);
        pool.execute(first::countDown);
        assertThat(first.await(30, TimeUnit.SECONDS)).isTrue();

        await().atMost(Duration.ofSeconds(30)).until(() -> made.stream().noneMatch(Thread::isAlive));
        var second = new CountDownLatch(1);
        pool.execute(second::countDown);

        assertThat(second.await(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void anInterruptOfOneTaskDoesNotReachTheNext() throws InterruptedException {
        var interrupted = new CountDownLatch(1);
        pool.execute(() -> {
            Thread.currentThread().interrupt();
            interrupted.countDown();
        });
        assertThat(interrupted.await(30, TimeUnit.SECONDS)).isTrue();
        await().atMost(Duration.ofSeconds(30)).until(() -> made.stream().noneMatch(Thread::isInterrupted));

        var clean = new CountDownLatch(1);
        pool.execute(() -> {
            if (!Thread.currentThread().isInterrupted()) {
                clean.countDown();
            }
        });

        assertThat(clean.await(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void afterShutdownWhatIsThereIsRunAndNothingNewIsTaken() throws InterruptedException {
        var release = new CountDownLatch(1);
        var done = new CountDownLatch(10);
        for (int i = 0; i < 10; i++) {
            pool.execute(() -> {
                awaitUninterruptibly(release);
                done.countDown();
            });
        }

        pool.shutdown();

        assertThatThrownBy(() -> pool.execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
        assertThat(pool.isTerminated()).isFalse();
        release.countDown();
        assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(pool.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        assertThat(pool.isTerminated()).isTrue();
    }

    private TaskPool pool(Duration keep) {
        return new TaskPool(
                task -> {
                    var thread = new Thread(task, "step-pool-test");
                    thread.setDaemon(true);
                    made.add(thread);
                    return thread;
                },
                keep.toNanos());
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            if (!latch.await(30, TimeUnit.SECONDS)) {
                throw new IllegalStateException("nobody came");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
