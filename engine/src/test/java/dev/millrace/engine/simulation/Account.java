package dev.millrace.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.AttemptRef;
import dev.millrace.engine.Fact;
import dev.millrace.engine.LimitName;
import dev.millrace.engine.RunId;
import dev.millrace.engine.RunTerms;
import dev.millrace.engine.TenantId;
import dev.millrace.engine.Terms;
import dev.millrace.engine.Verdict;
import dev.millrace.engine.WorkflowPlan;
import dev.millrace.manifest.ConcurrencySpec;
import dev.millrace.manifest.RateLimitSpec;
import dev.millrace.manifest.Sharing;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Keeps account of permits and tokens by the definitions of the limits and by what is stored, and by nothing else: never more permits
 * than a limit has, never more tokens in any interval than burst + rate times its length.
 */
final class Account {
    private record LimitKey(TenantId tenant, String limit, String key) {}

    private record TaskKey(RunId run, int node, int element) {}

    /** A run that has not ended. */
    private static final class Going {
        final WorkflowPlan plan;
        final RunTerms terms;
        /** By task, or by step with element -1 where all elements have the same. */
        final Map<TaskKey, Terms> byTask = new HashMap<>();

        boolean admitted;

        Going(WorkflowPlan plan, RunTerms terms) {
            this.plan = plan;
            this.terms = terms;
        }
    }

    private static final class Meter {
        double level;
        long at;
        long closedUntil = Long.MIN_VALUE;

        Meter(RateLimitSpec limit) {
            this.level = limit.burst();
        }
    }

    private final World world;
    private final Map<TenantId, RateLimitSpec> limits = new HashMap<>();
    private final Map<LimitKey, Meter> meters = new HashMap<>();
    private final Map<RunId, Going> runs = new HashMap<>();
    private final Map<LimitKey, Set<Object>> holders = new HashMap<>();
    /** By worker, number and instant of the call. */
    private final Map<List<Object>, String> batchKeys = new HashMap<>();

    private final Map<TaskKey, AttemptRef> live = new HashMap<>();

    Account(World world) {
        this.world = world;
    }

    void limit(TenantId tenant, RateLimitSpec limit) {
        limits.put(tenant, limit);
    }

    // ---- runs ----

    void began(RunId run, WorkflowPlan plan, RunTerms terms) {
        runs.put(run, new Going(plan, terms));
    }

    void admitted(Fact.StepAdmitted fact) {
        var going = runs.get(fact.run());
        for (int i = 0; i < fact.verdicts().size(); i++) {
            if (fact.verdicts().get(i) instanceof Verdict.Holds holds) {
                int element = fact.verdicts().size() == 1 ? -1 : i;
                going.byTask.put(new TaskKey(fact.run(), fact.node(), element), holds.terms());
            }
        }
    }

    void ended(Fact.RunEnded fact) {
        var going = runs.remove(fact.run());
        if (going.admitted) {
            release(
                    claims(fact.tenant(), going, going.plan.manifest().sharing(), workflow(going), going.terms.ofRun()),
                    fact.run());
        }
    }

    // ---- attempts ----

    void offered(Fact.AttemptOffered fact) {
        var going = runs.get(fact.run());
        var ref = fact.attempt();
        if (!going.admitted) {
            going.admitted = true;
            hold(
                    claims(fact.tenant(), going, going.plan.manifest().sharing(), workflow(going), going.terms.ofRun()),
                    fact.run(),
                    fact);
        }
        if (ref.node() >= going.plan.steps()) {
            return;
        }
        var task = new TaskKey(ref.run(), ref.node(), ref.element());
        live.put(task, ref);
        hold(claims(fact.tenant(), going, task), task, fact);
        var terms = terms(going, task);
        if (fact.call() > 0) {
            var key = batchKeys.putIfAbsent(List.of(fact.worker(), fact.call(), fact.at()), terms.batch());
            assertThat(terms.batch())
                    .as("tasks that share a call have one key: %s", fact)
                    .isEqualTo(key == null ? terms.batch() : key);
        }
        take(fact, going, terms);
    }

    /** The attempt is not live any more; nothing happens if it was not. */
    void over(TenantId tenant, AttemptRef ref) {
        over(tenant, ref.run(), ref.node(), ref.element());
    }

