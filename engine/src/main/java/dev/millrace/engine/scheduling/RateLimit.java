package dev.millrace.engine.scheduling;

import dev.millrace.engine.LimitStatus;
import dev.millrace.manifest.RateLimitSpec;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A rate limit of a tenant: one bucket for each value of its key. */
final class RateLimit {
    final String name;
    private final Scheduler scheduler;
    private final Map<String, Bucket> byKey = new TreeMap<>();
    private Optional<RateLimitSpec> declared = Optional.empty();
    /** What is set instead at run time. */
    private Optional<RateLimitSpec> set = Optional.empty();

    RateLimit(Scheduler scheduler, String name) {
        this.scheduler = scheduler;
        this.name = name;
    }

    /** The newest definition holds; what has been taken under the one before stays taken. */
    void define(RateLimitSpec spec, long nowMicros) {
        declared = Optional.of(spec);
        changed(nowMicros);
    }

    /** From now on this holds instead of what is defined; empty for what is defined. */
    void set(Optional<RateLimitSpec> spec, long nowMicros) {
        if (!set.equals(spec)) {
            set = spec;
            changed(nowMicros);
        }
    }

    private void changed(long nowMicros) {
        for (var bucket : List.copyOf(byKey.values())) {
            spec().ifPresent(spec -> bucket.define(spec, nowMicros));
            bucket.sortOut();
            bucket.due();
        }
    }

    /** The most tokens that can be taken at once. */
    long burst() {
        return spec().map(RateLimitSpec::burst).orElse(Long.MAX_VALUE);
    }

    private Optional<RateLimitSpec> spec() {
        return set.isPresent() ? set : declared;
    }

    Bucket bucket(String key) {
        var bucket = byKey.get(key);
        if (bucket == null) {
            bucket = new Bucket(scheduler, this, key);
            byKey.put(key, bucket);
            if (spec().isPresent()) {
                bucket.define(spec().get(), Long.MIN_VALUE);
            }
        }
        return bucket;
    }

    LimitStatus status(long nowMicros) {
        return new LimitStatus.Rate(
                name, declared, spec(), Limit.usages(byKey.values(), bucket -> bucket.taken(nowMicros)));
    }

    /** In the order of their keys. */
    Collection<Bucket> all() {
        return byKey.values();
    }

    /** Another one may have taken its place by now. */
    void forget(Bucket forgotten) {
        byKey.remove(forgotten.key, forgotten);
    }
}
