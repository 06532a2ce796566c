package dev.millrace.engine;

import dev.millrace.manifest.Delivery;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The core: a fixed share of the tenants, with everything that is live of their runs in memory. Single-threaded.
 *
 * <p>Life of a shard: {@code new}, {@link Command.DefineVersion}s, {@link #restore} of the stored images, {@link #replay} of
 * the journal's tail, {@link #recovered}; from then on {@link #handle}.
 *
 * <p>Decisions live here, what they change in {@link ShardState}: every decision is a {@link Fact} that is put into the batch
 * and applied at once. One file, because a command's decision, the follow-ups for the runs it touched and the assignments
 * that it makes possible belong to one turn.
 */
public final class Shard {
    private final ShardState state;
    private final Loads loads = new Loads();
    private final Map<Long, Run> followed = new LinkedHashMap<>();
    private List<Run> captured = List.of();
    private Batch batch = new Batch();
    private Instant now = Instant.EPOCH;

    /**
     * Makes an empty shard.
     *
     * @param number the shard's number, for messages only
     */
    public Shard(int number, ShardSettings settings) {
        if (number < 0) {
            throw new IllegalArgumentException("A shard's number is not negative, but is " + number + ".");
        }
        this.state = new ShardState(settings);
    }

    // ---- recovery ----

    /** Puts back what was projected beside the runs. */
    public void restore(ShardImage image) {
        state.clock = image.clock();
        for (var bucket : image.buckets()) {
            var known = state.tenant(bucket.tenant()).buckets.get(bucket.limit());
            if (known != null) {
                known.restore(bucket);
            }
        }
    }

    /** Puts an active run back into memory. */
    public void restore(RunImage image) {
        state.restore(image);
    }

    /** Applies a fact of the journal's tail. */
    public void replay(Fact fact) {
        state.apply(fact);
        state.touched.clear();
    }

    /** Ends the recovery: from here the attempts that were live have the grace period to be claimed by their workers. */
    public void recovered(Instant now) {
        enter(now);
        long grace = Micros.of(this.now) + Micros.of(state.settings.reconnectGrace());
        for (var run : state.runs.values()) {
            for (var node : run.nodes) {
                for (var task : node.tasks) {
                    if (task.state.isLive()) {
                        state.alarms.set(task, grace);
                    }
                }
            }
        }
        state.goLive();
    }

    // ---- commands ----

    /** Decides a command. */
    public void handle(Command command, Instant now, Batch batch) {
        enter(now);
        this.batch = batch;
        fireAlarms();
        decide(command);
        finish();
    }

    private void enter(Instant instant) {
        var truncated = Micros.truncate(instant);
        now = truncated.isAfter(state.clock) ? truncated : state.clock;
        state.clock = now;
    }

    private void decide(Command command) {
        if (command instanceof Command.WorkerSays says) {
            workerSays(says);
        } else if (command instanceof Command.StartRuns start) {
            startRuns(start, Set.of());
        } else if (command instanceof Command.FollowRun follow) {
            follow(follow);
        } else if (command instanceof Command.ReadRun read) {
            var run = resident(read.tenant(), read.run());
            if (run == null) {
                load(read, read.tenant(), read.run());
            } else {
                reply(read.replyTo(), new Reply.RunRead(run.image()));
            }
        } else if (command instanceof Command.CancelRun cancel) {
            cancel(cancel);
        } else if (command instanceof Command.Unfollow unfollow) {
            unfollow.replyTos().forEach(this::unfollow);
        } else if (command instanceof Command.ConnectWorker connect) {
            connect(connect);
        } else if (command instanceof Command.DisconnectWorker disconnect) {
            var session = state.sessions.get(disconnect.session());
            if (session != null) {
                forget(session);
            }
        } else if (command instanceof Command.DefineVersion define) {
            define(define);
        } else if (command instanceof Command.KeysLoaded loaded) {
            keysLoaded(loaded);
        } else if (command instanceof Command.RunLoaded loaded) {
            runLoaded(loaded);
        } else if (!(command instanceof Command.Tick)) {
            throw new IllegalStateException("No rule decides " + command + ".");
        }
    }

    private void define(Command.DefineVersion define) {
        var tenant = state.tenant(define.tenant());
        if (tenant.plans.putIfAbsent(define.version(), new WorkflowPlan(define.manifest())) != null) {
            return;
        }
        for (var limit : define.manifest().rateLimits()) {
            var bucket = tenant.buckets.get(limit.name());
            if (bucket == null) {
                tenant.buckets.put(limit.name(), new Bucket(define.tenant(), limit, Micros.of(now)));
            } else {
                bucket.define(limit);
                tenant.wake(bucket);
            }
        }
    }

    // ---- starting ----

    private void startRuns(Command.StartRuns start, Set<UniqueKey> absent) {
        var request =
                new UniqueKey(start.tenant(), UniqueKey.REQUEST, start.request().toString());
        var answered = state.keys.get(request);
        if (answered != null) {
            reply(start.replyTo(), new Reply.RunsStarted(again(start, answered.outcomes())));
            return;
        }
        var unknown = unknownKeys(start, request, absent);
        if (!unknown.isEmpty()) {
            long load = loads.park(start, unknown);
            if (load != 0) {
                batch.add(new Effect.LoadKeys(load, unknown));
            }
            return;
        }
        var outcomes = new ArrayList<StartOutcome>(start.runs().size());
        for (var run : start.runs()) {
            outcomes.add(startRun(start.tenant(), run));
        }
        emit(new Fact.KeyClaimed(start.tenant(), now, new KeyEntry(request, outcomes, "", now)));
        reply(start.replyTo(), new Reply.RunsStarted(outcomes));
    }

    private Set<UniqueKey> unknownKeys(Command.StartRuns start, UniqueKey request, Set<UniqueKey> absent) {
        var unknown = new LinkedHashSet<UniqueKey>();
        if (start.mayBeKnown() && !absent.contains(request)) {
            unknown.add(request);
        }
        for (var run : start.runs()) {
            if (run.idempotencyKey().isPresent()) {
                var key = idempotencyKey(start.tenant(), run);
                if (!state.keys.contains(key) && !absent.contains(key)) {
                    unknown.add(key);
                }
            }
        }
        return unknown;
    }

    private static UniqueKey idempotencyKey(TenantId tenant, Command.RunStart run) {
        return new UniqueKey(
                tenant,
                UniqueKey.startScope(run.version().workflow()),
                run.idempotencyKey().orElseThrow());
    }

    /** The outcomes of a batch that had been decided before; who wants to follow a run follows it again. */
    private List<StartOutcome> again(Command.StartRuns start, List<StartOutcome> stored) {
        var outcomes = new ArrayList<StartOutcome>(stored.size());
        for (int i = 0; i < stored.size(); i++) {
            var outcome = stored.get(i);
            if (outcome instanceof StartOutcome.Started started) {
                outcome = new StartOutcome.Started(started.run(), true);
                if (i < start.runs().size() && start.runs().get(i).follow() != 0) {
                    follow(new Command.FollowRun(start.runs().get(i).follow(), start.tenant(), started.run()));
                }
            }
            outcomes.add(outcome);
        }
        return outcomes;
    }

    private StartOutcome startRun(TenantId tenant, Command.RunStart start) {
        var plan = state.plan(tenant, start.version());
        if (plan == null) {
            return new StartOutcome.Refused(
                    "WORKFLOW_NOT_FOUND",
                    "There is no version " + start.version()
                            + ". Register its manifest, for example by starting a worker.");
        }
        if (start.idempotencyKey().isPresent()) {
            var known = state.keys.get(idempotencyKey(tenant, start));
            if (known != null) {
                return existing(tenant, start, known);
            }
        }
        var deadline = now.plus(start.deadline().orElse(plan.manifest().deadline()));
        emit(new Fact.RunStarted(
                tenant,
                now,
                start.run(),
                1,
                start.version(),
                start.input(),
                start.idempotencyKey().orElse(""),
                start.priority(),
                start.metadata(),
                deadline));
        var outcome = new StartOutcome.Started(start.run(), false);
        if (start.idempotencyKey().isPresent()) {
            emit(new Fact.KeyClaimed(
                    tenant, now, new KeyEntry(idempotencyKey(tenant, start), List.of(outcome), start.digest(), now)));
        }
        if (start.follow() != 0) {
            addFollower(state.runs.get(start.run()), start.follow());
        }
        return outcome;
    }

    private StartOutcome existing(TenantId tenant, Command.RunStart start, KeyEntry known) {
        var run = ((StartOutcome.Started) known.outcomes().get(0)).run();
        if (!known.digest().equals(start.digest())) {
            return new StartOutcome.Refused(
                    "IDEMPOTENCY_CONFLICT",
                    "Run " + run + " was started under the idempotency key \""
                            + start.idempotencyKey().orElseThrow()
                            + "\" with another input. Use another key for another input.");
        }
        if (start.follow() != 0) {
            follow(new Command.FollowRun(start.follow(), tenant, run));
        }
        return new StartOutcome.Started(run, true);
    }

    private void keysLoaded(Command.KeysLoaded loaded) {
        var asked = loads.keysLoaded(loaded.load());
        for (var entry : loaded.found()) {
            state.keys.add(entry);
            asked.remove(entry.key());
        }
        for (var command : loads.released(loaded.load())) {
            startRuns((Command.StartRuns) command, asked);
        }
    }

    // ---- reading, following, cancelling ----

    private Run resident(TenantId tenant, RunId id) {
        var run = state.runs.get(id);
        return run != null && run.tenant.equals(tenant) ? run : null;
    }

    private void load(Command command, TenantId tenant, RunId run) {
        if (state.runs.containsKey(run)) {
            notFound(command, run); // it is another tenant's
            return;
        }
        long load = loads.park(command, run);
        if (load != 0) {
            batch.add(new Effect.LoadRun(load, tenant, run));
        }
    }

    private void runLoaded(Command.RunLoaded loaded) {
        loads.runLoaded(loaded.load());
        for (var command : loads.released(loaded.load())) {
            if (command instanceof Command.FollowRun follow) {
                ifFound(loaded.image(), command, follow.tenant(), follow.run())
                        .ifPresent(image -> reply(follow.replyTo(), new Reply.RunEnded(image)));
            } else if (command instanceof Command.ReadRun read) {
                ifFound(loaded.image(), command, read.tenant(), read.run())
                        .ifPresent(image -> reply(read.replyTo(), new Reply.RunRead(image)));
            } else if (command instanceof Command.CancelRun cancel) {
                ifFound(loaded.image(), command, cancel.tenant(), cancel.run())
                        .ifPresent(image -> reply(cancel.replyTo(), new Reply.CancelDecided(false, image.state())));
            }
        }
    }

    private Optional<RunImage> ifFound(Optional<RunImage> image, Command command, TenantId tenant, RunId run) {
        var found = image.filter(candidate ->
                candidate.tenant().equals(tenant) && candidate.state().isFinal());
        if (found.isEmpty()) {
            notFound(command, run);
        }
        return found;
    }

    private void notFound(Command command, RunId run) {
        long replyTo = command instanceof Command.FollowRun follow
                ? follow.replyTo()
                : command instanceof Command.ReadRun read ? read.replyTo() : ((Command.CancelRun) command).replyTo();
        reply(replyTo, new Reply.Refused("RUN_NOT_FOUND", "There is no run " + run + "."));
    }

    private void follow(Command.FollowRun follow) {
        var run = resident(follow.tenant(), follow.run());
        if (run == null) {
            load(follow, follow.tenant(), follow.run());
        } else if (run.state.isFinal()) {
            reply(follow.replyTo(), new Reply.RunEnded(run.image()));
        } else {
            addFollower(run, follow.replyTo());
        }
    }

    private void addFollower(Run run, long replyTo) {
        if (run.followers.isEmpty()) {
            run.followers = new ArrayList<>(1);
        }
        run.followers.add(replyTo);
        followed.put(replyTo, run);
    }

    private void unfollow(Long replyTo) {
        var run = followed.remove(replyTo);
        if (run != null) {
            run.followers.remove(replyTo);
        }
    }

    private void cancel(Command.CancelRun cancel) {
        var run = resident(cancel.tenant(), cancel.run());
        if (run == null) {
            load(cancel, cancel.tenant(), cancel.run());
        } else if (run.state.isFinal() || !run.cleanUp.isEmpty()) {
            reply(cancel.replyTo(), new Reply.CancelDecided(false, run.state));
        } else {
            if (run.cancelReason.isEmpty()) {
                emit(new Fact.RunCancelRequested(run.tenant, now, run.id, cancel.reason()));
                stopAttempts(run, "RUN_CANCELLED");
            }
            reply(cancel.replyTo(), new Reply.CancelDecided(true, run.state));
        }
    }

    /** Tells the workers; what they answer counts, and who does not answer within the grace is taken for stopped. */
    private void stopAttempts(Run run, String reason) {
        long patience = Micros.of(now) + Micros.of(state.settings.reconnectGrace());
        for (var node : run.nodes) {
            for (var task : node.tasks) {
                if (task.state.isLive() && !task.stopping) {
                    task.stopping = true;
                    if (task.session != null) {
                        batch.add(new Effect.CancelAttempt(task.session.number, task.ref(), reason));
                    }
                    state.alarms.set(task, Math.min(patience, task.due));
                }
            }
        }
    }

    // ---- workers ----

    private void connect(Command.ConnectWorker connect) {
        var former = state.workers.get(connect.worker().id());
        if (former != null) {
            batch.add(new Effect.CloseWorker(
                    former.number,
                    "REPLACED",
                    "Another stream of worker " + connect.worker().id() + " took over."));
            forget(former);
        }
        var session = new Session(connect.session(), connect.tenant(), connect.worker());
        state.sessions.put(session.number, session);
        state.workers.put(session.worker.id(), session);
        claim(session, connect.running());
        var tenant = state.tenant(connect.tenant());
        for (var version : connect.worker().versions()) {
            var plan = tenant.plans.get(version);
            if (plan != null) {
                var flow = tenant.flow(plan);
                if (!session.flows.contains(flow)) {
                    session.flows.add(flow);
                    flow.sessions.add(session);
                }
            }
        }
        state.freed(session);
    }

    /** Gives a worker back the attempts that are still its own; those it does not know of are lost. */
    private void claim(Session session, List<AttemptRef> running) {
        var stale = new ArrayList<AttemptRef>();
        for (var ref : running) {
            var task = task(session.tenant, ref);
            if (task != null
                    && task.state.isLive()
                    && task.attempt == ref.attempt()
                    && session.worker.id().equals(task.worker)) {
                state.hold(session, task);
                if (task.state == TaskState.ASSIGNED) {
                    emit(new Fact.AttemptStarted(session.tenant, now, ref));
                } else {
                    state.alarms.set(
                            task,
                            Micros.of(task.started)
                                    + Micros.of(task.run.plan.policy(task.node).timeout()));
                }
                if (task.run.stopped() && task.run.cleanUp.isEmpty()) {
                    task.stopping = false;
                    stopAttempts(task.run, "RUN_CANCELLED");
                }
            } else {
                stale.add(ref);
            }
        }
        batch.add(new Effect.WelcomeWorker(session.number, stale));
    }

    /** The session ends; its attempts may be claimed until the grace is over. */
    private void forget(Session session) {
        state.sessions.remove(session.number);
        if (state.workers.get(session.worker.id()) == session) {
            state.workers.remove(session.worker.id());
        }
        session.flows.forEach(flow -> flow.sessions.remove(session));
        long grace = Micros.of(now) + Micros.of(state.settings.reconnectGrace());
        for (var task : session.live) {
            task.session = null;
            state.alarms.set(task, Math.min(grace, task.due));
        }
        session.live.clear();
    }

    private Task task(TenantId tenant, AttemptRef ref) {
        var run = resident(tenant, ref.run());
        return run == null || run.generation != ref.generation() ? null : run.task(ref.node(), ref.element());
    }

    private void workerSays(Command.WorkerSays says) {
        var session = state.sessions.get(says.session());
        if (session == null) {
            return; // its stream was closed; the worker says it again on the next one
        }
        for (var ref : says.accepted()) {
            var task = held(session, ref);
            if (task != null && task.state == TaskState.ASSIGNED) {
                emit(new Fact.AttemptStarted(session.tenant, now, ref));
                if (task.stopping) {
                    state.alarms.set(task, Micros.of(now) + Micros.of(state.settings.reconnectGrace()));
                }
            }
        }
        if (!says.completions().isEmpty()) {
            complete(session, says.completions());
        }
        for (var ref : says.returned()) {
            var task = held(session, ref);
            if (task != null) {
                lose(task, "the worker gave it back");
            }
        }
        if (says.draining()) {
            session.draining = true;
        }
    }

    /** The task whose live attempt the session holds under this name, or null. */
    private Task held(Session session, AttemptRef ref) {
        var task = task(session.tenant, ref);
        return task != null && task.state.isLive() && task.attempt == ref.attempt() && task.session == session
                ? task
                : null;
    }

    private void complete(Session session, List<Command.Completion> completions) {
        var refused = new ArrayList<Effect.RefusedCompletion>(0);
        long upTo = 0;
        for (var completion : completions) {
            upTo = Math.max(upTo, completion.sequence());
            var ref = completion.attempt();
            var task = held(session, ref);
            if (task == null) {
                Integer slots = session.stopping.remove(ref);
                if (slots != null) {
                    session.used -= slots;
                    state.freed(session);
                }
                refused.add(refusal(session, completion.sequence(), ref));
            } else {
                decide(task, completion.outcome());
            }
        }
        batch.add(new Effect.AckCompletions(session.number, upTo, refused));
    }

    private Effect.RefusedCompletion refusal(Session session, long sequence, AttemptRef ref) {
        var task = task(session.tenant, ref);
        return task == null
                ? new Effect.RefusedCompletion(sequence, "RUN_NOT_FOUND", "There is no live run " + ref.run() + ".")
                : new Effect.RefusedCompletion(
                        sequence,
                        "STALE_ATTEMPT",
                        "Attempt " + ref.attempt() + " of " + task.run.plan.name(task.node) + " in run " + ref.run()
                                + " is over; the newest is " + task.attempt + ", " + task.state + ".");
    }

    private void decide(Task task, Command.Outcome outcome) {
        var run = task.run;
        var ref = task.ref();
        if (outcome instanceof Command.Outcome.Success success) {
            emit(new Fact.AttemptSucceeded(run.tenant, now, ref, success.result(), success.elements()));
        } else if (outcome instanceof Command.Outcome.Failed failed) {
            failed(task, AttemptState.FAILED, failed.failure());
        } else if (run.stopped()) {
            emit(new Fact.AttemptCancelled(run.tenant, now, ref));
        } else {
            // Nobody asked for it: as if the worker had left.
            lose(task, "the worker stopped it");
        }
    }

    private void failed(Task task, AttemptState attemptState, Failure failure) {
        var run = task.run;
        var policy = run.plan.policy(task.node);
        int retry = task.charged + 1;
        boolean mayGoOn =
                !run.failing() || task.node >= run.plan.steps() || (run.plan.takesOutcome(task.node) && !run.stopped());
        boolean retried = !failure.nonRetryable() && retry <= policy.retries() && mayGoOn;
        var retryAt = Instant.MAX;
        if (retried) {
            var delay = Jitter.delay(policy.backoff(), retry, task.ref());
            var atLeast = Duration.ofMillis(failure.retryAfterMillis());
            retryAt = Micros.truncate(now.plus(delay.compareTo(atLeast) > 0 ? delay : atLeast));
        }
        if (!failure.rateLimit().isEmpty() && failure.retryAfterMillis() > 0) {
            emit(new Fact.RateLimitClosed(
                    run.tenant, now, failure.rateLimit(), now.plusMillis(failure.retryAfterMillis())));
        }
        emit(new Fact.AttemptFailed(run.tenant, now, task.ref(), attemptState, failure, retryAt));
    }

    /** The attempt is void. What may be entered only once fails instead of being offered again. */
    private void lose(Task task, String reason) {
        var run = task.run;
        if (run.stopped() && task.node < run.plan.steps()) {
            emit(new Fact.AttemptCancelled(run.tenant, now, task.ref()));
        } else if (task.state == TaskState.RUNNING && run.plan.policy(task.node).delivery() == Delivery.AT_MOST_ONCE) {
            failed(
                    task,
                    AttemptState.FAILED,
                    new Failure(
                            "WORKER_LOST",
                            "The worker was lost (" + reason + ") and the step must not be entered twice.",
                            "",
                            true,
                            0,
                            ""));
        } else if (run.failing() && task.node < run.plan.steps() && !run.plan.takesOutcome(task.node)) {
            emit(new Fact.AttemptCancelled(run.tenant, now, task.ref()));
        } else {
            emit(new Fact.AttemptLost(run.tenant, now, task.ref(), reason));
        }
    }

    // ---- time ----

    private void fireAlarms() {
        long micros = Micros.of(now);
        for (var alarm = state.alarms.poll(micros); alarm != null; alarm = state.alarms.poll(micros)) {
            if (alarm instanceof Task task) {
                fire(task);
            } else if (alarm instanceof Run run) {
                if (!run.cleanUp.isEmpty()) {
                    continue; // it is ending already, and what undoes its steps has timeouts of its own
                }
                emit(new Fact.RunDeadlinePassed(run.tenant, now, run.id));
                stopAttempts(run, "TIMED_OUT");
            } else if (alarm instanceof Bucket bucket) {
                state.tenant(bucket.tenant).wake(bucket);
            }
            settleTouched();
        }
    }

    private void fire(Task task) {
        switch (task.state) {
            case QUEUED -> {
                var flow = state.tenant(task.run.tenant).flow(task.run.plan);
                var policy = task.run.plan.policy(task.node);
                emit(new Fact.TaskFailed(
                        task.run.tenant,
                        now,
                        task.run.id,
                        task.run.generation,
                        task.node,
                        task.element,
                        flow.sessions.isEmpty()
                                ? Failure.of(
                                        Failure.NO_COMPATIBLE_WORKER,
                                        "No worker that serves " + task.run.version + " was connected within the queue"
                                                + " timeout of " + policy.queueTimeout() + ".")
                                : Failure.of(
                                        Failure.QUEUE_TIMEOUT,
                                        "The task waited longer than its queue timeout of " + policy.queueTimeout()
                                                + ".")));
            }
            case ASSIGNED -> {
                if (task.stopping) {
                    emit(new Fact.AttemptCancelled(task.run.tenant, now, task.ref()));
                } else {
                    stillRunning(task);
                    lose(task, task.session == null ? "its worker left" : "the offer was not accepted in time");
                }
            }
            case RUNNING -> {
                if (task.stopping) {
                    stillRunning(task);
                    emit(new Fact.AttemptCancelled(task.run.tenant, now, task.ref()));
                } else if (task.session == null) {
                    lose(task, "its worker left");
                } else {
                    var timeout = task.run.plan.policy(task.node).timeout();
                    batch.add(new Effect.CancelAttempt(task.session.number, task.ref(), "TIMED_OUT"));
                    stillRunning(task);
                    failed(
                            task,
                            AttemptState.TIMED_OUT,
                            Failure.of(
                                    Failure.STEP_TIMEOUT,
                                    "The attempt ran longer than the step's timeout of " + timeout + "."));
                }
            }
            case BACKING_OFF -> state.requeue(task, false, task.retryAt);
            default -> throw new IllegalStateException("A task that is " + task.state + " waits for no alarm.");
        }
    }

    /** The worker may still run the attempt: its slots stay taken until it says how it ended, or leaves. */
    private void stillRunning(Task task) {
        var session = task.session;
        if (session != null) {
            session.stopping.put(task.ref(), task.slots());
            session.used += task.slots();
            batch.add(new Effect.CancelAttempt(session.number, task.ref(), "STALE"));
        }
    }

    // ---- the end of a turn ----

    private void finish() {
        settleTouched();
        assign();
    }

    private void settleTouched() {
        for (int i = 0; i < state.touched.size(); i++) {
            settle(state.touched.get(i));
        }
        state.touched.clear();
    }

    /** Decides what follows for a run from what has happened to it: skips, clean-up, its end. */
    private void settle(Run run) {
        while (!run.toSkip.isEmpty()) {
            int node = run.toSkip.peekFirst();
            emit(new Fact.TaskSkipped(
                    run.tenant,
                    now,
                    run.id,
                    run.generation,
                    node,
                    0,
                    run.failing() ? "the run does not succeed any more" : "a parent it needs has no value"));
        }
        if (run.state.isFinal() || run.openSteps > 0 || run.live > 0) {
            return;
        }
        if (!run.failing()) {
            end(run, RunState.SUCCEEDED, false);
        } else if (run.cleanUp.isEmpty()) {
            var handlers = handlers(run);
            if (handlers.isEmpty()) {
                end(run, run.finalState(), false);
            } else {
                emit(new Fact.CleanUpStarted(run.tenant, now, run.id, handlers));
            }
        } else if (run.cleanUp.stream().allMatch(handler -> run.nodes[handler].ended())) {
            end(run, run.finalState(), compensated(run));
        }
    }

    private static List<Integer> handlers(Run run) {
        var done = new ArrayList<Task>();
        for (int number = 0; number < run.plan.steps(); number++) {
            var node = run.nodes[number];
            if (run.plan.compensationOf(number) >= 0
                    && node.tasks.length > 0
                    && node.outcome() == TaskState.SUCCEEDED) {
                done.add(node.tasks[0]);
            }
        }
        done.sort(Comparator.<Task, Instant>comparing(task -> task.ended)
                .thenComparingInt(task -> task.node)
                .reversed());
        var handlers = new ArrayList<Integer>();
        done.forEach(task -> handlers.add(run.plan.compensationOf(task.node)));
        if (run.plan.onFailure() >= 0 && run.finalState() != RunState.CANCELLED) {
            handlers.add(run.plan.onFailure());
        }
        return handlers;
    }

    private static boolean compensated(Run run) {
        boolean any = false;
        for (int handler : run.cleanUp) {
            if (handler != run.plan.onFailure()) {
                any = true;
                if (run.nodes[handler].outcome() != TaskState.SUCCEEDED) {
                    return false;
                }
            }
        }
        return any;
    }

    private void end(Run run, RunState runState, boolean compensated) {
        emit(new Fact.RunEnded(run.tenant, now, run.id, runState, compensated));
        if (!run.followers.isEmpty()) {
            var image = run.image();
            for (var follower : run.followers) {
                followed.remove(follower);
                reply(follower, new Reply.RunEnded(image));
            }
            run.followers = List.of();
        }
    }

    private void assign() {
        long micros = Micros.of(now);
        for (var tenant : state.tenants.values()) {
            for (var pick = tenant.take(micros, state.alarms); pick != null; pick = tenant.take(micros, state.alarms)) {
                offer(pick.task(), pick.session());
            }
        }
    }

    private void offer(Task task, Session session) {
        var run = task.run;
        var ref = new AttemptRef(run.id, run.generation, task.node, task.element, task.attempt + 1);
        emit(new Fact.AttemptOffered(run.tenant, now, ref, session.worker.id()));
        var policy = run.plan.policy(task.node);
        batch.add(new Effect.Assign(
                session.number,
                new Effect.Assignment(
                        ref,
                        run.tenant,
                        run.version,
                        run.plan.name(task.node),
                        Arguments.of(task),
                        policy.timeout(),
                        Math.max(0, policy.retries() - task.charged),
                        run.metadata,
                        run.started,
                        task.node == run.plan.onFailure() ? Optional.ofNullable(run.failure) : Optional.empty())));
        // Nothing follows for the run from an offer, so it need not be settled.
        if (!state.touched.isEmpty()) {
            state.touched.remove(state.touched.size() - 1);
        }
    }

    private void emit(Fact fact) {
        batch.add(fact);
        state.apply(fact);
    }

    private void reply(long replyTo, Reply reply) {
        batch.add(new Effect.Reply(replyTo, reply));
    }

    // ---- for the shell ----

    /** When the next timer is due, so that the shell can send a {@link Command.Tick} then. */
    public Optional<Instant> nextTimer() {
        return state.alarms.next();
    }

    /**
     * The images of all runs that changed since the last call. The caller projects them, together with {@link #image()}, once
     * the batch that holds the last fact decided is stored, then calls {@link #projected()}, and only then captures again.
     * Runs that have ended stay readable in memory until then.
     */
    public List<RunImage> capture() {
        if (!captured.isEmpty()) {
            throw new IllegalStateException(
                    "The images captured last have not been projected yet; call projected() first.");
        }
        captured = state.dirty;
        state.dirty = new ArrayList<>();
        var images = new ArrayList<RunImage>(captured.size());
        for (var run : captured) {
            images.add(run.image());
            run.unprojected = run.history;
            run.history = new ArrayList<>(2);
            run.neverCaptured = false;
            run.dirty = false;
        }
        return images;
    }

    /** The images of the last capture are stored: those of them that have ended are forgotten. */
    public void projected() {
        var forgotten = new HashSet<RunId>();
        for (var run : captured) {
            run.unprojected = List.of();
            if (run.state.isFinal() && !run.dirty && forgotten.add(run.id)) {
                state.runs.remove(run.id);
            }
        }
        captured = List.of();
    }

    /** What the shard remembers beside its runs, as of now. */
    public ShardImage image() {
        var buckets = new ArrayList<ShardImage.BucketImage>();
        for (var tenant : state.tenants.values()) {
            for (var bucket : tenant.buckets.values()) {
                buckets.add(bucket.image());
            }
        }
        return new ShardImage(state.clock, buckets);
    }

    /** The images of all runs in memory, for tests that compare shards. */
    List<RunImage> everything() {
        var images = new ArrayList<RunImage>();
        state.runs.values().forEach(run -> images.add(run.image()));
        return images;
    }

    /** How many runs are in memory. */
    public int residentRuns() {
        return state.runs.size();
    }
}
