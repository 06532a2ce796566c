package dev.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.manifest.BudgetSpec;
import dev.millrace.manifest.Delivery;
import dev.millrace.manifest.Manifest;
import dev.millrace.manifest.OutputSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Watches every fact that is stored and fails at the first that breaks a law. The laws share what they remember of each task, so they are in
 * one class.
 */
public final class Laws {
    private record TaskName(RunId run, int node, int element) {
        static TaskName of(AttemptRef ref) {
            return new TaskName(ref.run(), ref.node(), ref.element());
        }
    }

    /** One call of a batch step. */
    private record Call(Fact.AttemptOffered first, List<AttemptRef> served) {}

    private final Map<List<Object>, Call> calls = new HashMap<>();
    private int largestCall;
    private final Map<RunId, VersionRef> versions = new HashMap<>();
    private final Map<VersionRef, Manifest> manifests = new HashMap<>();
    private final Map<RunId, WorkflowPlan> plans = new HashMap<>();
    private final Map<TaskName, Integer> newest = new HashMap<>();
    private final Map<TaskName, AttemptRef> live = new HashMap<>();
    private final Map<TaskName, Integer> charged = new HashMap<>();
    private final Map<TaskName, Payload> results = new HashMap<>();
    private final Map<TaskName, Map<CheckpointKey, Checkpoint>> trails = new HashMap<>();
    /** What came of what tasks waited for before they began, by what brought it. */
    private final Map<TaskName, Map<CheckpointKey, String>> arrived = new HashMap<>();

    /** How far loops have come, and when their next turns may begin. */
    private final Map<TaskName, LoopState> turns = new HashMap<>();

    private final Map<TaskName, Instant> nextTurns = new HashMap<>();

    private final Set<TaskName> over = new HashSet<>();
    private final Map<RunId, List<Signal>> signals = new HashMap<>();
    private final Set<TaskName> begun = new HashSet<>();
    private final Set<TaskName> unwanted = new HashSet<>();
    private final Set<RunId> cancelled = new HashSet<>();
    private final Set<RunId> cleaning = new HashSet<>();
    /** Transactional tasks that are given up as soon as it is certain that they have not committed. */
    private final Set<TaskName> givenUp = new HashSet<>();
    /** Runs that will not succeed. */
    private final Set<RunId> stopping = new HashSet<>();

    private final Map<AttemptRef, Spent> spent = new HashMap<>();
    private final Map<RunId, Usage> raised = new HashMap<>();
    private final Map<RunId, Usage> used = new HashMap<>();
    private final Map<RunId, Usage> everUsed = new HashMap<>();
    private final Map<RunId, RunState> ended = new HashMap<>();
    private final Map<WorkerId, Map<String, String>> labels = new HashMap<>();

    private final WindowLaws windows = new WindowLaws();

    /** What became of a start with this input. */
    public void answered(Payload input, StartOutcome outcome) {
        windows.answered(input, outcome);
    }

    /** A worker with these labels is about to connect. */
    public void present(WorkerId worker, Map<String, String> its) {
        labels.put(worker, its);
    }

    public void know(VersionRef version, Manifest manifest) {
        manifests.put(version, manifest);
    }

    public Map<RunId, RunState> ended() {
        return ended;
    }

    public Set<RunId> started() {
        return plans.keySet();
    }

