package dev.millrace.engine.scheduling;

import dev.millrace.engine.Age;
import dev.millrace.engine.LaneKey;
import dev.millrace.engine.Snapshots.WindowQuery;
import java.util.Optional;

/**
 * What of a lane is in memory. While it is short, that is everything. When it is long it has an end: of the runs up to there none
 * is out of memory, so their tasks may go in the order of their age; tasks of younger runs wait beyond it, in memory only until their runs can be put
 * out of it. When few are left before the end, the end moves on: over those beyond it, if no run is out of memory, else as far as
 * was read from the store.
 */
public final class Window {
    private final Windows windows;
    private final LaneKey key;
    /** Tasks of younger runs than the end. */
    final Order beyond = new Order();

    private Scheduler scheduler;
    private Lane lane;
    /** Null while everything is in memory and may go. */
    private Age end;
    /** Runs that queue here and are out of memory. */
    private int spilled;
    /** So many tasks of one run may be there that there was nothing to trim; it is tried again when they are twice as many. */
    private long trimBeyond;
    /** Whether none of its tasks need be in memory. */
    private boolean shut;
    /** Whether the store is being asked what comes after the end. */
    private boolean loading;
    /** Whether it is on the list of those that want to be refilled. */
    boolean listed;

    Window(Windows windows, LaneKey key) {
        this.windows = windows;
        this.key = key;
    }

    /** The lane as it is named in what is stored. */
    public LaneKey key() {
        return key;
    }

    /** Runs that queue here and are out of memory. */
    public int spilled() {
        return spilled;
    }

    /** Whether the store is being asked for runs of it; meanwhile none may be put out of memory, because the answer may not have it. */
    public boolean isLoading() {
        return loading;
    }

    /** Its lane has been made. */
    void open(Scheduler scheduler, Lane lane) {
        this.scheduler = scheduler;
        this.lane = lane;
    }

    /** Its lane, once that has been made. */
    Optional<Lane> lane() {
        return Optional.ofNullable(lane);
    }

    /** Whether none of its tasks waits beyond its end, and nothing is out of memory or on its way back. */
    boolean isIdle() {
        return beyond.isEmpty() && spilled == 0 && !loading;
    }

    // ---- the end ----

    boolean isBeyond(Ready task) {
        return end != null && task.compareAge(end) > 0;
    }

    private int most() {
        return shut ? 0 : windows.mostPerLane();
    }

    /** A task is about to be taken in: where nothing need be in memory, it waits beyond the end. */
    void takesIn(Order ready) {
        if (mayShut()) {
            shrink(ready);
            end = Age.OLDEST;
        }
    }

    /**
     * Shuts it if payloads crowd memory and no worker could take a task, until one can. What shares a call with others gathers all the same, and keeps its head.
     */
    private boolean mayShut() {
        shut |= windows.isCrowded() && lane.gathering == null && lane.room.crews.isEmpty();
        return shut;
    }

    /** Workers have come, or gone, that may take its tasks. */
    void crewsChanged() {
        boolean opens = shut && !lane.room.crews.isEmpty();
        shut &= !opens;
        if (opens) {
            scheduler.refill(lane, 0); // now, so that what is in memory is offered with what comes next
        }
        if (isLow(lane.size())) {
            windows.list(this);
        }
    }

    /** A task was taken in before the end: sees to it that the window does not become too large. */
    void bound(Order ready, Ready task) {
        shrink(ready);
        if (end == null && ready.size() >= windows.mostPerLane() && ready.isYoungest(task)) {
            end = task.age();
        }
    }

    /** There may be less room than there was. */
    void shrink() {
        if (lane != null) {
            lane.shrink();
        }
    }

    /** There may be less room for these tasks than there was. */
    void shrink(Order ready) {
        mayShut();
        int most = most();
        if (shut ? !ready.isEmpty() : ready.size() > Math.max(2L * most, trimBeyond)) {
            trim(ready, most);
            trimBeyond = 2L * ready.size();
        }
    }

    /** Many tasks of old runs came back, or there is room for far fewer than there was: the youngest have to wait again. */
    private void trim(Order ready, int most) {
        var tasks = ready.sorted();
        if (most == 0) {
            scheduler.empties(lane);
        }
        end = most == 0 ? Age.OLDEST : tasks.get(most - 1).age();
        for (var task : tasks.subList(most, tasks.size())) {
            if (isBeyond(task)) {
                ready.remove(task);
                beyond.add(task);
                windows.trimmed(task);
            }
        }
        scheduler.trimmed(lane);
    }

    /** Whether it should be refilled when so many tasks are left before its end. */
    boolean isLow(int size) {
        return end != null && !loading && !shut && size <= windows.low();
    }

    /** The next task from beyond the end that may go, with so many before it; asks for a refill if that has to come from the store. */
    Optional<Ready> next(int size) {
        var next = beyond.isEmpty() ? null : beyond.head();
        if (next != null && !isBeyond(next)) {
            return Optional.of(next);
        }
        if (spilled > 0 || loading) {
            if (isLow(size)) {
                windows.list(this);
            }
        } else if (next == null) {
            if (size < most()) {
                end = null;
            }
        } else if (size < most()) {
            end = next.age();
            return Optional.of(next);
        }
        return Optional.empty();
    }

    // ---- out of memory and back ----

    /** After a recovery: so many runs queue here, and none of them is in memory. */
    void spilled(int runs) {
        count(runs - spilled);
        end = Age.OLDEST;
        windows.list(this);
    }

    void spillOne() {
        count(1);
    }

    void unspillOne() {
        count(-1);
        if (spilled < 0) {
            throw new IllegalStateException("More runs of lane " + key + " came back than had been put out of memory.");
        }
        if (spilled == 0) {
            windows.list(this);
        }
    }

    private void count(int more) {
        spilled += more;
        windows.spilledMore(more);
    }

    /** Moves the end over what is in memory, and says what else to read, if anything. */
    Optional<WindowQuery> refill() {
        if (lane != null) {
            scheduler.refill(lane, 0);
        }
        int size = lane == null ? 0 : lane.size();
        if (spilled == 0 || !isLow(size)) {
            return Optional.empty();
        }
        loading = true;
        return Optional.of(new WindowQuery(key, end, windows.perLoad(size)));
    }

    /** The store has answered; runs up to this one are about to come in. */
    void answered(Age last) {
        loading = false;
        end = last;
    }

    /** What the store answered has come in; so nothing up to the end waits beyond it any longer. */
    void taken(boolean wasAll) {
        loading = false;
        if (lane != null) {
            scheduler.refill(lane, 0);
        }
        if (wasAll && spilled != 0) {
            throw new IllegalStateException(
                    "The store has no more runs of lane " + key + ", but " + spilled + " had been put out of memory.");
        }
        windows.list(this);
    }

    // ---- how many lanes there are ----

    /** A task is about to come in. */
    void counts(Order ready) {
        if (ready.isEmpty() && beyond.isEmpty()) {
            windows.inUse(1);
        }
    }

    /** A task has left. */
    void counted(Order ready) {
        if (ready.isEmpty() && beyond.isEmpty()) {
            windows.inUse(-1);
        }
    }
}
