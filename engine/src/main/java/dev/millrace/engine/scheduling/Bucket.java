package dev.millrace.engine.scheduling;

import dev.millrace.engine.timer.Timer;
import dev.millrace.manifest.RateLimitSpec;

/**
 * A rate limit of a tenant: its tokens, and the lanes that wait for them in fair order. Tokens are taken only when a fact says
 * that an attempt was offered, so that a recovered bucket equals the one that was lost. Due when the first waiter's tokens
 * will be there.
 */
public final class Bucket extends Timer {
    private static final int KIND = 9;

    final String name;
    private final Scheduler scheduler;
    /** Whether the scheduler has it on its list of buckets to look at. */
    boolean listed;

    final Heap<Wait> waiters = new Heap<>() {
        @Override
        boolean before(Wait one, Wait other) {
            return one.before(other);
        }

        @Override
        int place(Wait member) {
            return member.place;
        }

        @Override
        void setPlace(Wait member, int place) {
            member.place = place;
        }
    };

    private Tokens tokens;
    private boolean used;
    private long level;
    private long atMicros;
    private long closedUntilMicros = Long.MIN_VALUE;
    /** Virtual time: the start of the lane that took tokens last. */
    private long clock;

    Bucket(Scheduler scheduler, String name) {
        this.scheduler = scheduler;
        this.name = name;
    }

    /** The newest definition holds; what has been taken under the one before stays taken. */
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
    long availableAt(long cost, long nowMicros) {
        long missing = cost * Tokens.UNIT - levelAt(nowMicros);
        long at = missing <= 0 ? nowMicros : saturatedSum(Math.max(atMicros, nowMicros), tokens.microsFor(missing));
        return Math.max(at, closedUntilMicros);
    }

    private long levelAt(long micros) {
        return micros <= atMicros ? level : tokens.after(level, micros - atMicros);
    }

    void take(Wait wait, long nowMicros) {
        level = levelAt(nowMicros) - wait.cost * Tokens.UNIT;
        atMicros = Math.max(atMicros, nowMicros);
        used = true;
        wait.start = Math.max(wait.start, clock);
        clock = wait.start;
        wait.start += Precedence.share(wait.cost, wait.lane.flow.priority());
    }

    /** Nobody takes tokens before an instant; an earlier closing that lasts longer stays. */
    void close(long untilMicros) {
        closedUntilMicros = Math.max(closedUntilMicros, untilMicros);
        used = true;
    }

    void park(Wait wait) {
        wait.start = Math.max(wait.start, clock);
        waiters.add(wait);
    }

    /** Tells the scheduler that the timer came due. */
    public void due() {
        scheduler.list(this);
    }

    /** The name of the limit. */
    public String name() {
        return name;
    }

    /** Whether tokens have been taken or it has been closed, so that it differs from a new one. */
    public boolean isUsed() {
        return used;
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

    private static long saturatedSum(long a, long b) {
        long sum = a + b;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }

    @Override
    protected int kind() {
        return KIND;
    }

    @Override
    protected int compareAtSameInstant(Timer other) {
        return name.compareTo(((Bucket) other).name);
    }
}