    public void watch(Fact fact) {
        if (fact instanceof Fact.RunReplayed replayed) {
            replayed(replayed);
        }
        if (fact instanceof Fact.OfRun ofRun) {
            assertThat(ended).as("S2: nothing follows the end: %s", fact).doesNotContainKey(ofRun.run());
        }
        windows.watch(fact, manifests);
        if (fact instanceof Fact.RunStarted started) {
            versions.put(started.run(), started.version());
            assertThat(plans.put(started.run(), new WorkflowPlan(manifests.get(started.version()))))
                    .as("started once: %s", fact)
                    .isNull();
        } else if (fact instanceof Fact.AttemptOffered offered) {
            offered(offered);
        } else if (fact instanceof Fact.OfAttempt ofAttempt) {
            attempt(ofAttempt);
        } else if (fact instanceof Fact.CheckpointSettled settled) {
            settled(settled);
        } else if (fact instanceof Fact.SignalReceived received) {
            received(received);
        } else if (fact instanceof Fact.RunCancelRequested requested) {
            cancelled.add(requested.run());
            stopping.add(requested.run());
        } else if (fact instanceof Fact.RunDeadlinePassed || fact instanceof Fact.TaskFailed) {
            stopping.add(((Fact.OfRun) fact).run());
        } else if (fact instanceof Fact.TaskSettled settled) {
            var task = new TaskName(settled.run(), settled.node(), settled.element());
            assertThat(over.add(task)).as("S2: %s", fact).isTrue();
            live.remove(task);
            stopping.add(settled.run());
        } else if (fact instanceof Fact.TaskCancelRequested requested) {
            unwanted.add(new TaskName(requested.run(), requested.node(), requested.element()));
            stopping.add(requested.run());
        } else if (fact instanceof Fact.BudgetRaised more) {
            raised.merge(more.run(), Usage.of(more.budget(), more.limit()), Usage::atLeast);
        } else if (fact instanceof Fact.CleanUpStarted cleanUp) {
            assertThat(live.values())
                    .as("no attempt is live when the clean-up begins: %s", fact)
                    .noneMatch(ref -> ref.run().equals(cleanUp.run()));
            cleaning.add(cleanUp.run());
        } else if (fact instanceof Fact.RunEnded end) {
            ended.put(end.run(), end.state());
            assertThat(live.values())
                    .as("no attempt is live when its run ends: %s", fact)
                    .noneMatch(ref -> ref.run().equals(end.run()));
            if (cancelled.contains(end.run())) {
                assertThat(end.state()).as("S24: %s", fact).isEqualTo(RunState.CANCELLED);
            }
        }
    }

    /** A new generation: only what is kept is over. */
    private void replayed(Fact.RunReplayed fact) {
        assertThat(ended.remove(fact.run()))
                .as("only what has ended is replayed: %s", fact)
                .isNotNull();
        signals.remove(fact.run());
        cancelled.remove(fact.run());
        cleaning.remove(fact.run());
        stopping.remove(fact.run());
        beginAnew(fact.run());
        fact.kept().forEach(task -> used.merge(fact.run(), task.spent().used(), Usage::plus));
        fact.kept().forEach(task -> kept(new TaskName(fact.run(), task.node(), task.element()), task));
    }

    /** A run begins anew where nothing else of it goes on, and not once it is ending. */
    private void restarted(Fact.RunRestarted fact) {
        assertThat(live.values())
                .as("no attempt is live when its run begins anew: %s", fact)
                .noneMatch(ref -> ref.run().equals(fact.run()));
        assertThat(cancelled).as("S24: %s", fact).doesNotContain(fact.run());
        assertThat(cleaning).as("what is being cleaned up ends: %s", fact).doesNotContain(fact.run());
        beginAnew(fact.run());
    }

    private void beginAnew(RunId run) {
        for (var tasks : List.of(
                trails.keySet(),
                turns.keySet(),
                nextTurns.keySet(),
                arrived.keySet(),
                newest.keySet(),
                live.keySet(),
                charged.keySet(),
                results.keySet(),
                over,
                begun,
                givenUp,
                unwanted)) {
            tasks.removeIf(task -> task.run().equals(run));
        }
        used.remove(run);
    }

    /** Of a step that goes on from a checkpoint, what it stored before. */
    private void kept(TaskName name, RunImage.TaskImage task) {
        if (task.loop().turns() > 0) {
            turns.put(name, task.loop());
        }
        if (task.state().isFinal()) {
            over.add(name);
            return;
        }
        for (var checkpoint : task.checkpoints().all()) {
            assertThat(checkpoint.isOpen())
                    .as("nothing that a step waited for is kept: %s", task)
                    .isFalse();
            if (checkpoint.key().isBefore()) {
                arrived.computeIfAbsent(name, any -> new HashMap<>()).put(checkpoint.key(), checkpoint.source());
            } else {
                trails.computeIfAbsent(name, any -> new HashMap<>()).put(checkpoint.key(), checkpoint);
            }
        }
    }

