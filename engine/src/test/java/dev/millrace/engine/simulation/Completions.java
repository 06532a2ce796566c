package dev.millrace.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.AttemptRef;
import dev.millrace.engine.Command.Outcome;
import dev.millrace.engine.Effect.Assignment;
import dev.millrace.engine.Fact;
import dev.millrace.engine.Failure;
import dev.millrace.engine.RunId;
import dev.millrace.engine.RunImage;
import dev.millrace.engine.RunImage.TaskImage;
import dev.millrace.engine.Snapshots;
import dev.millrace.engine.TaskState;
import dev.millrace.engine.TenantId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The table of completions in the database of those who wrote the workflows: one row per task and generation, committed with the effect of
 * an attempt, or a tombstone after which none can be. What is told of a transactional step has to agree with it at the end.
 */
final class Completions {
    private record Key(RunId run, int generation, int node, int element) {
        static Key of(AttemptRef ref) {
            return new Key(ref.run(), ref.generation(), ref.node(), ref.element());
        }
    }

    /** A tombstone has no outcome. */
    private record Row(int attempt, Optional<Outcome> outcome) {}

    private static final Failure SEALED =
            new Failure(Failure.SEALED, "There is a tombstone where the completion would be.", "", true, 0, "");

    private final World world;
    private final Map<Key, Row> rows = new HashMap<>();
    /** Somebody said what became of these, and asked no database. */
    private final Set<Key> settledByHand = new HashSet<>();

    private final Map<RunId, TenantId> runs = new LinkedHashMap<>();
    private final Map<RunId, Integer> generations = new HashMap<>();

    Completions(World world) {
        this.world = world;
    }

    /** What an attempt comes to that would end so. */
    Outcome end(Assignment assignment, Outcome would) {
        var key = Key.of(assignment.attempt());
        var row = rows.get(key);
        if (row != null) {
            world.hit(row.outcome.isPresent() ? Probe.COMPLETION_FOUND : Probe.TOMBSTONE_FOUND);
            return row.outcome.orElse(new Outcome.Failed(SEALED));
        }
        if (!(would instanceof Outcome.Success)) {
            return would; // rolled back, or no database could be reached for the seal
        }
        if (!assignment.seals()) {
            rows.put(key, new Row(assignment.attempt().attempt(), Optional.of(would)));
            return would;
        }
        world.hit(Probe.TASK_SEALED);
        if (!world.has(Flaw.SEAL_LEFT_OUT)) {
            rows.put(key, new Row(assignment.attempt().attempt(), Optional.empty()));
        }
        return new Outcome.Failed(SEALED);
    }

    /** Which attempt made the result of a task; the one that tells it where the step is none of these. */
    int author(AttemptRef ref) {
        var row = rows.get(Key.of(ref));
        return row == null ? ref.attempt() : row.attempt;
    }

    void stored(Fact fact) {
        if (fact instanceof Fact.RunStarted started) {
            runs.put(started.run(), started.tenant());
        } else if (fact instanceof Fact.RunReplayed replayed) {
            generations.put(replayed.run(), replayed.generation());
        } else if (fact instanceof Fact.TaskSettled settled) {
            settledByHand.add(new Key(settled.run(), settled.generation(), settled.node(), settled.element()));
        }
    }

    /** At the end: what is told of each task in each generation is what was committed. */
    void check(Snapshots snapshots) {
        runs.forEach((run, tenant) -> {
            check(snapshots.run(tenant, run).orElseThrow());
            snapshots.generations(tenant, run, generations.getOrDefault(run, 1)).forEach(this::check);
        });
    }

    private void check(RunImage image) {
        for (var task : image.tasks()) {
            var key = new Key(image.run(), image.generation(), task.node(), task.element());
            if (world.judge().isTransactional(image.version(), task.node()) && !settledByHand.contains(key)) {
                check(image, task, rows.get(key));
            }
        }
    }

    private void check(RunImage image, TaskImage task, Row row) {
        boolean committed = row != null && row.outcome.isPresent();
        boolean unknown = task.failure()
                .filter(why -> why.type().equals(Failure.NOT_SEALED))
                .isPresent();
        if (task.state() == TaskState.SUCCEEDED) {
            assertThat(hasCommitted(image, task))
                    .as("what succeeded has committed: %s of run %s", task, image.run())
                    .isTrue();
        } else if (task.state() != TaskState.SUCCEEDED && !unknown) {
            assertThat(committed)
                    .as("what was given up has not committed, and never will: %s of run %s", task, image.run())
                    .isFalse();
        }
    }

    /** In this generation, or in an earlier one whose success was kept. */
    private boolean hasCommitted(RunImage image, TaskImage task) {
        return IntStream.rangeClosed(1, image.generation())
                .mapToObj(generation -> new Key(image.run(), generation, task.node(), task.element()))
                .anyMatch(key -> settledByHand.contains(key)
                        || rows.containsKey(key) && rows.get(key).outcome.isPresent());
    }
}
