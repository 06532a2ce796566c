package dev.millrace.engine.scheduling;

import dev.millrace.engine.Hold;
import dev.millrace.engine.LimitStatus;
import dev.millrace.engine.LimitStatus.Usage;
import dev.millrace.engine.timer.Timer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * Something that is scarce: a concurrency limit or a rate limit, for one value of its key, or a pause. Lanes that lack some of it
 * are parked here, those that need the same workers together in one {@link Berth}. When there may be enough, the first of each
 * berth is called to take its turn among all that can go; so neither those that wait here nor workers that are busy stand in
 * anybody's way, and who is called has to ask again.
 */
public abstract class Limit extends Timer {
    private static final int KIND = 9;
    private static final long MICROS_OF_TICK = 1_000;

    final Scheduler scheduler;
    /** The name that people gave it. */
    final String name;
    /** The value of its key; empty without. */
    final String key;
    /** What waits, by room. */
    final List<Berth> berths = new ArrayList<>(1);
    /** The same by room, to be found among many; never gone through. */
    private final Map<Room, Berth> byRoom = new HashMap<>(2);
    /** Lanes whose oldest task needs more than there ever is as it is defined now: they are not asked, and stand in nobody's way; null while there are none. */
    private Berth aside;
    /** Whether the scheduler has it on its list of limits to look at. */
    boolean listed;
    /** For whom what becomes free is kept; null for nobody. */
    Lane keptFor;
    /** How many have been given something of it. */
    long served;
    /** Lanes that need it. */
    private int lanes;

    Limit(Scheduler scheduler, String name, String key) {
        this.scheduler = scheduler;
        this.name = name;
        this.key = key;
    }

    /** Whether there is too little for the oldest task of a lane. Changes nothing. */
    abstract boolean lacks(Lane lane, Use use, long nowMicros);

    /** Whether the oldest task of a lane needs more than there can ever be of it, unless it is defined anew. */
    boolean isHopeless(Lane lane) {
        return false;
    }

    /** How many could be given something of it at once. */
    long capacity() {
        return Long.MAX_VALUE;
    }

    /** What holds a task of a lane back here. */
    abstract Hold hold(Lane lane, Use use, Explanation why);

    /** Calls those that can take what has become free. */
    abstract void call(long nowMicros);

    /** A lane waits here from now on. */
    void parked(Lane lane) {}

    /** A lane has had its turn, or does not wait here any more. */
    void left(Lane lane) {}

    /** Whether it can be forgotten, because a new one would be the same. */
    abstract boolean isAsNew(long nowMicros);

    /** Removes it from where it is known. */
    abstract void forget();

    /** Whether its timer has come due but for the rest of a tick: what waits for it has not heard of it yet. */
    final boolean isAboutToCall(long nowMicros) {
        return isSet() && dueMicros() < nowMicros + MICROS_OF_TICK;
    }

    final boolean hasWaiters() {
        return !berths.isEmpty();
    }

    final void park(Lane lane) {
        (isHopeless(lane) ? aside() : berth(lane.room)).park(lane);
    }

    private Berth aside() {
        if (aside == null) {
            aside = new Berth(this, null);
        }
        return aside;
    }

    private List<Lane> hopeless() {
        return aside == null ? List.of() : List.copyOf(aside.lanes());
    }

    /** It is defined anew, or what waits is: for some there may be enough now, or never any more. */
    final void sortOut() {
        for (var lane : hopeless()) {
            sortOut(lane);
        }
        for (int i = berths.size() - 1; i >= 0; i--) {
            for (var lane : List.copyOf(berths.get(i).lanes())) {
                sortOut(lane);
            }
        }
    }

    /** Its oldest task may be another one. */
    final void sortOut(Lane lane) {
        if (isHopeless(lane) != (aside != null && lane.parked == aside)) {
            scheduler.unpark(lane);
        }
    }

    /** Whoever it is kept for takes part in the turns if there is enough for it. */
    final void callKept(long nowMicros) {
        if (keptFor != null
                && keptFor.parked != null
                && keptFor.parked.limit == this
                && !lacks(keptFor, use(keptFor), nowMicros)) {
            scheduler.unpark(keptFor);
        }
    }

    /** How much a lane has to leave because it is kept for another. */
    final long keptFrom(Lane lane) {
        return keptFor == null || keptFor == lane ? 0 : use(keptFor).amount(keptFor.head());
    }

    /** Says for whom something is kept, where that matters to a lane. */
    final String kept(Lane lane) {
        return keptFor == null || keptFor == lane
                ? ""
                : " Some of it is kept for run " + keptFor.head().age().run()
                        + " at the moment, which needs several limits at once and was passed over.";
    }