    private boolean isTransactional(TaskName task) {
        var plan = plans.get(task.run());
        return task.node() < plan.steps() && plan.policy(task.node()).delivery() == Delivery.TRANSACTIONAL;
    }

    /** Whether an attempt of it may be one that enters no method, but makes sure that none has committed. */
    private boolean maySeal(TaskName task) {
        return isTransactional(task) && (givenUp.contains(task) || stopping.contains(task.run()));
    }

    private void offered(Fact.AttemptOffered fact) {
        var ref = fact.attempt();
        var task = TaskName.of(ref);
        assertThat(over).as("S2: %s", fact).doesNotContain(task);
        assertThat(plans.get(ref.run()).policy(ref.node()).placement().requires())
                .as("only a worker that is as required is given an attempt: %s, %s", fact, labels.get(fact.worker()))
                .allMatch(asked -> asked.isMetBy(labels.getOrDefault(fact.worker(), Map.of())));
        assertThat(live).as("S4: one live attempt: %s", fact).doesNotContainKey(task);
        requireArrived(fact, task);
        assertThat(ref.attempt()).as("S4: %s", fact).isEqualTo(newest.getOrDefault(task, 0) + 1);
        boolean seals = maySeal(task) && ref.attempt() > 1;
        if (ref.node() < plans.get(ref.run()).steps() && !seals) {
            for (var budget : plans.get(ref.run()).manifest().budgets()) {
                assertThat((double) used(ref.run()).amount(budget.name()))
                        .as("no attempt begins for which there is no money: %s", fact)
                        .isLessThan(limit(ref.run(), budget));
                assertThat(used(ref.run()).amount(budget.name()) + expected(ref, budget.name()))
                        .as("what is under way and this one are expected to use no more than there is: %s", fact)
                        .isLessThanOrEqualTo((long) limit(ref.run(), budget));
            }
        }
        if (cancelled.contains(ref.run()) && !seals) {
            assertThat(ref.node())
                    .as("S24: no step begins after the cancel: %s", fact)
                    .isGreaterThanOrEqualTo(plans.get(ref.run()).steps());
        }
        assertThat(unwanted.contains(task) && !seals)
                .as("a cancelled task does not begin again: %s", fact)
                .isFalse();
        if (cleaning.contains(ref.run())) {
            assertThat(ref.node())
                    .as("handlers alone: %s", fact)
                    .isGreaterThanOrEqualTo(plans.get(ref.run()).steps());
        }
        if (plans.get(ref.run()).policy(ref.node()).delivery() == Delivery.AT_MOST_ONCE) {
            assertThat(begun).as("S5: %s", fact).doesNotContain(task);
        }
        assertThat(fact.at())
                .as("turns: no turn begins before its time: %s", fact)
                .isAfterOrEqualTo(nextTurns.getOrDefault(task, fact.at()));
        newest.put(task, ref.attempt());
        live.put(task, ref);
        if (fact.call() > 0) {
            called(fact);
        }
    }

    /** What the live attempts of its run and this one are expected to use beyond what they have said, where costs are fixed. */
    private long expected(AttemptRef offered, String budget) {
        long expected = cost(offered, budget);
        for (var ref : live.values()) {
            if (ref.run().equals(offered.run())) {
                var said = spent.getOrDefault(ref, Spent.NONE);
                long cost = said.settled().amounts().getOrDefault(budget, cost(ref, budget));
                expected += Math.max(
                        0, cost(ref, budget) == 0 ? 0 : cost - said.used().amount(budget));
            }
        }
        return expected;
    }

    private long cost(AttemptRef ref, String budget) {
        var plan = plans.get(ref.run());
        return ref.node() >= plan.steps()
                ? 0
                : plan.manifest().steps().get(ref.node()).rateLimits().stream()
                        .filter(use -> use.name().equals(budget)
                                && use.costExpression().isEmpty())
                        .mapToLong(use -> use.cost())
                        .sum();
    }

