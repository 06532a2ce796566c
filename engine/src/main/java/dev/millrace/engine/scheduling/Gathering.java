package dev.millrace.engine.scheduling;

import dev.millrace.engine.Hold;
import dev.millrace.engine.Hold.Gate;
import java.util.List;

/**
 * Where tasks of a batch step wait for others, so that one call may serve them together. Lanes that lack nothing else are parked
 * here until their tasks are as many as a call takes, or the one that has queued longest has waited long enough; then it is open,
 * and stays open until somebody was offered or nobody is left who could go. Due when the longest wait is over.
 *
 * <p>Whoever's turn it is goes first and takes along, in the order of their turns, whoever else waits here and lacks nothing; see
 * {@link Scheduler#beside}.
 */
final class Gathering extends Limit {
    private final Kind.Gather gather;
    private final Runnable forgotten;
    /** The lanes that take part in the turns. */
    final Queue queue = new Queue();

    private boolean open;
    /** Tasks of the lanes that are parked here. */
    private long waiting;
    /** Since when the one of those has queued that has queued longest. */
    private long oldestMicros = Long.MAX_VALUE;

    /**
     * Has no lanes yet.
     *
     * @param name the same wherever and whenever it is made again
     * @param key empty if it is to be kept when no lane is left
     * @param forgotten called when it is not
     */
    Gathering(Scheduler scheduler, String name, String key, Kind.Gather gather, Runnable forgotten) {
        super(scheduler, name, key);
        this.gather = gather;
        this.forgotten = forgotten;
    }

    int most() {
        return gather.maxSize();
    }

    @Override
    boolean lacks(Lane lane, Use use, long nowMicros) {
        return !open
                && together(lane) < gather.maxSize()
                && lane.behind() == 0
                && oldest(lane) > nowMicros - gather.maxWaitMicros();
    }

    private boolean isParkedHere(Lane lane) {
        return lane.parked != null && lane.parked.limit == this;
    }

    private long together(Lane lane) {
        return isParkedHere(lane) ? waiting : waiting + lane.size();
    }

    private long oldest(Lane lane) {
        return isParkedHere(lane) ? oldestMicros : Math.min(oldestMicros, lane.oldestMicros());
    }

    boolean isOpen() {
        return open;
    }

    /** One of its lanes lacks nothing: all take part in the turns of all. */
    void open() {
        open = true;
        for (int i = berths.size() - 1; i >= 0; i--) {
            berths.get(i).callAll();
        }
        forgetParked();
        scheduler.limits().cancel(this);
    }

    /** Those that could go together have gone; who is left waits for others again. */
    void close() {
        open = false;
    }

    /** A lane takes no part in the turns any more. */
    void hidden() {
        if (queue.first() == null) {
            open = false;
        }
    }

    @Override
    void parked(Lane lane) {
        waiting += lane.size();
        waitsSince(lane.oldestMicros());
    }

    /** A lane that is parked here has one more task that may go. */
    void joined(Lane lane, Ready task) {
        if (lane.behind() > 0) {
            crowded();
            return;
        }
        waiting++;
        waitsSince(task.sinceMicros());
        if (waiting >= gather.maxSize()) {
            due();
        }
    }

    /** A lane that is parked here has more tasks than may go at once: there is nobody else to wait for. */
    void crowded() {
        count();
        due();
    }

    /** A lane that is parked here, or was until now, has fewer tasks. */
    @Override
    void left(Lane lane) {
        count();
        if (waiting > 0 && !listed) {
            scheduler.limits().set(this, oldestMicros + gather.maxWaitMicros());
        }
    }

    private void count() {
        forgetParked();
        for (var berth : berths) {
            for (var other : berth.lanes()) {
                waiting += other.size();
                oldestMicros = Math.min(oldestMicros, other.oldestMicros());
            }
        }
    }

    private void forgetParked() {
        waiting = 0;
        oldestMicros = Long.MAX_VALUE;
    }

    private void waitsSince(long micros) {
        oldestMicros = Math.min(oldestMicros, micros);
        if (!listed) {
            scheduler.limits().set(this, oldestMicros + gather.maxWaitMicros());
        }
    }

    @Override
    void call(long nowMicros) {
        if (waiting >= gather.maxSize() || isCrowded() || oldestMicros <= nowMicros - gather.maxWaitMicros()) {
            open();
        } else {
            scheduler.limits().set(this, oldestMicros + gather.maxWaitMicros());
        }
    }

    private boolean isCrowded() {
        for (var berth : berths) {
            for (var lane : berth.lanes()) {
                if (lane.behind() > 0) {
                    return true;
                }
            }
        }
        return false;
    }

    @Override
    Hold hold(Lane lane, Use use, Explanation why) {
        long together = together(lane);
        return new Hold(
                Gate.BATCH,
                gather.step(),
                gather.key(),
                why.since(),
                Explanation.instant(oldest(lane) + gather.maxWaitMicros()),
                0,
                together,
                gather.maxSize(),
                List.of(),
                "Goes on when " + (gather.maxSize() - together) + " more "
                        + (gather.maxSize() - together == 1 ? "task waits" : "tasks wait")
                        + " for the same call, or when the time is over that the first of them waits for others.");
    }

    @Override
    boolean isAsNew(long nowMicros) {
        return true;
    }

    @Override
    void forget() {
        queue.close();
        forgotten.run();
    }
}
