package dev.millrace.engine.core;

import dev.millrace.engine.ShardImage.ThrottleImage;
import dev.millrace.engine.TenantId;
import dev.millrace.manifest.ThrottleSpec;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How many starts the throttles of a tenant have let through. A period begins with the first start that is let through after the one
 * before has ended, so what is counted follows from the facts.
 */
final class Throttles {
    /** As many periods may be open at once: each stands in the image of the shard. */
    static final int MOST = 10_000;

    private record Name(String workflow, String key) {}

    /** A period; ends at an instant, in microseconds. */
    private static final class Period {
        long untilMicros;
        int taken;
    }

    private final Map<Name, Period> periods = new HashMap<>();

    /** When the next start is let through; the present for at once. */
    long freeAt(String workflow, ThrottleSpec spec, String key, long nowMicros) {
        var period = periods.get(new Name(workflow, key));
        boolean over = period == null || period.untilMicros <= nowMicros;
        return over || period.taken < spec.limit() ? nowMicros : period.untilMicros;
    }

    /** Whether there is room for another key. */
    boolean isFull(String workflow, String key, long nowMicros) {
        if (periods.size() < MOST || periods.containsKey(new Name(workflow, key))) {
            return false;
        }
        forget(nowMicros);
        return periods.size() >= MOST;
    }

    /** A start was let through. */
    void take(String workflow, ThrottleSpec spec, String key, long nowMicros) {
        var period = periods.computeIfAbsent(new Name(workflow, key), any -> new Period());
        if (period.untilMicros <= nowMicros) {
            period.untilMicros = nowMicros + Instants.micros(spec.per());
            period.taken = 0;
        }
        period.taken++;
    }

    private void forget(long nowMicros) {
        periods.values().removeIf(period -> period.untilMicros <= nowMicros);
    }

    void restore(ThrottleImage image) {
        var period = new Period();
        period.untilMicros = Instants.micros(image.until());
        period.taken = image.taken();
        periods.put(new Name(image.workflow(), image.key()), period);
    }

    /** The periods that are not over, in a fixed order. */
    List<ThrottleImage> images(TenantId tenant, Instant now) {
        if (periods.isEmpty()) {
            return List.of();
        }
        forget(Instants.micros(now));
        return periods.entrySet().stream()
                .map(entry -> new ThrottleImage(
                        tenant,
                        entry.getKey().workflow(),
                        entry.getKey().key(),
                        Instants.of(entry.getValue().untilMicros),
                        entry.getValue().taken))
                .sorted(java.util.Comparator.comparing(ThrottleImage::workflow).thenComparing(ThrottleImage::key))
                .toList();
    }
}
