package dev.millrace.controlplane.shard;

import dev.millrace.engine.Journal.FencedException;
import dev.millrace.engine.Journal.JournalException;
import dev.millrace.engine.Snapshots;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The thread that writes images, in the order in which they were taken, and throws away what they make superfluous. */
final class Projector implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Projector.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);
    private static final Duration BETWEEN_TIDYINGS = Duration.ofMillis(500);
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(10);

    private final Storage storage;
    private final Inbox inbox;
    private final EndedRuns ended;
    private final BlockingQueue<Round.Capture> captures = new LinkedBlockingQueue<>();
    private volatile boolean stopping;
    private long tidiedAt = System.nanoTime();

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

    @Override
    public void run() {
        try {
            tidy();
            while (!stopping) {
                var capture = captures.poll(LONGEST_WAIT.toMillis(), TimeUnit.MILLISECONDS);
                if (capture != null) {
                    write(capture);
                }
                if (System.nanoTime() - tidiedAt >= BETWEEN_TIDYINGS.toNanos()) {
                    tidy();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void tidy() {
        try {
            storage.tidy();
        } catch (RuntimeException e) {
            LOG.error("What is projected could not be tidied away; it is tried again.", e);
        }
        tidiedAt = System.nanoTime();
    }

    private void write(Round.Capture capture) throws InterruptedException {
        var shard = capture.shard();
        var pause = FIRST_PAUSE;
        while (!shard.lost && !stopping) {
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
                return;
            } catch (FencedException e) {
                inbox.put(new Message.Lost(shard, "another owner has taken its images"));
                return;
            } catch (JournalException e) {
                LOG.warn("{} It is tried again in {} ms.", e.getMessage(), pause.toMillis());
            } catch (RuntimeException e) {
                LOG.error("The images of {} cannot be written.", shard, e);
                inbox.put(new Message.Lost(shard, "its images cannot be written"));
                return;
            }
            TimeUnit.MILLISECONDS.sleep(pause.toMillis());
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
        }
    }
}