    private double limit(RunId run, BudgetSpec budget) {
        return Math.max(budget.limit(), raised.getOrDefault(run, Usage.NONE).amount(budget.name()));
    }

    /** What holds tasks of a run back holds as long as there is a reason, and no longer. */
    void held(RunImage image) {
        boolean isLive = image.tasks().stream().anyMatch(task -> task.state().isLive());
        for (var task : image.tasks()) {
            task.held().ifPresent(held -> {
                assertThat(task.state()).as("what is held waits: %s", task).isEqualTo(TaskState.WAITING);
                long used = image.usage().amount(held.budget());
                boolean isEstimated = plans.get(image.run()).manifest().steps().get(task.node()).rateLimits().stream()
                        .anyMatch(use -> use.name().equals(held.budget()));
                assertThat(used >= held.limit() || isEstimated || isLive)
                        .as("run %s has used %s: a raise lets it go on: %s", image.run(), used, held)
                        .isTrue();
                assertThat(held.asks() || isLive)
                        .as("somebody is asked, or attempts are under way that may use less: %s", image)
                        .isTrue();
            });
        }
    }

    /** All that one call serves is offered to one worker at one instant. */
    private void called(Fact.AttemptOffered fact) {
        var ref = fact.attempt();
        var batch = plans.get(ref.run()).manifest().steps().get(ref.node()).batch();
        assertThat(batch).as("only batch steps share calls: %s", fact).isPresent();
        var call = calls.computeIfAbsent(
                List.of(fact.worker(), fact.call(), fact.at()), any -> new Call(fact, new ArrayList<>()));
        call.served.add(ref);
        largestCall = Math.max(largestCall, call.served.size());
        assertThat(call.served)
                .as("one call takes as many as its step says, at most: %s", fact)
                .hasSizeLessThanOrEqualTo(batch.get().maxSize());
        assertThat(List.of(version(fact), ref.node()))
                .as("one call is of one step of one version: %s", fact)
                .isEqualTo(List.of(version(call.first), call.first.attempt().node()));
    }

    private VersionRef version(Fact.AttemptOffered fact) {
        return versions.get(fact.run());
    }

    /** How many attempts the largest call served. */
    public int largestCall() {
        return largestCall;
    }

    private void attempt(Fact.OfAttempt fact) {
        var ref = fact.attempt();
        var task = TaskName.of(ref);
        assertThat(live.get(task))
                .as("S3: only the live attempt counts: %s", fact)
                .isEqualTo(ref);
        if (fact instanceof Fact.AttemptStarted) {
            begun.add(task);
            return;
        }
        if (fact instanceof Fact.AttemptExtended || fact instanceof Fact.SlotsReleased) {
            return;
        }
        if (fact instanceof Fact.CheckpointStored stored) {
            stored(stored, task);
            return;
        }
        if (fact instanceof Fact.AttemptSpent said) {
            spent(said);
            return;
        }
        live.remove(task);
        if (fact instanceof Fact.AttemptSuspended) {
            begun.remove(task);
        }
        if (fact instanceof Fact.TurnEnded turned) {
            turned(turned, task);
        }
        if (fact instanceof Fact.AttemptSucceeded succeeded) {
            assertThat(results.put(task, succeeded.result())).as("S8: %s", fact).isNull();
            over.add(task);
        } else if (fact instanceof Fact.AttemptFailed failed) {
            failed(failed, task);
        } else if (fact instanceof Fact.AttemptCancelled) {
            stopping.add(task.run());
            (isTransactional(task) ? givenUp : over).add(task);
        } else if (fact instanceof Fact.RunRestarted restarted) {
            restarted(restarted);
        }
    }

