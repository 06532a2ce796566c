package dev.millrace.controlplane.shard;

import dev.millrace.engine.Journal.FencedException;
import dev.millrace.engine.Journal.JournalException;
import dev.millrace.engine.Snapshots;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that writes images, those of a shard in the order in which they were taken, and throws away what they make superfluous.
 * A pass that fails is tried again after a pause, in which those of other shards go on.
 */
final class Projector implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Projector.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);
    private static final Duration BETWEEN_TIDYINGS = Duration.ofMillis(500);
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(10);
    /** So many things that runs use have figures of their own: their number is not ours to bound, that of the figures is. */
    static final int MOST_NAMES = 100;

    private final Storage storage;
    private final Inbox inbox;
    private final EndedRuns ended;
    /** What failed, by when it is tried again. For this thread. */
    private final Queue<Pass> again = new PriorityQueue<>(Comparator.comparingLong(Pass::due));

    private final LongAdder passes = new LongAdder();
    private final LongAdder runs = new LongAdder();
    private final LongAdder nanos = new LongAdder();
    private final Map<String, LongAdder> used = new ConcurrentHashMap<>();
    private volatile int failing;
    private final BlockingQueue<Round.Capture> captures = new LinkedBlockingQueue<>();
    private volatile boolean stopping;
    private long tidiedAt = System.nanoTime();

    /** One pass, which is written at an instant of {@link System#nanoTime}, or after a pause if that fails. */
    private record Pass(Round.Capture capture, Duration pause, long due) {
        Pass later() {
            var next = pause.multipliedBy(2);
            return new Pass(
                    capture,
                    next.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : next,
                    System.nanoTime() + pause.toNanos());
        }
    }

    Projector(Storage storage, Inbox inbox, EndedRuns ended) {
        this.storage = storage;
        this.inbox = inbox;
        this.ended = ended;
    }

    /** Writes these images when it is their turn; what they are made of is stored. */
    void take(Round.Capture capture) {
        captures.add(capture);
    }

    /** Ends the thread, whatever is left to write: it can be made again from the journal. The thread is to be interrupted, too. */
    void stop() {
        stopping = true;
    }

    /** What it has done so far. */
    ShardFigures.Projecting done() {
        Map<String, Long> byName = new TreeMap<>();
        used.forEach((name, amount) -> byName.put(name, amount.sum()));
        return new ShardFigures.Projecting(passes.sum(), runs.sum(), Duration.ofNanos(nanos.sum()), byName);
    }

    /** How many shards have a pass that failed and is tried again. */
    int failing() {
        return failing;
    }

    @Override
    public void run() {
        try {
            tidy();
            while (!stopping) {
                var capture = captures.poll(untilNextTry(), TimeUnit.NANOSECONDS);
                if (capture != null) {
                    write(new Pass(capture, FIRST_PAUSE, System.nanoTime()));
                }
                while (!again.isEmpty() && again.element().due() - System.nanoTime() <= 0) {
                    write(again.remove());
                }
                failing = again.size();
                if (System.nanoTime() - tidiedAt >= BETWEEN_TIDYINGS.toNanos()) {
                    tidy();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private long untilNextTry() {
        return again.isEmpty()
                ? LONGEST_WAIT.toNanos()
                : Math.max(0, again.element().due() - System.nanoTime());
    }

    private void tidy() {
        try {
            storage.tidy();
        } catch (RuntimeException e) {
            LOG.error("What is projected could not be tidied away; it is tried again.", e);
        }
        tidiedAt = System.nanoTime();
    }

    private void used(String name, long amount) {
        used.computeIfAbsent(used.containsKey(name) || used.size() < MOST_NAMES ? name : "", any -> new LongAdder())
                .add(amount);
    }

    private void write(Pass pass) {
        var capture = pass.capture();
        var shard = capture.shard();
        if (shard.lost || stopping) {
            return;
        }
        var began = System.nanoTime();
        try {
            storage.snapshots()
                    .project(new Snapshots.Projection(
                            shard.number,
                            shard.epoch,
                            capture.fromSeq(),
                            capture.toSeq(),
                            capture.image(),
                            capture.runs()));
            // Before the core forgets them, so that whoever asks meanwhile finds them in one of both places.
            ended.stored(capture.runs());
            inbox.put(new Message.Projected(shard, capture.toSeq()));
            passes.increment();
            runs.add(capture.runs().size());
            capture.runs().forEach(run -> run.spending().fresh().amounts().forEach(this::used));
            nanos.add(System.nanoTime() - began);
        } catch (FencedException e) {
            inbox.put(new Message.Lost(shard, "another owner has taken its images"));
        } catch (JournalException e) {
            LOG.warn(
                    "{} It is tried again in {} ms.",
                    e.getMessage(),
                    pass.pause().toMillis());
            again.add(pass.later());
        } catch (RuntimeException e) {
            LOG.error(
                    "The images of {} cannot be written. It is tried again in {} ms; meanwhile its journal is kept.",
                    shard,
                    pass.pause().toMillis(),
                    e);
            again.add(pass.later());
        }
    }
}
