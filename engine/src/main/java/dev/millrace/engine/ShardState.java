package dev.millrace.engine;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The memory of a shard, and how each fact changes it. The same code runs when a fact has just been decided and when it is
 * read back from the journal; what differs is only that a recovering shard has no workers and queues nothing before {@link
 * #goLive}. One file because every fact touches the same few structures and must leave all of them right.
 */
final class ShardState {
    private static final int OUTCOMES_KEPT = 200_000;

    final ShardSettings settings;
    final Map<TenantId, TenantQueue> tenants = new TreeMap<>();
    final Map<RunId, Run> runs = new HashMap<>();
    final Map<Long, Session> sessions = new HashMap<>();
    final Map<WorkerId, Session> workers = new HashMap<>();
    final Alarms alarms = new Alarms();
    /** Runs that must be looked at before the current command is done, in the order in which facts touched them. */
    final List<Run> touched = new ArrayList<>();
    /** Runs that changed since the last capture. */
    List<Run> dirty = new ArrayList<>();

    final RecentKeys keys = new RecentKeys(OUTCOMES_KEPT);

    Instant clock = Instant.EPOCH;
    private boolean live;
    private long readyCount;

    ShardState(ShardSettings settings) {
        this.settings = settings;
    }

    TenantQueue tenant(TenantId tenant) {
        return tenants.computeIfAbsent(tenant, TenantQueue::new);
    }

    WorkflowPlan plan(TenantId tenant, VersionRef version) {
        var queue = tenants.get(tenant);
        return queue == null ? null : queue.plans.get(version);
    }

    /** Ends the recovery: what is ready queues in the order in which it became ready. */
    void goLive() {
        live = true;
        var waiting = new ArrayList<Task>();
        for (var run : runs.values()) {
            for (var node : run.nodes) {
                for (var task : node.tasks) {
                    if (task.state == TaskState.QUEUED) {
                        waiting.add(task);
                    }
                }
            }
        }
        waiting.sort(Comparator.<Task, Instant>comparing(task -> task.queued)
                .thenComparing(task -> task.run.id)
                .thenComparingInt(task -> task.node)
                .thenComparingInt(task -> task.element));
        waiting.forEach(task -> enqueue(task, false));
    }

    // ---- facts ----

    void apply(Fact fact) {
        if (fact.at().isAfter(clock)) {
            clock = fact.at();
        }
        if (fact instanceof Fact.OfAttempt attempt) {
            applyToAttempt(attempt);
        } else if (fact instanceof Fact.RunStarted started) {
            start(started);
        } else if (fact instanceof Fact.KeyClaimed claimed) {
            keys.add(claimed.entry());
        } else if (fact instanceof Fact.RateLimitClosed closed) {
            var bucket = tenant(closed.tenant()).buckets.get(closed.limit());
            if (bucket != null) {
                bucket.closeUntil(Micros.of(closed.until()));
            }
        } else {
            applyToRun((Fact.OfRun) fact);
        }
    }

    private void applyToRun(Fact.OfRun fact) {
        var run = runs.get(fact.run());
        touch(run);
        var at = fact.at();
        if (fact instanceof Fact.RunEnded ended) {
            run.state = ended.state();
            run.ended = at;
            run.compensated = ended.compensated();
            alarms.clear(run);
            run.record(at, null, 0, ended.state().name(), "");
        } else if (fact instanceof Fact.TaskFailed failed) {
            var task = run.task(failed.node(), failed.element());
            task.failure = failed.failure();
            end(task, TaskState.FAILED, at, failed.failure().type());
            failBecauseOf(task);
        } else if (fact instanceof Fact.TaskSkipped skipped) {
            run.toSkip.removeFirstOccurrence(skipped.node());
            var task = make(run, skipped.node(), 1)[0];
            end(task, TaskState.SKIPPED, at, skipped.reason());
        } else if (fact instanceof Fact.RunCancelRequested cancel) {
            run.cancelReason = cancel.reason().isEmpty() ? "cancelled" : cancel.reason();
            run.record(at, null, 0, "CANCELLING", cancel.reason());
            dropQueued(run, at);
        } else if (fact instanceof Fact.RunDeadlinePassed) {
            run.deadlinePassed = true;
            if (run.failure == null) {
                run.failure = new RunFailure(
                        "", Failure.of(Failure.RUN_TIMEOUT, "The run's deadline " + run.deadline + " passed."));
            }
            run.record(at, null, 0, "DEADLINE_PASSED", "");
            dropQueued(run, at);
        } else if (fact instanceof Fact.CleanUpStarted cleanUp) {
            run.cleanUp = cleanUp.handlers();
            run.record(at, null, 0, "CLEANING_UP", "");
            nextHandler(run, at);
        } else {
            throw new IllegalStateException("No rule applies " + fact + ".");
        }
    }

    private void start(Fact.RunStarted fact) {
        var plan = plan(fact.tenant(), fact.version());
        if (plan == null) {
            throw new IllegalStateException(
                    "Run " + fact.run() + " is of " + fact.version() + ", which was never defined for its tenant.");
        }
        var run = new Run(fact, plan);
        runs.put(run.id, run);
        touch(run);
        alarms.set(run, Micros.of(run.deadline));
        run.record(fact.at(), null, 0, RunState.QUEUED.name(), "");
        for (int node = 0; node < plan.steps(); node++) {
            if (run.nodes[node].waiting == 0) {
                becomeReady(run, node, fact.at());
            }
        }
    }

    private void applyToAttempt(Fact.OfAttempt fact) {
        var ref = fact.attempt();
        var run = runs.get(ref.run());
        var task = run.task(ref.node(), ref.element());
        var at = fact.at();
        touch(run);
        if (fact instanceof Fact.AttemptOffered offered) {
            offer(task, offered);
        } else if (fact instanceof Fact.AttemptStarted) {
            task.state = TaskState.RUNNING;
            task.started = at;
            alarms.set(
                    task, Micros.of(at) + Micros.of(run.plan.policy(task.node).timeout()));
            run.record(at, task, task.attempt, AttemptState.RUNNING.name(), "");
        } else if (fact instanceof Fact.AttemptSucceeded succeeded) {
            task.result = succeeded.result();
            task.elements = succeeded.elements();
            task.failure = null;
            if (task.started.equals(Instant.MIN)) {
                task.started = task.offered;
            }
            release(task);
            run.record(at, task, task.attempt, AttemptState.SUCCEEDED.name(), "");
            end(task, TaskState.SUCCEEDED, at, "");
        } else if (fact instanceof Fact.AttemptFailed failed) {
            fail(task, failed);
        } else if (fact instanceof Fact.AttemptLost lost) {
            release(task);
            run.record(at, task, task.attempt, AttemptState.LOST.name(), lost.reason());
            requeue(task, true, at);
        } else if (fact instanceof Fact.AttemptCancelled) {
            release(task);
            run.record(at, task, task.attempt, AttemptState.CANCELLED.name(), "");
            end(task, TaskState.CANCELLED, at, "");
        } else {
            throw new IllegalStateException("No rule applies " + fact + ".");
        }
    }

    private void offer(Task task, Fact.AttemptOffered fact) {
        var run = task.run;
        if (run.state == RunState.QUEUED) {
            run.state = RunState.RUNNING;
            run.record(fact.at(), null, 0, RunState.RUNNING.name(), "");
        }
        if (task.state == TaskState.BACKING_OFF) {
            task.queued = task.retryAt; // read back: that its time had come is no fact of its own
        }
        task.state = TaskState.ASSIGNED;
        task.attempt = fact.attempt().attempt();
        task.worker = fact.worker();
        task.offered = fact.at();
        task.started = Instant.MIN;
        task.stopping = false;
        run.live++;
        long now = Micros.of(fact.at());
        for (var use : run.plan.limits(task.node)) {
            tenant(run.tenant).buckets.get(use.name()).take(use.cost(), now);
        }
        alarms.set(task, now + Micros.of(settings.acceptLease()));
        run.record(fact.at(), task, task.attempt, AttemptState.OFFERED.name(), "");
        var session = workers.get(fact.worker());
        if (session != null) {
            hold(session, task);
        }
    }

    private void fail(Task task, Fact.AttemptFailed fact) {
        task.failure = fact.failure();
        task.charged++;
        if (task.started.equals(Instant.MIN)) {
            task.started = task.offered;
        }
        release(task);
        task.run.record(
                fact.at(),
                task,
                task.attempt,
                fact.state().name(),
                fact.failure().type() + ": " + fact.failure().message());
        if (fact.retried()) {
            task.state = TaskState.BACKING_OFF;
            task.retryAt = fact.retryAt();
            alarms.set(task, Micros.of(fact.retryAt()));
        } else {
            end(task, TaskState.FAILED, fact.at(), fact.failure().type());
            failBecauseOf(task);
        }
    }

    // ---- tasks ----

    /** All parents have ended: makes the node's tasks, or leaves the node to be skipped by a decision. */
    private void becomeReady(Run run, int number, Instant at) {
        if (mustSkip(run, number)) {
            run.toSkip.add(number);
            return;
        }
        int count = taskCount(run, number);
        var tasks = make(run, number, count);
        if (count == 0) {
            nodeEnded(run, number, at);
        }
        for (var task : tasks) {
            requeue(task, false, at);
        }
    }

    /** One, or as many as the parent's list has elements: the results of a mapped parent are such a list too. */
    private static int taskCount(Run run, int number) {
        int list = run.plan.mappedParent(number);
        if (list < 0) {
            return 1;
        }
        var tasks = run.nodes[list].tasks;
        return run.plan.mapped(list) ? tasks.length : Math.max(0, tasks[0].elements);
    }

    private static boolean mustSkip(Run run, int number) {
        if (run.stopped() || (run.failing() && !run.plan.takesOutcome(number))) {
            return true;
        }
        for (var after : run.plan.manifest().steps().get(number).after()) {
            if (run.nodes[run.plan.node(after).orElseThrow()].outcome() != TaskState.SUCCEEDED) {
                return true;
            }
        }
        var parameters = run.plan.parameters(number);
        for (int i = 0; i < parameters.length; i++) {
            int source = run.plan.source(number, i);
            if (source < 0) {
                continue;
            }
            var parent = run.nodes[source];
            boolean optional = run.plan.manifest().steps().get(source).output().kind()
                    == dev.millrace.manifest.OutputSpec.Kind.OPTIONAL;
            boolean skip = switch (parameters[i].mode()) {
                case VALUE, EACH -> !parent.hasValue(optional);
                case OPTIONAL -> parent.outcome() == TaskState.FAILED || parent.outcome() == TaskState.CANCELLED;
                case OUTCOME -> false;
            };
            if (skip) {
                return true;
            }
        }
        return false;
    }

    private static Task[] make(Run run, int number, int count) {
        var node = run.nodes[number];
        node.decided = true;
        node.open = count;
        node.tasks = new Task[count];
        for (int i = 0; i < count; i++) {
            node.tasks[i] = new Task(run, number, i);
        }
        return node.tasks;
    }

    /** Puts a task into line; {@code front} keeps the place that it had. */
    void requeue(Task task, boolean front, Instant at) {
        task.state = TaskState.QUEUED;
        if (!front) {
            task.queued = at;
        }
        task.worker = null;
        task.run.record(at, task, 0, TaskState.QUEUED.name(), "");
        alarms.set(
                task,
                Micros.of(task.queued)
                        + Micros.of(task.run.plan.policy(task.node).queueTimeout()));
        if (live) {
            enqueue(task, front);
        }
    }

    private void enqueue(Task task, boolean front) {
        if (!front || task.ready == 0) {
            task.ready = ++readyCount;
        }
        tenant(task.run.tenant).flow(task.run.plan).add(task, front);
    }

    private void end(Task task, TaskState state, Instant at, String detail) {
        var run = task.run;
        task.state = state;
        task.ended = at;
        alarms.clear(task);
        run.record(at, task, 0, state.name(), detail);
        var node = run.nodes[task.node];
        if (--node.open == 0) {
            if (task.node < run.plan.steps()) {
                nodeEnded(run, task.node, at);
            } else if (!run.state.isFinal()) {
                nextHandler(run, at);
            }
        }
    }

    private void nodeEnded(Run run, int number, Instant at) {
        run.openSteps--;
        for (int child : run.plan.children(number)) {
            if (--run.nodes[child].waiting == 0) {
                becomeReady(run, child, at);
            }
        }
    }

    private void nextHandler(Run run, Instant at) {
        for (int handler : run.cleanUp) {
            if (!run.nodes[handler].decided) {
                requeue(make(run, handler, 1)[0], false, at);
                return;
            }
        }
    }

    // ---- failing ----

    private void failBecauseOf(Task task) {
        var run = task.run;
        if (task.node >= run.plan.steps()) {
            return; // a handler that fails is on record, and the rest goes on
        }
        if (run.failure == null) {
            run.failure = new RunFailure(run.plan.name(task.node), task.failure);
        }
        dropQueued(run, task.ended);
    }

    /** No new tasks: what has not been offered is cancelled, but what takes outcomes may go on after a failure. */
    private void dropQueued(Run run, Instant at) {
        for (int number = 0; number < run.plan.steps(); number++) {
            if (!run.stopped() && run.plan.takesOutcome(number)) {
                continue;
            }
            for (var task : run.nodes[number].tasks) {
                if (task.state == TaskState.QUEUED || task.state == TaskState.BACKING_OFF) {
                    end(task, TaskState.CANCELLED, at, "the run does not succeed any more");
                }
            }
        }
    }

    // ---- slots ----

    void hold(Session session, Task task) {
        task.session = session;
        session.live.add(task);
        session.used += task.slots();
    }

    /** The attempt is over for us. If the worker still runs it, its slots stay taken until it says so. */
    private void release(Task task) {
        task.run.live--;
        alarms.clear(task);
        var session = task.session;
        if (session != null) {
            task.session = null;
            session.live.remove(task);
            session.used -= task.slots();
            freed(session);
        }
    }

    void freed(Session session) {
        if (session.free() > 0) {
            for (var flow : session.flows) {
                flow.slotFreed();
            }
        }
    }

    // ---- images ----

    void touch(Run run) {
        if (!run.dirty) {
            run.dirty = true;
            dirty.add(run);
        }
        if (touched.isEmpty() || touched.get(touched.size() - 1) != run) {
            touched.add(run);
        }
    }

    void restore(RunImage image) {
        var plan = plan(image.tenant(), image.version());
        if (plan == null) {
            throw new IllegalStateException(
                    "Run " + image.run() + " is of " + image.version() + ", which was never defined for its tenant.");
        }
        var run = new Run(image, plan);
        runs.put(run.id, run);
        alarms.set(run, Micros.of(run.deadline));
        var counts = new int[plan.size()];
        image.tasks().forEach(task -> counts[task.node()] = Math.max(counts[task.node()], task.element() + 1));
        for (int number = 0; number < counts.length; number++) {
            if (counts[number] > 0) {
                make(run, number, counts[number]);
            }
        }
        for (var taskImage : image.tasks()) {
            var task = run.task(taskImage.node(), taskImage.element());
            task.restore(taskImage);
            restoreAlarm(task);
            if (task.state.isFinal()) {
                run.nodes[task.node].open--;
            } else if (task.state.isLive()) {
                run.live++;
            }
        }
        // In the order of their parents, so that an empty mapped step counts as ended before its children are looked
        // at.
        boolean again = true;
        var counted = new boolean[plan.steps()];
        while (again) {
            again = false;
            for (int number = 0; number < plan.steps(); number++) {
                var node = run.nodes[number];
                if (!node.decided && node.waiting == 0) {
                    // Skips are decided in the batch that makes them due, so this can only be a mapped step over
                    // nothing.
                    make(run, number, 0);
                }
                if (!counted[number] && node.ended()) {
                    counted[number] = true;
                    again = true;
                    run.openSteps--;
                    for (int child : plan.children(number)) {
                        run.nodes[child].waiting--;
                    }
                }
            }
        }
    }

    private void restoreAlarm(Task task) {
        var policy = task.run.plan.policy(task.node);
        switch (task.state) {
            case QUEUED -> alarms.set(task, Micros.of(task.queued) + Micros.of(policy.queueTimeout()));
            case BACKING_OFF -> alarms.set(task, Micros.of(task.retryAt));
            case RUNNING -> alarms.set(task, Micros.of(task.started) + Micros.of(policy.timeout()));
            default -> {
                // Ended tasks wait for nothing; offers get their grace when the recovery ends.
            }
        }
    }
}
