package dev.millrace.engine.scheduling;

import dev.millrace.engine.Hold;
import dev.millrace.engine.Hold.Gate;
import dev.millrace.engine.Hold.Outlook;
import dev.millrace.manifest.RateLimitSpec;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The tokens of a rate limit for one value of its key. They are taken only when a fact says that an attempt was offered, so that
 * a recovered bucket equals the one that was lost. Due when there may be enough tokens for one of those that wait.
 *
 * <p>Those that wait take turns; the one whose turn it is has tokens saved for it, as long as one of its workers has room.
 * Without, those that need few would take every token that comes in, and those that need many would wait for ever.
 */
public final class Bucket extends Limit {
    /** As many tokens as can be owed without an overflow: centuries of any limit. */
    private static final long MOST_DEBT = Long.MIN_VALUE / 4;

    private final RateLimit definition;
    private Tokens tokens;
    private boolean used;
    private long level;
    private long atMicros;
    private long closedUntilMicros = Long.MIN_VALUE;

    /** For whom tokens are saved; null for nobody. */
    private Lane saver;
    /** Whether others could have gone but for the one that tokens are saved for. */
    private boolean contested;
    /** Whether somebody was not called because tokens are saved for another, elsewhere. */
    private boolean disputed;

    Bucket(Scheduler scheduler, RateLimit definition, String key) {
        super(scheduler, definition.name, key);
        this.definition = definition;
    }

    // ---- tokens ----

    void define(RateLimitSpec spec, long nowMicros) {
        if (used && tokens != null) {
            level = levelAt(nowMicros);
            atMicros = Math.max(atMicros, nowMicros);
        }
        tokens = new Tokens(spec);
        level = used ? Math.min(level, tokens.most) : tokens.most;
    }

    /** Puts it back as it was stored. */
    void restore(long level, long atMicros, long closedUntilMicros) {
        this.used = true;
        this.level = tokens == null ? level : Math.min(level, tokens.most);
        this.atMicros = atMicros;
        this.closedUntilMicros = closedUntilMicros;
    }

    /** The instant, now or later, at which that many tokens can be taken if nobody else takes any. */
    private long availableAt(long cost, long nowMicros) {
        long missing = cost * Tokens.UNIT - levelAt(nowMicros);
        long at = missing <= 0 ? nowMicros : saturatedSum(Math.max(atMicros, nowMicros), tokens.microsFor(missing));
        return Math.max(at, closedUntilMicros);
    }

    private long levelAt(long micros) {
        return micros <= atMicros ? level : tokens.after(level, micros - atMicros);
    }

    void take(Lane lane, long cost, long nowMicros) {
        level = levelAt(nowMicros) - cost * Tokens.UNIT;
        atMicros = Math.max(atMicros, nowMicros);
        used = true;
        charge(lane, cost);
    }

    /** Somebody who took tokens really took so many more, or less. It may owe tokens then, and goes on when it has got them. */
    void settle(long more, long nowMicros) {
        long units = Tokens.multiplyDivide(Math.abs(more), Tokens.UNIT, 1, false);
        long settled = clampedSum(levelAt(nowMicros), more < 0 ? units : -units);
        level = Math.max(MOST_DEBT, tokens == null ? settled : Math.min(settled, tokens.most));
        atMicros = Math.max(atMicros, nowMicros);
        used = true;
    }

    /** Nobody needs it now: it is looked at again when it is full. */
    @Override
    void rest(long nowMicros) {
        scheduler.limits().set(this, Math.max(closedUntilMicros, fullAt(nowMicros)));
    }

    private long fullAt(long nowMicros) {
        long at = Math.max(atMicros, nowMicros);
        return saturatedSum(at, tokens.microsFor(tokens.most - levelAt(at)));
    }

    /** Nobody takes tokens before an instant; an earlier closing that lasts longer stays. */
    void close(long untilMicros) {
        closedUntilMicros = Math.max(closedUntilMicros, untilMicros);
        used = true;
    }

    // ---- turns ----

    @Override
    boolean lacks(Lane lane, Use use, long nowMicros) {
        long cost = use.amount(lane.head());
        return availableAt(cost, nowMicros) > nowMicros || availableAt(cost + savedFrom(lane), nowMicros) > nowMicros;
    }

    /** How many tokens a lane has to leave because they are saved for another whose turn it is before. */
    private long savedFrom(Lane lane) {
        long kept = keptFrom(lane);
        if (saver == null
                || saver == lane
                || saver == keptFor
                || Lane.comesBefore(lane, saver)
                || !saver.room.isFree()) {
            return kept;
        }
        return kept + cost(saver);
    }

    private long cost(Lane lane) {
        return use(lane).amount(lane.head());
    }

    @Override
    boolean isHopeless(Lane lane) {
        return tokens != null && cost(lane) > tokens.most / Tokens.UNIT;
    }

    @Override
    long capacity() {
        return tokens == null ? Long.MAX_VALUE : tokens.most / Tokens.UNIT;
    }

    @Override
    void call(long nowMicros) {
        disputed = false;
        callKept(nowMicros);
        if (berths.isEmpty()) {
            return;
        }
        var first = chooseSaver();
        long next = call(first, nowMicros);
        for (int i = berths.size() - 1; i >= 0; i--) {
            if (berths.get(i) != first) {
                next = Math.min(next, call(berths.get(i), nowMicros));
            }
        }
        if (next < Long.MAX_VALUE) {
            scheduler.limits().set(this, next);
        }
    }