    /** Each turn has retries of its own, and is there once: the attempt that ended it was the live one, and is not any more. */
    private void turned(Fact.TurnEnded fact, TaskName task) {
        assertThat(plans.get(task.run())
                        .manifest()
                        .steps()
                        .get(task.node())
                        .output()
                        .kind())
                .as("turns: only loops have turns: %s", fact)
                .isEqualTo(OutputSpec.Kind.LOOP);
        assertThat(fact.next()).as("turns: %s", fact).isAfterOrEqualTo(fact.at());
        assertThat(unwanted)
                .as("turns: a task that was cancelled has no other turn: %s", fact)
                .doesNotContain(task);
        turns.merge(task, new LoopState(1, fact.state()), (before, first) -> before.next(fact.state()));
        assertThat(turns.get(task).turns()).as("turns: %s", fact).isLessThan(LoopState.MOST_TURNS);
        nextTurns.put(task, fact.next());
        charged.remove(task);
        begun.remove(task);
    }

    /** How far the task of an attempt has come, as far as it is stored. */
    public LoopState loop(AttemptRef ref) {
        return turns.getOrDefault(TaskName.of(ref), LoopState.NONE);
    }

    /** What a run says of its loops is what is stored of them. */
    void loops(RunImage image) {
        for (var task : image.tasks()) {
            var stored = turns.getOrDefault(new TaskName(image.run(), task.node(), task.element()), LoopState.NONE);
            assertThat(task.loop())
                    .as("turns: turns are stored once, in order: %s of run %s", task, image.run())
                    .isEqualTo(isOver(task.state()) ? stored.ended() : stored);
        }
    }

    /** Whether nobody takes what its turns left any more, not even a replay. */
    private static boolean isOver(TaskState state) {
        return state == TaskState.SUCCEEDED || state == TaskState.SKIPPED;
    }

    private void spent(Fact.AttemptSpent fact) {
        var before = spent.getOrDefault(fact.attempt(), Spent.NONE);
        var used = fact.spent().used();
        assertThat(used.atLeast(before.used()))
                .as("what was used stays used: %s", fact)
                .isEqualTo(used);
        assertThat(fact.spent()).as("what is known is not said again: %s", fact).isNotEqualTo(before);
        spent.put(fact.attempt(), fact.spent());
        var fresh = used.since(before.used());
        var run = fact.run();
        this.used.merge(run, fresh, Usage::plus);
        everUsed.merge(run, fresh, Usage::plus);
        assertThat(this.used.get(run).amounts())
                .as("a run uses only so many things: %s", fact)
                .hasSizeLessThanOrEqualTo(Usage.MOST_NAMES);
    }

    /** What the attempts of the newest generation of a run have used, and of those before it what it kept. */
    public Usage used(RunId run) {
        return used.getOrDefault(run, Usage.NONE);
    }

    /** What all attempts of a run have used, in all its generations. */
    public Usage everUsed(RunId run) {
        return everUsed.getOrDefault(run, Usage.NONE);
    }

    private void stored(Fact.CheckpointStored fact, TaskName task) {
        var trail = trails.computeIfAbsent(task, any -> new HashMap<>());
        inOrder(trail, fact.checkpoint(), fact);
        assertThat(trail.put(fact.checkpoint().key(), fact.checkpoint()))
                .as("what is stored of a durable step stays: %s", fact)
                .isNull();
    }

    private void settled(Fact.CheckpointSettled fact) {
        var task = new TaskName(fact.run(), fact.node(), fact.element());
        // A step that ended without success has its children cancelled, and then waits for none any more.
        boolean parts = fact.failure()
                .filter(why -> why.type().equals(Failure.PARENT_ENDED))
                .isPresent();
        if (!parts) {
            assertThat(over).as("S2: %s", fact).doesNotContain(task);
        }
        if (fact.key().isBefore()) {
            arrived(fact, task);
            return;
        }
        var trail = trails.getOrDefault(task, Map.of());
        assertThat(trail).as("a wait that began: %s", fact).containsKey(fact.key());
        var open = trail.get(fact.key());
        assertThat(open.isOpen()).as("a wait ends once: %s", fact).isTrue();
        assertThat(fact.state() == Checkpoint.State.DONE
                        && open.kind() == CheckpointKind.SLEEP
                        && fact.at().isBefore(open.until()))
                .as("nobody is woken too early: %s", fact)
                .isFalse();
        if (open.kind() == CheckpointKind.SIGNAL && fact.state() == Checkpoint.State.DONE) {
            taken(fact);
        } else if (open.kind() == CheckpointKind.SIGNAL) {
            assertThat(signals.getOrDefault(fact.run(), List.of()))
                    .as("no step waits in vain for a signal that is there: %s", fact)
                    .noneMatch(signal -> signal.name().equals(fact.key().name()));
        }
        var settled = open.settled(fact.state(), fact.order(), fact.value(), fact.failure(), fact.source());
        inOrder(trail, settled, fact);
        trail.put(fact.key(), settled);
    }

