package dev.millrace.engine.scheduling;

import dev.millrace.engine.LimitStatus;
import dev.millrace.engine.TenantConfig;
import dev.millrace.engine.timer.Timers;
import dev.millrace.manifest.ConcurrencySpec;
import dev.millrace.manifest.ConcurrencyStrategy;
import dev.millrace.manifest.RateLimitSpec;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What is scarce in one tenant: its concurrency limits, its rate limits and which of its workflows are paused; and which of them are to be looked
 * at because there may be enough again for somebody who waits there.
 */
public final class Limits {
    private final Scheduler scheduler;
    private final Timers timers;
    private final Runnable wake;
    private final Map<String, ConcurrencyLimit> concurrencyLimits = new TreeMap<>();
    private final Map<String, RateLimit> rateLimits = new TreeMap<>();
    private final Map<String, Pause> pauses = new HashMap<>();

    /** Limits that may have enough for somebody who waits there. */
    private final ArrayDeque<Limit> listed = new ArrayDeque<>();
    /** Buckets that have tokens which somebody left for another. */
    private final ArrayDeque<Bucket> contested = new ArrayDeque<>();
    /** Buckets where somebody was not called because tokens are saved for another, whose workers are others. */
    private final Set<Bucket> disputed = new LinkedHashSet<>();

    /** Limits that left room for those that were called. */
    private final Set<Permits> promised = new LinkedHashSet<>();

    Limits(Scheduler scheduler, Timers timers, Runnable wake) {
        this.scheduler = scheduler;
        this.timers = timers;
        this.wake = wake;
    }

    // ---- which there are ----

    Pause pause(String workflow) {
        return pauses.computeIfAbsent(workflow, any -> new Pause(scheduler, workflow));
    }

    /** The newest definition of a rate limit. */
    public void define(RateLimitSpec spec, long nowMicros) {
        rateLimit(spec.name()).define(spec, nowMicros);
    }

    /**
     * The newest definition of a concurrency limit.
     *
     * @param name the limit's own, or the one made for it
     */
    public void define(String name, ConcurrencySpec spec) {
        concurrencyLimit(name).define(spec.limit(), spec.strategy());
    }

    /** What people have set holds from now on, and what manifests say where they have set nothing. */
    public void configure(TenantConfig config, long nowMicros) {
        config.concurrencyLimits().keySet().forEach(this::concurrencyLimit);
        concurrencyLimits
                .values()
                .forEach(limit -> limit.set(config.concurrencyLimits().getOrDefault(limit.name, 0)));
        config.rateLimits().keySet().forEach(this::rateLimit);
        rateLimits
                .values()
                .forEach(limit ->
                        limit.set(Optional.ofNullable(config.rateLimits().get(limit.name)), nowMicros));
        config.pausedWorkflows().keySet().forEach(this::pause);
        pauses.forEach((workflow, pause) ->
                pause.set(Optional.ofNullable(config.pausedWorkflows().get(workflow))));
    }

    /** How all limits stand. Changes nothing. */
    public List<LimitStatus> status(long nowMicros) {
        var all = new ArrayList<LimitStatus>();
        concurrencyLimits.values().forEach(limit -> all.add(limit.status()));
        rateLimits.values().forEach(limit -> all.add(limit.status(nowMicros)));
        return all;
    }

    RateLimit rateLimit(String name) {
        return rateLimits.computeIfAbsent(name, any -> new RateLimit(scheduler, name));
    }

    private ConcurrencyLimit concurrencyLimit(String name) {
        return concurrencyLimits.computeIfAbsent(name, any -> new ConcurrencyLimit(scheduler, name));
    }

    Permits permits(Kind.Claim claim) {
        return concurrencyLimit(claim.limit()).permits(claim.key());
    }

    // ---- permits ----

    /**
     * Somebody began who needs these permits.
     *
     * @param sinceMicros when; {@link HoldTimes#UNKNOWN} when that is not known any more
     */
    public void hold(List<Kind.Claim> claims, Holder holder, long sinceMicros) {
        for (int i = 0; i < claims.size(); i++) {
            permits(claims.get(i)).hold(holder, sinceMicros);
        }
    }

    /** Somebody has ended who held these permits. */
    public void release(List<Kind.Claim> claims, Holder holder, long nowMicros) {
        for (int i = 0; i < claims.size(); i++) {
            permits(claims.get(i)).release(holder, nowMicros);
        }
    }

    /** How somebody comes who wants a permit. */
    public enum Arrival {
        NEW,
        /** It has been let go on before: it gave its permit back for a time, or lost its worker. */
        AGAIN,
        /** It is put back as it was, and nobody has to go because of it. */
        RESTORED
    }

