package dev.millrace.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.AttemptRef;
import dev.millrace.engine.Fact;
import dev.millrace.engine.LimitName;
import dev.millrace.engine.RunId;
import dev.millrace.engine.RunImage.TaskImage;
import dev.millrace.engine.RunTerms;
import dev.millrace.engine.TenantConfig;
import dev.millrace.engine.TenantId;
import dev.millrace.engine.Terms;
import dev.millrace.engine.Verdict;
import dev.millrace.engine.WorkflowPlan;
import dev.millrace.manifest.ConcurrencySpec;
import dev.millrace.manifest.RateLimitSpec;
import dev.millrace.manifest.Sharing;
import java.time.Duration;
import java.util.ArrayList;
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

    private record Reservation(LimitKey limit, long tokens) {}

    private static final class Meter {
        double level;
        long at;
        long closedUntil = Long.MIN_VALUE;

        Meter(RateLimitSpec limit) {
            this.level = limit.burst();
        }
    }

    private final World world;

    private record RateName(TenantId tenant, String limit) {}

    private final Map<RateName, RateLimitSpec> limits = new HashMap<>();
    private final Map<LimitKey, Meter> meters = new HashMap<>();
    private final Map<RunId, Going> runs = new HashMap<>();
    private final Map<LimitKey, Set<Object>> holders = new HashMap<>();
    /** By worker, number and instant of the call. */
    private final Map<List<Object>, String> batchKeys = new HashMap<>();

    private final Map<TaskKey, AttemptRef> live = new HashMap<>();
    private final Map<AttemptRef, List<Reservation>> reserved = new HashMap<>();

    Account(World world) {
        this.world = world;
    }

    void limit(TenantId tenant, RateLimitSpec limit) {
        limits.put(new RateName(tenant, limit.name()), limit);
    }

    /**
     * A limit is set to another rate. When owners hear of it is not known here, and the next one counts by it since the last image; so
     * from now on the more generous of both rates is the law, also when it is set back, and buckets begin anew.
     */
    void alsoAllowed(TenantId tenant, RateLimitSpec set) {
        var name = new RateName(tenant, set.name());
        var before = limits.get(name);
        var both = new RateLimitSpec(
                set.name(),
                (long) Math.ceil(Math.max(perSecond(before), perSecond(set))),
                Duration.ofSeconds(1),
                before.burst());
        limits.put(name, both);
        meters.forEach((key, meter) -> {
            if (key.tenant.equals(tenant) && key.limit.equals(set.name())) {
                meter.level = both.burst();
            }
        });
    }

    private static double perSecond(RateLimitSpec limit) {
        return limit.limit() * 1e6 / micros(limit.period());
    }

    // ---- runs ----

    void began(RunId run, WorkflowPlan plan, RunTerms terms) {
        runs.put(run, new Going(plan, terms));
    }

    /** A step that goes on from a checkpoint keeps its terms. */
    void kept(RunId run, TaskImage task) {
        runs.get(run).byTask.put(new TaskKey(run, task.node(), task.element()), task.terms());
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

    void offered(Fact.AttemptOffered fact, TenantConfig config) {
        var going = runs.get(fact.run());
        var ref = fact.attempt();
        assertThat(config.pausedWorkers())
                .as("no attempt for a paused worker: %s", fact)
                .doesNotContain(fact.worker());
        if (!going.admitted) {
            assertThat(config.pausedWorkflows())
                    .as("no run of a paused workflow begins: %s", fact)
                    .doesNotContainKey(workflow(going));
            going.admitted = true;
            hold(
                    claims(fact.tenant(), going, going.plan.manifest().sharing(), workflow(going), going.terms.ofRun()),
                    fact.run(),
                    fact,
                    config);
        }
        if (ref.node() >= going.plan.steps()) {
            return;
        }
        var task = new TaskKey(ref.run(), ref.node(), ref.element());
        live.put(task, ref);
        hold(claims(fact.tenant(), going, task), task, fact, config);
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

    private void hold(Map<LimitKey, ConcurrencySpec> claims, Object holder, Fact fact, TenantConfig config) {
        claims.forEach((key, declared) -> {
            int limit = config.concurrencyLimits().getOrDefault(key.limit, declared.limit());
            var held = holders.computeIfAbsent(key, any -> new HashSet<>());
            assertThat(held.add(holder))
                    .as("one permit each of %s: %s", key, fact)
                    .isTrue();
            assertThat(held)
                    .as("S6: no more permits of %s than there are: %s", key, fact)
                    .hasSizeLessThanOrEqualTo(limit);
            if (limit != declared.limit()) {
                world.hit(Probe.LIMIT_SET);
            }
            if (held.size() == limit) {
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

    private Meter meter(TenantId tenant, String name, String key) {
        var limit = limits.get(new RateName(tenant, name));
        return meters.computeIfAbsent(new LimitKey(tenant, limit.name(), key), any -> new Meter(limit));
    }

    void closed(Fact.RateLimitClosed fact) {
        var meter = meter(fact.tenant(), fact.limit(), fact.key());
        meter.closedUntil = Math.max(meter.closedUntil, World.micros(fact.until()));
    }

    private void take(Fact.AttemptOffered fact, Going going, Terms terms) {
        var uses = going.plan.manifest().steps().get(fact.attempt().node()).rateLimits();
        Set<LimitKey> seen = new LinkedHashSet<>();
        for (int i = 0; i < uses.size(); i++) {
            var key = terms.limitKeys().isEmpty() ? "" : terms.limitKeys().get(i);
            var name = uses.get(i).name();
            assertThat(seen.add(new LimitKey(fact.tenant(), name, key)))
                    .as("one use of each limit")
                    .isTrue();
            long cost = uses.get(i).costExpression().isEmpty() || terms.costs().isEmpty()
                    ? uses.get(i).cost()
                    : terms.costs().get(i);
            if (cost > 1) {
                world.hit(Probe.SEVERAL_TOKENS);
            }
            take(fact, meter(fact.tenant(), name, key), limits.get(new RateName(fact.tenant(), name)), cost);
            reserved.computeIfAbsent(fact.attempt(), any -> new ArrayList<>())
                    .add(new Reservation(new LimitKey(fact.tenant(), name, key), cost));
        }
    }

    /** Tokens that an attempt did not take after all go back, and those that it took beyond its cost are owed. */
    void spent(Fact.AttemptSpent fact) {
        var own = reserved.get(fact.attempt());
        if (own != null) {
            own.replaceAll(reservation -> settled(reservation, fact));
        }
    }

    private Reservation settled(Reservation reservation, Fact.AttemptSpent fact) {
        var name = reservation.limit.limit;
        if (!fact.spent().settled().amounts().containsKey(name)) {
            return reservation;
        }
        long actual = fact.spent().settled().amount(name);
        var limit = limits.get(new RateName(fact.tenant(), name));
        var meter = meters.get(reservation.limit);
        flow(meter, limit, World.micros(fact.at()));
        meter.level = Math.min(limit.burst(), meter.level - (actual - reservation.tokens));
        world.hit(actual > reservation.tokens ? Probe.TOKENS_OWED : Probe.TOKENS_GIVEN_BACK);
        return new Reservation(reservation.limit, actual);
    }

    private static void take(Fact.AttemptOffered fact, Meter meter, RateLimitSpec limit, long cost) {
        long at = World.micros(fact.at());
        assertThat(at).as("closed until then: %s", fact).isGreaterThanOrEqualTo(meter.closedUntil);
        flow(meter, limit, at);
        meter.level -= cost;
        assertThat(meter.level)
                .as("S14: no more tokens than the limit allows: %s", fact)
                .isGreaterThan(-1e-4);
    }

    private static void flow(Meter meter, RateLimitSpec limit, long at) {
        double flow = (double) limit.limit() / micros(limit.period());
        meter.level = Math.min(limit.burst(), meter.level + flow * (at - meter.at));
        meter.at = at;
    }

    private static double micros(Duration duration) {
        return duration.toNanos() / 1000.0;
    }
}