    private void arrived(Fact.CheckpointSettled fact, TaskName task) {
        assertThat(newest)
                .as("what a task waits for comes before it begins: %s", fact)
                .doesNotContainKey(task);
        var before = arrived.computeIfAbsent(task, any -> new HashMap<>());
        assertThat(before.values().contains(fact.source()) && !fact.source().isEmpty())
                .as("an event comes to a task once: %s", fact)
                .isFalse();
        assertThat(before.put(fact.key(), fact.source()))
                .as("a wait ends once: %s", fact)
                .isNull();
    }

    /** A task begins when all that it waits for has come, or is not needed. */
    private void requireArrived(Fact.AttemptOffered fact, TaskName task) {
        var plan = plans.get(task.run());
        if (task.node() >= plan.steps()) {
            return;
        }
        long waits = plan.manifest().steps().get(task.node()).parameters().stream()
                .filter(parameter -> parameter.awaits().isPresent())
                .count();
        assertThat(arrived.getOrDefault(task, Map.of()))
                .as("what a task waits for comes before it begins: %s", fact)
                .hasSize((int) waits);
    }

    private void received(Fact.SignalReceived fact) {
        assertThat(signals.computeIfAbsent(fact.run(), any -> new ArrayList<>()))
                .as("a signal that waits for its step does not come again: %s", fact)
                .noneMatch(kept -> kept.request().equals(fact.signal().request()))
                .hasSizeLessThan(Signals.MOST);
        signals.get(fact.run()).add(fact.signal());
    }

    private void taken(Fact.CheckpointSettled fact) {
        var kept = signals.getOrDefault(fact.run(), List.of());
        var oldest = kept.stream()
                .filter(signal -> signal.name().equals(fact.key().name()))
                .findFirst();
        assertThat(oldest)
                .as("a step takes the oldest signal of the name that nobody has taken: %s", fact)
                .hasValueSatisfying(signal -> {
                    assertThat(signal.request()).isEqualTo(fact.source());
                    assertThat(signal.payload()).isEqualTo(fact.value());
                });
        oldest.ifPresent(kept::remove);
    }

    private static void inOrder(Map<CheckpointKey, Checkpoint> trail, Checkpoint next, Fact fact) {
        if (!next.isOpen()) {
            assertThat(trail.values())
                    .as("it is known what came first: %s", fact)
                    .allMatch(before -> before.order() < next.order());
        }
    }

    private void failed(Fact.AttemptFailed fact, TaskName task) {
        if (fact.failure().type().equals(Failure.CHECKPOINT_MISMATCH) && fact.retried()) {
            return;
        }
        if (!fact.retried()) {
            stopping.add(task.run());
        }
        if (maySeal(task)) {
            boolean settled = Set.of(Failure.SEALED, Failure.NOT_SEALED)
                    .contains(fact.failure().type());
            if (!fact.retried()) {
                (settled ? over : givenUp).add(task);
            }
            return;
        }
        int retry = charged.merge(task, 1, Integer::sum);
        var policy = plans.get(task.run()).policy(task.node());
        assertThat(retry).as("S12: %s", fact).isLessThanOrEqualTo(policy.retries() + 1);
        if (!fact.retried()) {
            over.add(task);
            return;
        }
        var asked = Duration.ofMillis(fact.failure().retryAfterMillis());
        var ceiling = policy.backoff().ceiling(retry);
        assertThat(Duration.between(fact.at(), fact.retryAt()))
                .as("S15: %s", fact)
                .isBetween(asked, asked.compareTo(ceiling) > 0 ? asked : ceiling);
    }
}