    /**
     * Somebody wants a permit, or has one. Matters only where those beyond the limit are cancelled.
     *
     * @return who has to go because of it: the newcomer or the oldest
     */
    public Optional<Holder> contend(Kind.Claim claim, Holder holder, Arrival arrival) {
        return Optional.ofNullable(permits(claim).contend(holder, arrival));
    }

    /** Whether somebody who has or wants one of these permits may have to go because of others. */
    public boolean cancels(List<Kind.Claim> claims) {
        for (int i = 0; i < claims.size(); i++) {
            if (concurrencyLimit(claims.get(i).limit()).strategy() != ConcurrencyStrategy.QUEUE) {
                return true;
            }
        }
        return false;
    }

    /** How many may hold a permit at once, for each value of the key. */
    public int limit(String name) {
        return concurrencyLimit(name).limit();
    }

    /** It wants none any more. */
    public void withdraw(List<Kind.Claim> claims, Holder holder, long nowMicros) {
        for (int i = 0; i < claims.size(); i++) {
            permits(claims.get(i)).withdraw(holder, nowMicros);
        }
    }

    /** How many permits of a concurrency limit are held for a value of its key. */
    public int held(Kind.Claim claim) {
        return permits(claim).held();
    }

    // ---- tokens ----

    /** Nobody takes tokens of a limit before an instant. */
    public void close(String limit, String key, long untilMicros) {
        var bucket = rateLimit(limit).bucket(key);
        bucket.close(untilMicros);
        list(bucket);
    }

    /**
     * Somebody who took tokens of a limit really took more, or less.
     *
     * @param more how many more; negative for those that go back
     */
    public void settle(String limit, String key, long more, long nowMicros) {
        var bucket = rateLimit(limit).bucket(key);
        bucket.settle(more, nowMicros);
        list(bucket);
    }

    /** Puts a bucket back as it was stored. */
    public void restore(String limit, String key, long level, long atMicros, long closedUntilMicros) {
        var bucket = rateLimit(limit).bucket(key);
        bucket.restore(level, atMicros, closedUntilMicros);
        bucket.forgetIfUnused(atMicros);
    }

    /** The most tokens of a rate limit that can be taken at once. */
    public long burst(String limit) {
        return rateLimit(limit).burst();
    }

    /** Whether a version names a rate limit. */
    public boolean hasRateLimit(String name) {
        return rateLimits.containsKey(name);
    }

    /** The buckets that differ from new ones, in the order of their names and keys. */
    public List<Bucket> usedBuckets(long nowMicros) {
        var used = new ArrayList<Bucket>();
        for (var limit : rateLimits.values()) {
            for (var bucket : limit.all()) {
                if (bucket.isUsed(nowMicros)) {
                    used.add(bucket);
                }
            }
        }
        return used;
    }

    // ---- who is to look again ----

    /** Somebody who waits at the limit may find enough. */
    void list(Limit limit) {
        if (!limit.listed) {
            limit.listed = true;
            timers.cancel(limit);
            listed.add(limit);
            wake.run();
        }
    }

    void callListed(long nowMicros) {
        while (!listed.isEmpty()) {
            var limit = listed.remove();
            limit.listed = false;
            if (limit.hasWaiters()) {
                limit.call(nowMicros);
            } else {
                limit.forgetIfUnused(nowMicros);
            }
        }
    }

    void contested(Bucket bucket) {
        contested.add(bucket);
    }

    /** All that could go have gone: tokens that were left for somebody who could not go are anybody's. */
    boolean endContests() {
        if (contested.isEmpty()) {
            return false;
        }
        while (!contested.isEmpty()) {
            contested.remove().contestOver();
        }
        return true;
    }

    void promised(Permits permits) {
        promised.add(permits);
    }

    /** All that could go have gone: permits that were left for those that were called are anybody's; returns whether any were. */
    boolean endPromises() {
        if (promised.isEmpty()) {
            return false;
        }
        var all = List.copyOf(promised);
        promised.clear();
        all.forEach(Permits::endPromises);
        return true;
    }

    void disputed(Bucket bucket) {
        disputed.add(bucket);
    }

    /** Where tokens are saved no more for the one that others were held back for, they are called; returns whether any are. */
    boolean endDisputes(long nowMicros) {
        boolean any = false;
        for (var each = disputed.iterator(); each.hasNext(); ) {
            var bucket = each.next();
            if (!bucket.isDisputed() || !bucket.hasWaiters()) {
                each.remove();
            } else if (bucket.isFreeForSomebody(nowMicros)) {
                each.remove();
                list(bucket);
                any = true;
            }
        }
        return any;
    }

    void set(Limit limit, long atMicros) {
        timers.set(limit, atMicros);
    }

    void cancel(Limit limit) {
        timers.cancel(limit);
    }
}