    /** Calls the first of a berth, or says when it may find enough. */
    private long call(Berth berth, long nowMicros) {
        if (berth.called != null) {
            return Long.MAX_VALUE;
        }
        var lane = berth.first();
        long at = availableAt(cost(lane), nowMicros);
        if (at > nowMicros) {
            return at;
        }
        if (!lacks(lane, use(lane), nowMicros)) {
            berth.call(lane);
            return Long.MAX_VALUE;
        }
        if (saver != null && saver.called != null) {
            contest();
        }
        if (!disputed) {
            disputed = true;
            scheduler.limits().disputed(this);
        }
        return availableAt(cost(lane) + savedFrom(lane), nowMicros);
    }

    /** Decides for whom tokens are saved, and returns where it waits. */
    private Berth chooseSaver() {
        saver = null;
        Berth first = null;
        for (int i = 0; i < berths.size(); i++) {
            var berth = berths.get(i);
            var lane = berth.called == null ? berth.first() : berth.called;
            if (saver == null || Lane.comesBefore(lane, saver)) {
                saver = lane;
                first = berth;
            }
        }
        return first;
    }

    /** Whether somebody was held back when it called last, because tokens are saved for another. */
    boolean isDisputed() {
        return disputed;
    }

    /**
     * Whether tokens are not saved any more that somebody was not to take: whoever they are saved for has no worker with room now, or
     * it is not its turn first any more.
     */
    boolean isFreeForSomebody(long nowMicros) {
        for (int i = 0; i < berths.size(); i++) {
            if (berths.get(i).called == null) {
                var lane = berths.get(i).first();
                if (lane.room.isFree() && !lacks(lane, use(lane), nowMicros)) {
                    return true;
                }
            }
        }
        return false;
    }

    private void contest() {
        if (!contested) {
            contested = true;
            scheduler.limits().contested(this);
        }
    }

    /** All that could go have gone: whoever tokens are still saved for cannot take them now. */
    void contestOver() {
        contested = false;
        due();
    }

    /** Nothing is saved for it any more. */
    @Override
    void left(Lane lane) {
        if (saver == lane) {
            saver = null;
        }
    }

    // ---- what is known of it ----

    @Override
    Hold hold(Lane lane, Use use, Explanation why) {
        long cost = use.amount(lane.head());
        long now = why.nowMicros();
        long free = Math.max(0, levelAt(now) / Tokens.UNIT);
        long most = tokens.most / Tokens.UNIT;
        boolean closed = closedUntilMicros > now;
        return new Hold(
                closed ? Gate.LIMIT_CLOSED : Gate.NO_TOKENS,
                name,
                key,
                why.since(),
                Explanation.instant(availableAt(cost, now)),
                ahead(lane, why.aheadInLane()),
                most - free,
                most,
                List.of(),
                (closed ? "Goes on when the time is over that the provider asked for." : help(cost, most)) + kept(lane),
                "",
                cost > most ? Optional.empty() : Optional.of(outlook(lane, now)));
    }

    /** While it is closed tokens flow in, but no more than it holds. */
    private Outlook outlook(Lane lane, long nowMicros) {
        long waiting = 0;
        long needed = 0;
        for (var each : waitingLanes(lane)) {
            waiting += each.waiting();
            needed = saturatedSum(needed, each.needed(use(each)));
        }
        long from = Math.max(Math.max(atMicros, nowMicros), closedUntilMicros);
        long missing = Math.max(0, Tokens.multiplyDivide(needed, Tokens.UNIT, 1, false) - levelAt(from));
        long micros = tokens.microsFor(missing);
        return new Outlook(
                waiting,
                Duration.ZERO,
                Explanation.instant(saturatedSum(from, micros)),
                Explanation.instant(saturatedSum(from, micros / 2 + micros % 2)));
    }

    private static String help(long cost, long most) {
        return cost > most
                ? "It takes " + cost + " tokens at once, and the bucket holds " + most
                        + " at most: it can never go. Raise the burst."
                : "Goes on when " + cost + (cost == 1 ? " token is" : " tokens are")
                        + " there and it is its turn, or sooner when the rate is raised.";
    }

    /** How many tokens are not there. */
    long taken(long nowMicros) {
        return tokens == null ? 0 : (tokens.most - Math.max(0, levelAt(nowMicros))) / Tokens.UNIT;
    }

    /** The name of the limit. */
    public String name() {
        return name;
    }

    /** The value of its key; empty for a limit without key. */
    public String key() {
        return key;
    }

    /** Whether it differs from a new one; without a key also once it was used, because there are only so many. */
    public boolean isUsed(long nowMicros) {
        return key.isEmpty() ? used : !isAsNew(nowMicros);
    }

    /** Tokens at {@link #atMicros()}, in billionths. */
    public long level() {
        return level;
    }

    /** When tokens were last taken. */
    public long atMicros() {
        return atMicros;
    }

    /** Until when it is closed; {@link Long#MIN_VALUE} when it never was. */
    public long closedUntilMicros() {
        return closedUntilMicros;
    }

    @Override
    boolean isAsNew(long nowMicros) {
        return !used || tokens != null && closedUntilMicros <= nowMicros && levelAt(nowMicros) >= tokens.most;
    }

    @Override
    void forget() {
        definition.forget(this);
    }

    private static long clampedSum(long a, long b) {
        long sum = a + b;
        boolean overflows = ((a ^ sum) & (b ^ sum)) < 0;
        return !overflows ? sum : a < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
}
