package dev.millrace.engine.scheduling;

import dev.millrace.engine.timer.Timer;
import dev.millrace.engine.timer.Timers;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The right of way of those that need several scarce things at once. Nobody holds one permit while it waits for another, so a task
 * of two contended limits could wait for ever: whenever one has room, others may have taken the other. Who was passed over so a few times has what it
 * needs of each of its limits kept for it as that becomes free, until it goes. One lane of the tenant at a time, in the order in which they came to it.
 *
 * <p>What is kept is given to nobody, but held by nobody either, and not for long: a second at first, and twice as long each time that it was not
 * long enough; as long as it lasted in vain, everybody takes part again as without it. So at least half of the time every permit is anybody's, which
 * is why whatever those that hold one wait for comes about as it would anyway, and no two rights can deadlock; and a task whose permits are
 * held for no longer than a time L by others goes within about 4 L from its first right on, if its turn comes. Due when what is kept, or the rest
 * after it, is over.
 *
 * <p>Not stored: another owner of the shard begins anew.
 */
public final class Precedence extends Timer {
    private static final int KIND = 10;
    private static final long SHORTEST_MICROS = 1_000_000;
    private static final long LONGEST_MICROS = 86_400_000_000L;

    private final Limits limits;
    private final Timers timers;
    private final int patience;
    /** Those that were passed over often enough and have not been the one yet, or not long enough. */
    private final Set<Lane> asking = new LinkedHashSet<>();
    /** For whom is kept what it needs; null for nobody. */
    private Lane lane;

    private boolean isRest;

    /**
     * Nobody has been passed over yet.
     *
     * @param patience how often somebody is passed over before it gets the right of way
     */
    Precedence(Limits limits, Timers timers, int patience) {
        this.limits = limits;
        this.timers = timers;
        this.patience = patience;
    }

    /** It was called, because there was enough of one of its limits, and there was too little of another. */
    void passedOver(Lane passed, long nowMicros) {
        if (++passed.passedOver >= patience && passed != lane && mayGo(passed)) {
            asking.add(passed);
            next(nowMicros);
        }
    }

    /** Nothing is kept for what cannot go, however much there is. */
    private static boolean mayGo(Lane lane) {
        for (var use : lane.uses) {
            if (use.limit().isHopeless(lane)) {
                return false;
            }
        }
        return !lane.room.crews.isEmpty();
    }

    /** It has gone, or has nothing that waits any more. */
    void over(Lane done) {
        done.passedOver = 0;
        done.precedenceMicros = 0;
        asking.remove(done);
        if (done == lane) {
            timers.cancel(this);
            keepFor(null);
        }
    }

    /** Gives it to whoever is next, if nobody has it. */
    void next(long nowMicros) {
        if (lane != null || isRest || asking.isEmpty()) {
            return;
        }
        var first = asking.iterator().next();
        asking.remove(first);
        first.precedenceMicros = Math.min(LONGEST_MICROS, Math.max(SHORTEST_MICROS, 2 * first.precedenceMicros));
        timers.set(this, nowMicros + first.precedenceMicros);
        keepFor(first);
    }

    private void keepFor(Lane next) {
        var before = lane;
        lane = next;
        if (before != null) {
            for (var use : before.uses) {
                use.limit().keptFor = null;
                limits.list(use.limit());
            }
        }
        if (next != null) {
            for (var use : next.uses) {
                use.limit().keptFor = next;
                limits.list(use.limit());
            }
        }
    }

    /** It was too short for the one that had it, or all have had their rest from it. */
    public void due(long nowMicros) {
        if (isRest) {
            isRest = false;
            next(nowMicros);
            return;
        }
        var inVain = lane;
        isRest = true;
        keepFor(null);
        asking.add(inVain);
        timers.set(this, nowMicros + inVain.precedenceMicros);
    }

    @Override
    protected int kind() {
        return KIND;
    }

    @Override
    protected int compareAtSameInstant(Timer other) {
        return 0;
    }
}