    private Berth berth(Room room) {
        var berth = byRoom.get(room);
        if (berth == null) {
            berth = new Berth(this, room);
            byRoom.put(room, berth);
            berths.add(berth);
        }
        return berth;
    }

    /** Nobody waits in a berth any more. */
    final void closed(Berth berth) {
        if (byRoom.remove(berth.room, berth)) {
            berths.remove(berth);
        }
    }

    /** Who is the first of a berth may have changed, or whether somebody is called from it. */
    void moved(Berth berth) {}

    /** Whoever was called from a berth has had its turn. */
    void answered(Berth berth) {}

    /** The use that a lane makes of it. */
    final Use use(Lane lane) {
        for (int i = 0; i < lane.uses.size(); i++) {
            if (lane.uses.get(i).limit() == this) {
                return lane.uses.get(i);
            }
        }
        throw new IllegalStateException("A lane waits for " + name + ", which it does not need.");
    }

    /** Calls the first of every berth that nobody has been called from, if it finds enough. */
    final void callFromEachBerth(long nowMicros) {
        callKept(nowMicros);
        for (int i = berths.size() - 1; i >= 0; i--) {
            var berth = berths.get(i);
            if (berth.called == null) {
                var lane = berth.first();
                if (!lacks(lane, use(lane), nowMicros)) {
                    berth.call(lane);
                }
            }
        }
    }

    /** Somebody took of it who was served: those that wait take turns by what they got. */
    void charge(Lane lane, long amount) {
        served++;
        var berth = byRoom.get(lane.room);
        if (berth != null) {
            berth.charge(lane, amount);
        }
    }

    /** About how many tasks go before one of a lane, if all lanes that wait here take turns. */
    final long ahead(Lane lane, long aheadInLane) {
        long ahead = aheadInLane;
        for (var berth : berths) {
            ahead += berth.ahead(lane, aheadInLane + 1);
        }
        return ahead;
    }

    /** The lanes that wait here, and one that lacks it too but waits elsewhere. */
    final List<Lane> waitingLanes(Lane with) {
        var waiting = new ArrayList<Lane>();
        for (var berth : berths) {
            waiting.addAll(berth.lanes());
        }
        waiting.addAll(hopeless());
        if (!waiting.contains(with)) {
            waiting.add(with);
        }
        return waiting;
    }

    /** How many tasks wait for it, those of a lane included that lacks it too. */
    final long waitingWith(Lane lane) {
        long waiting = 0;
        for (var each : waitingLanes(lane)) {
            waiting += each.waiting();
        }
        return waiting;
    }

    /** How many tasks are parked here. */
    final long allWaiting() {
        return (aside == null ? 0 : aside.waiting())
                + berths.stream().mapToLong(Berth::waiting).sum();
    }

    /** Of two numbers that are not negative; the largest there is where it would be larger. */
    static long saturatedSum(long a, long b) {
        long sum = a + b;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }

    /** How the values of a key stand; those that nobody uses or waits for are left out. */
    static <L extends Limit> List<Usage> usages(Collection<L> keys, ToLongFunction<L> taken) {
        return keys.stream()
                .map(one -> new Usage(one.key, taken.applyAsLong(one), one.allWaiting()))
                .filter(usage -> usage.taken() > 0 || usage.waiting() > 0)
                .sorted(Comparator.comparingLong(Usage::waiting)
                        .thenComparingLong(Usage::taken)
                        .reversed()
                        .thenComparing(Usage::key))
                .limit(LimitStatus.MOST_KEYS)
                .toList();
    }

    final void join() {
        lanes++;
    }

    /** A lane that needed it is gone. */
    final void leave(long nowMicros) {
        lanes--;
        forgetIfUnused(nowMicros);
    }

    /** There may be any number of keys, so what is as new is not kept. */
    final void forgetIfUnused(long nowMicros) {
        if (lanes > 0 || key.isEmpty()) {
            return;
        }
        if (isAsNew(nowMicros)) {
            scheduler.limits().cancel(this);
            forget();
        } else {
            rest(nowMicros);
        }
    }

    /** Nobody needs it now, and it is not as new. */
    void rest(long nowMicros) {}

    /** Tells the scheduler that there may be enough for somebody. */
    public final void due() {
        scheduler.limits().list(this);
    }

    @Override
    protected final int kind() {
        return KIND;
    }

    @Override
    protected final int compareAtSameInstant(Timer other) {
        int order = name.compareTo(((Limit) other).name);
        return order != 0 ? order : key.compareTo(((Limit) other).key);
    }
}
