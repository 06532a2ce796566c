package dev.millrace.controlplane.shard;

import dev.millrace.engine.AttemptState;
import dev.millrace.engine.Fact;
import dev.millrace.engine.RunState;
import dev.millrace.engine.TenantId;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts what the shards do. Safe for use by several threads; counting costs no lock. */
final class ShardMeters {
    /** So many tenants have figures of their own: their number is not ours to bound, that of the figures is. */
    static final int MOST_TENANTS = 1_000;

    private static final String OTHER = "other";

    private final LongAdder commits = new LongAdder();
    private final LongAdder facts = new LongAdder();
    private final LongAdder committingNanos = new LongAdder();
    private final LongAdder started = new LongAdder();
    private final LongAdder offered = new LongAdder();
    private final LongAdder replayed = new LongAdder();
    private final Map<AttemptState, LongAdder> attempts = new EnumMap<>(AttemptState.class);
    private final Map<RunState, LongAdder> ended = new EnumMap<>(RunState.class);
    private final Map<String, LongAdder> refused = new ConcurrentHashMap<>();

    ShardMeters() {
        for (var state : AttemptState.values()) {
            if (state.isFinal()) {
                attempts.put(state, new LongAdder());
            }
        }
        for (var state : RunState.values()) {
            if (state.isFinal()) {
                ended.put(state, new LongAdder());
            }
        }
    }

    /** A transaction has stored these batches. */
    void committed(Iterable<Round.Part> parts, long nanos) {
        commits.increment();
        committingNanos.add(nanos);
        for (var part : parts) {
            facts.add(part.batch().facts().size());
            part.batch().facts().forEach(this::count);
        }
    }

    private void count(Fact fact) {
        if (fact instanceof Fact.AttemptOffered) {
            offered.increment();
        } else if (fact instanceof Fact.AttemptSucceeded || fact instanceof Fact.TurnEnded) {
            attempts.get(AttemptState.SUCCEEDED).increment();
        } else if (fact instanceof Fact.AttemptFailed failed) {
            attempts.get(failed.state()).increment();
        } else if (fact instanceof Fact.AttemptLost) {
            attempts.get(AttemptState.LOST).increment();
        } else if (fact instanceof Fact.AttemptCancelled) {
            attempts.get(AttemptState.CANCELLED).increment();
        } else if (fact instanceof Fact.AttemptSuspended) {
            attempts.get(AttemptState.SUSPENDED).increment();
        } else if (fact instanceof Fact.RunReplayed) {
            replayed.increment();
        } else if (fact instanceof Fact.RunStarted) {
            started.increment();
        } else if (fact instanceof Fact.RunEnded end) {
            ended.get(end.state()).increment();
        }
    }

    /** A command was not taken, because too many wait. */
    void refused(TenantId tenant) {
        var name = tenant.toString();
        refused.computeIfAbsent(
                        refused.containsKey(name) || refused.size() < MOST_TENANTS ? name : OTHER,
                        any -> new LongAdder())
                .increment();
    }

    private static Map<String, Long> brakes(CoreLoop core) {
        var pulled = core.brake();
        Map<String, Long> brakes = new TreeMap<>();
        for (var brake : Brake.values()) {
            brakes.put(brake.name(), pulled.filter(one -> one == brake).isPresent() ? 1L : 0L);
        }
        return brakes;
    }

    /** Together with what others know. */
    ShardFigures figures(Inbox inbox, CoreLoop core, Sessions sessions, Projector projector, Storage storage) {
        Map<RunState, Long> runs = new EnumMap<>(RunState.class);
        ended.forEach((state, count) -> runs.put(state, count.sum()));
        Map<AttemptState, Long> outcomes = new EnumMap<>(AttemptState.class);
        attempts.forEach((state, count) -> outcomes.put(state, count.sum()));
        Map<String, Long> byTenant = new TreeMap<>();
        refused.forEach((tenant, count) -> byTenant.put(tenant, count.sum()));
        return new ShardFigures(
                commits.sum(),
                facts.sum(),
                Duration.ofNanos(committingNanos.sum()),
                started.sum(),
                runs,
                replayed.sum(),
                offered.sum(),
                outcomes,
                projector.done(),
                inbox.size(),
                inbox.bytes(),
                core.lag(),
                core.residents(),
                brakes(core),
                sessions.size(),
                core.served(),
                projector.failing(),
                storage.setAside(),
                storage.fill(),
                byTenant);
    }
}
