package dev.millrace.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.Checkpoint;
import dev.millrace.engine.CheckpointKey;
import dev.millrace.engine.CheckpointKind;
import dev.millrace.engine.Fact;
import dev.millrace.engine.RunId;
import dev.millrace.engine.RunImage;
import dev.millrace.engine.TenantId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What is brought to durable steps: a stored event comes to each task that waits for it once and in order, an answer of people counts once
 * and is told to whoever gave it, a stored signal is taken once or still there, and nothing that is there is waited for in vain.
 */
final class WaitLaws {
    private static final long TIME_TO_BRING = 30 * Timeline.SECOND;

    /** Of one task in one generation. */
    record Task(RunId run, int generation, int node, int element) {}

    /** One wait of a task. */
    record Wait(TenantId tenant, Task task, CheckpointKey key, CheckpointKind kind, long since) {}

    private record Name(Task task, CheckpointKey key) {}

    private final World world;
    /** In the order in which they began. */
    private final Map<Name, Wait> open = new LinkedHashMap<>();

    private final Map<Name, String> settledBy = new HashMap<>();
    private final Map<Task, String> newestEvent = new HashMap<>();
    private final Map<Task, Set<String>> had = new HashMap<>();
    private final Map<TenantId, List<String>> events = new HashMap<>();
    private final Map<String, Long> publishedAt = new HashMap<>();
    /** By run, the requests of signals that nobody has taken. */
    private final Map<RunId, List<String>> signals = new HashMap<>();

    WaitLaws(World world) {
        this.world = world;
    }

    // ---- events ----

    /** An event is stored. */
    void published(TenantId tenant, String event) {
        events.computeIfAbsent(tenant, any -> new ArrayList<>()).add(event);
        publishedAt.put(event, world.time().now());
    }

    // ---- facts ----

    void stored(Fact fact) {
        if (fact instanceof Fact.CheckpointStored stored) {
            var ref = stored.attempt();
            began(fact, new Task(ref.run(), ref.generation(), ref.node(), ref.element()), stored.checkpoint());
        } else if (fact instanceof Fact.CheckpointSettled settled) {
            settled(settled);
        } else if (fact instanceof Fact.SignalReceived received) {
            signals.computeIfAbsent(received.run(), any -> new ArrayList<>())
                    .add(received.signal().request());
        } else if (fact instanceof Fact.RunReplayed replayed) {
            signals.remove(replayed.run());
        } else if (fact instanceof Fact.RunEnded ended) {
            open.keySet().removeIf(name -> name.task.run.equals(ended.run()));
        }
    }

    private void began(Fact fact, Task task, Checkpoint checkpoint) {
        if (checkpoint.isOpen()) {
            open.put(
                    new Name(task, checkpoint.key()),
                    new Wait(
                            fact.tenant(),
                            task,
                            checkpoint.key(),
                            checkpoint.kind(),
                            world.time().now()));
        }
    }

    private void settled(Fact.CheckpointSettled fact) {
        var task = new Task(fact.run(), fact.generation(), fact.node(), fact.element());
        if (fact.key().isBefore()) {
            awaited(task, fact);
            return;
        }
        var wait = open.remove(new Name(task, fact.key()));
        assertThat(wait).as("only what waits is settled: %s", fact).isNotNull();
        settledBy.put(new Name(task, fact.key()), fact.source());
        boolean done = fact.state() == Checkpoint.State.DONE;
        switch (wait.kind) {
            case SIGNAL -> {
                if (done) {
                    assertThat(signals.getOrDefault(fact.run(), new ArrayList<>())
                                    .remove(fact.source()))
                            .as("a stored signal is taken once: %s", fact)
                            .isTrue();
                }
            }
            case EVENT -> {
                if (done) {
                    took(task, fact);
                } else {
                    inVain(wait, fact);
                }
            }
            case APPROVAL -> world.hit(done ? Probe.APPROVAL_GIVEN : Probe.APPROVAL_EXPIRED);
            case CALL, SLEEP, CHILD, NOW, RANDOM, UUID, VERSION, DONE -> {
                // has nothing of its own
            }
        }
    }

    /** What a step waits for before it begins is in no fact; it waited for its timeout at least when that is over. */
    private void awaited(Task task, Fact.CheckpointSettled fact) {
        if (fact.state() == Checkpoint.State.DONE) {
            world.hit(Probe.AWAITED_CAME);
            requireFresh(task, fact);
            return;
        }
        long since = world.time().now()
                - Timeline.MILLI * world.judge().timeout(fact).toMillis();
        inVain(new Wait(fact.tenant(), task, fact.key(), CheckpointKind.EVENT, since), fact);
    }

    private void requireFresh(Task task, Fact.CheckpointSettled fact) {
        assertThat(had.computeIfAbsent(task, any -> new HashSet<>()).add(fact.source()))
                .as("an event comes to a task once: %s", fact)
                .isTrue();
        assertThat(events.getOrDefault(fact.tenant(), List.of()))
                .as("what comes has been stored before: %s", fact)
                .contains(fact.source());
    }

    private void took(Task task, Fact.CheckpointSettled fact) {
        world.hit(Probe.EVENT_BROUGHT);
        requireFresh(task, fact);
        var before = newestEvent.put(task, fact.source());
        assertThat(before == null ? "" : before)
                .as("events come to the code of a task in order: %s", fact)
                .isLessThan(fact.source());
    }

    /** Once everything has healed, nobody waits for an event that is there. */
    private void inVain(Wait wait, Fact.CheckpointSettled fact) {
        long hale = world.time().now() - Math.max(wait.since, world.healedAt());
        if (world.faulty() || hale < TIME_TO_BRING) {
            return;
        }
        var newest = wait.key.isBefore()
                ? had.getOrDefault(wait.task, Set.of()).stream()
                        .max(Comparator.naturalOrder())
                        .orElse("")
                : newestEvent.getOrDefault(wait.task, "");
        assertThat(events.getOrDefault(wait.tenant, List.of()))
                .as("no step waits in vain for an event that is stored: %s", fact)
                .noneMatch(event -> event.compareTo(newest) > 0
                        && !had.getOrDefault(wait.task, Set.of()).contains(event)
                        && publishedAt.get(event) < world.healedAt());
    }

    // ---- people ----

    /** What waits for people of a tenant, as they see it. */
    List<Wait> approvals(TenantId tenant) {
        return open.values().stream()
                .filter(wait -> wait.kind == CheckpointKind.APPROVAL && wait.tenant.equals(tenant))
                .toList();
    }

    /** Somebody was told that their answer counts. */
    void toldSettled(Wait wait, String source) {
        assertThat(settledBy.get(new Name(wait.task, wait.key)))
                .as("S0: an answer that is said to count is stored, and is the only one: %s", wait)
                .isEqualTo(source);
    }

    // ---- at the end ----

    /** What nobody has taken of what a run was sent is still there, in order. */
    void check(RunImage image) {
        assertThat(image.signals().kept())
                .as("no stored signal of run %s is lost, or is there twice", image.run())
                .extracting(signal -> signal.request())
                .isEqualTo(signals.getOrDefault(image.run(), List.of()));
    }
}
