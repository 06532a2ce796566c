package dev.millrace.bench.trials;

import dev.millrace.bench.figures.Figures;
import dev.millrace.bench.figures.Samples;
import java.util.function.IntPredicate;

/** How long each tenant's starts took. Safe for use by many threads. */
final class TenantTimes {
    private final Samples[] micros;

    TenantTimes(int tenants) {
        micros = new Samples[tenants];
        for (int i = 0; i < tenants; i++) {
            micros[i] = new Samples();
        }
    }

    void add(int tenant, long taken) {
        micros[tenant].add(taken);
    }

    /**
     * What some of the tenants saw: {@code tenants} that started anything and {@code starts}; {@code p50} of all their starts;
     * of the tenants' own 99th percentiles the median as {@code p99.median} and the largest as {@code p99.worst}; in milliseconds.
     *
     * @throws IllegalStateException if none of them started anything
     */
    Figures figures(IntPredicate whose) {
        var all = new Samples();
        var each = new Samples();
        for (int tenant = 0; tenant < micros.length; tenant++) {
            if (whose.test(tenant) && micros[tenant].size() > 0) {
                each.add(micros[tenant].percentile(99));
                micros[tenant].values().forEach(all::add);
            }
        }
        return Figures.none()
                .with("tenants", each.size())
                .with("starts", all.size())
                .with("p50", all.percentile(50) / 1e3)
                .with("p99.median", each.percentile(50) / 1e3)
                .with("p99.worst", each.percentile(100) / 1e3);
    }
}