    void over(TenantId tenant, RunId run, int node, int element) {
        var task = new TaskKey(run, node, element);
        if (live.remove(task) != null) {
            release(claims(tenant, runs.get(run), task), task);
        }
    }

    private Terms terms(Going going, TaskKey task) {
        var own = going.byTask.get(task);
        own = own == null ? going.byTask.get(new TaskKey(task.run, task.node, -1)) : own;
        if (own != null) {
            return own;
        }
        return going.terms.step(task.node).orElse(Verdict.PLAIN) instanceof Verdict.Holds holds
                ? holds.terms()
                : Terms.NONE;
    }

    // ---- permits ----

    private static String workflow(Going going) {
        return going.plan.manifest().workflow();
    }

    private Map<LimitKey, ConcurrencySpec> claims(TenantId tenant, Going going, TaskKey task) {
        var step = going.plan.manifest().steps().get(task.node);
        return claims(tenant, going, step.sharing(), LimitName.owner(workflow(going), step.name()), terms(going, task));
    }

    private static Map<LimitKey, ConcurrencySpec> claims(
            TenantId tenant, Going going, Sharing sharing, String owner, Terms terms) {
        var claims = new HashMap<LimitKey, ConcurrencySpec>();
        for (int i = 0; i < sharing.concurrency().size(); i++) {
            var limit = sharing.concurrency().get(i);
            var key = terms.concurrency().isEmpty() ? "" : terms.concurrency().get(i);
            claims.put(new LimitKey(tenant, LimitName.of(limit, owner, i), key), limit);
        }
        return claims;
    }

    private void hold(Map<LimitKey, ConcurrencySpec> claims, Object holder, Fact fact) {
        claims.forEach((key, limit) -> {
            var held = holders.computeIfAbsent(key, any -> new HashSet<>());
            assertThat(held.add(holder))
                    .as("one permit each of %s: %s", key, fact)
                    .isTrue();
            assertThat(held)
                    .as("S6: no more permits of %s than there are: %s", key, fact)
                    .hasSizeLessThanOrEqualTo(limit.limit());
            if (held.size() == limit.limit()) {
                world.hit(Probe.LIMIT_FULL);
            }
        });
    }

    private void release(Map<LimitKey, ConcurrencySpec> claims, Object holder) {
        claims.keySet().forEach(key -> holders.get(key).remove(holder));
    }

    /** At the end of a world nobody holds anything. */
    void empty() {
        holders.forEach((key, held) -> assertThat(held).as("permits of %s", key).isEmpty());
    }

    // ---- tokens ----

    private Meter meter(TenantId tenant, String key) {
        var limit = limits.get(tenant);
        return meters.computeIfAbsent(new LimitKey(tenant, limit.name(), key), any -> new Meter(limit));
    }

    void closed(Fact.RateLimitClosed fact) {
        var meter = meter(fact.tenant(), fact.key());
        meter.closedUntil = Math.max(meter.closedUntil, World.micros(fact.until()));
    }

    private void take(Fact.AttemptOffered fact, Going going, Terms terms) {
        var uses = going.plan.manifest().steps().get(fact.attempt().node()).rateLimits();
        Set<String> seen = new LinkedHashSet<>();
        for (int i = 0; i < uses.size(); i++) {
            var key = terms.limitKeys().isEmpty() ? "" : terms.limitKeys().get(i);
            assertThat(seen.add(key)).as("one use of the only limit").isTrue();
            long cost = uses.get(i).costExpression().isEmpty()
                    ? uses.get(i).cost()
                    : terms.costs().get(i);
            take(fact, meter(fact.tenant(), key), limits.get(fact.tenant()), cost);
        }
    }

    private static void take(Fact.AttemptOffered fact, Meter meter, RateLimitSpec limit, long cost) {
        long at = World.micros(fact.at());
        assertThat(at).as("closed until then: %s", fact).isGreaterThanOrEqualTo(meter.closedUntil);
        double flow = (double) limit.limit() / micros(limit.period());
        meter.level = Math.min(limit.burst(), meter.level + flow * (at - meter.at)) - cost;
        meter.at = at;
        assertThat(meter.level)
                .as("S14: no more tokens than the limit allows: %s", fact)
                .isGreaterThan(-1e-4);
    }

    private static double micros(Duration duration) {
        return duration.toNanos() / 1000.0;
    }
}
