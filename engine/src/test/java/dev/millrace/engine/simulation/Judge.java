package dev.millrace.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.AttemptRef;
import dev.millrace.engine.AttemptState;
import dev.millrace.engine.CheckpointKey;
import dev.millrace.engine.Checkpoints;
import dev.millrace.engine.Effect.Assignment;
import dev.millrace.engine.Fact;
import dev.millrace.engine.Laws;
import dev.millrace.engine.Payload;
import dev.millrace.engine.RunId;
import dev.millrace.engine.RunState;
import dev.millrace.engine.StartOutcome;
import dev.millrace.engine.TenantConfig;
import dev.millrace.engine.TenantId;
import dev.millrace.engine.VersionRef;
import dev.millrace.engine.WorkerInfo;
import dev.millrace.engine.WorkflowPlan;
import dev.millrace.engine.harness.Values;
import dev.millrace.manifest.Delivery;
import dev.millrace.manifest.Manifest;
import dev.millrace.manifest.ParameterSpec.Source;
import dev.millrace.manifest.RateLimitSpec;
import dev.millrace.manifest.StepSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Sees everything that is stored, told and done in the world, and fails at the first thing that must not be. What concerns single
 * runs is in {@link Laws}; here is what it takes the whole world to know.
 */
final class Judge {
    /** A door makes new run ids whenever a request comes in; of all ids made for one place of one request, one may be stored. */
    record Place(UUID request, int index) {}

    /** A checkpoint that was stored once. */
    record Stored(RunId run, int node, int element, CheckpointKey key) {}

    private record Sent(RunId run, int generation, String request) {}

    private record Tick(TenantId tenant, long number) {}

    private record Key(TenantId tenant, String workflow, String key) {}

    private final World world;
    private final Laws laws = new Laws();
    private final Map<VersionRef, WorkflowPlan> plans = new HashMap<>();
    private final Map<RunId, Place> places = new HashMap<>();
    private final Map<Place, RunId> startedAt = new HashMap<>();
    private final Map<Place, RunId> told = new HashMap<>();
    private final Map<Key, RunId> keys = new HashMap<>();
    /** By request, which tick it fires. */
    private final Map<UUID, Tick> ticks = new HashMap<>();

    private final Map<Tick, RunId> ticked = new HashMap<>();
    /** Runs of which a task was once held back by a budget. */
    private final Set<RunId> held = new HashSet<>();
    /** How each run ended, in all its generations. */
    private final Map<RunId, Set<RunState>> ends = new HashMap<>();

    private final Map<RunId, Integer> generations = new HashMap<>();
    private final Map<RunId, VersionRef> started = new HashMap<>();
    private final Map<String, AttemptRef> newest = new HashMap<>();
    private final Set<String> enteredOnce = new HashSet<>();
    /** What is stored of durable steps. */
    private final Set<String> checkpoints = new HashSet<>();

    private final Map<TenantId, List<Stored>> stored = new HashMap<>();

    /** What was set when a fact was decided that is not stored yet; by identity. */
    private final Map<Fact, TenantConfig> decidedUnder = new IdentityHashMap<>();

    /** The signals that are stored; within a generation of a run each is stored once. */
    private final Set<Sent> signals = new HashSet<>();

    private final Set<String> arrived = new HashSet<>();

    private final Chronicle chronicle;
    private final WaitLaws waits;
    private final QueueOrder order;
    private final Account account;
    private final SlotLaw slots;
    private final Families families;

    Judge(World world) {
        this.world = world;
        this.chronicle = new Chronicle(world);
        this.waits = new WaitLaws(world);
        this.order = new QueueOrder(world);
        this.account = new Account(world);
        this.slots = new SlotLaw(world);
        this.families = new Families(world);
    }

    void know(VersionRef version, Manifest manifest) {
        laws.know(version, manifest);
        plans.put(version, new WorkflowPlan(manifest));
    }

    void limit(TenantId tenant, RateLimitSpec limit) {
        account.limit(tenant, limit);
    }

    /** People set a rate limit to something else. */
    void alsoAllowed(TenantId tenant, RateLimitSpec set) {
        account.alsoAllowed(tenant, set);
    }

    /** Somebody decided this under a configuration, and may store it later. */
    void decided(Fact fact, TenantConfig config) {
        decidedUnder.put(fact, config);
    }

    Chronicle chronicle() {
        return chronicle;
    }

    WaitLaws waits() {
        return waits;
    }

    Families families() {
        return families;
    }

    Laws laws() {
        return laws;
    }

    // ---- facts ----

    void stored(Fact fact) {
        var config = decidedUnder.getOrDefault(fact, TenantConfig.NONE);
        decidedUnder.remove(fact);
        laws.watch(fact);
        waits.stored(fact);
        families.stored(fact);
        world.completions().stored(fact);
        order.stored(fact, plans);
        over(fact);
        if (fact instanceof Fact.RunStarted run) {
            started(run);
        } else if (fact instanceof Fact.AttemptOffered offered) {
            offered(offered, config);
        } else if (fact instanceof Fact.RateLimitClosed closed) {
            world.hit(Probe.RATE_LIMIT_CLOSED);
            account.closed(closed);
        } else if (fact instanceof Fact.TaskHeld task) {
            world.hit(Probe.HELD_BY_BUDGET);
            held.add(task.run());
        } else if (fact instanceof Fact.BudgetRaised) {
            world.hit(Probe.BUDGET_RAISED);
        } else if (fact instanceof Fact.AttemptSpent spent) {
            account.spent(spent);
        } else if (fact instanceof Fact.AttemptSucceeded succeeded) {
            assertThat(author(succeeded.result()))
                    .as("S3: the result was made by the attempt that it counts for: %s", succeeded)
                    .isIn(Optional.empty(), Optional.of(world.completions().author(succeeded.attempt())));
        } else if (fact instanceof Fact.TurnEnded turned) {
            world.hit(Probe.TURN_ENDED);
            assertThat(author(turned.state()))
                    .as("S3: what a turn left was made by the attempt that it counts for: %s", turned)
                    .hasValue(turned.attempt().attempt());
        } else if (fact instanceof Fact.AttemptLost lost) {
            lost(lost);
        } else if (fact instanceof Fact.AttemptFailed failed) {
            failed(failed);
        } else if (fact instanceof Fact.RunReplayed replayed) {
            world.hit(Probe.RUN_REPLAYED);
            generations.put(replayed.run(), replayed.generation());
            account.began(replayed.run(), plans.get(replayed.version()), replayed.terms());
            kept(replayed);
        } else if (fact instanceof Fact.RunRestarted restarted) {
            generations.put(restarted.run(), restarted.attempt().generation() + 1);
            account.began(restarted.run(), plans.get(started.get(restarted.run())), restarted.terms());
        } else if (fact instanceof Fact.RunCancelRequested requested
                && requested.reason().startsWith("concurrency limit")) {
            world.hit(Probe.ROOM_MADE);
        } else if (fact instanceof Fact.StepAdmitted admitted) {
            account.admitted(admitted);
        } else if (fact instanceof Fact.TaskSettled) {
            world.hit(Probe.TASK_SETTLED);
        } else if (fact instanceof Fact.AttemptExtended) {
            world.hit(Probe.TIME_GRANTED);
        } else if (fact instanceof Fact.SlotsReleased) {
            world.hit(Probe.SLOTS_RELEASED);
        } else if (fact instanceof Fact.AttemptSuspended) {
            world.hit(Probe.STEP_SUSPENDED);
        } else if (fact instanceof Fact.CheckpointSettled settled) {
            world.hit(settled.source().isEmpty() ? Probe.WAIT_SETTLED : Probe.SIGNAL_TAKEN);
        } else if (fact instanceof Fact.SignalReceived received) {
            assertThat(signals.add(new Sent(
                            received.run(),
                            generations.getOrDefault(received.run(), 1),
                            received.signal().request())))
                    .as("a signal that was sent several times comes once: %s", received)
                    .isTrue();
            arrived.add(received.run() + "/" + received.signal().request());
        } else if (fact instanceof Fact.CheckpointStored stored) {
            var ref = stored.attempt();
            var key = stored.checkpoint().key();
            checkpoints.add(task(ref) + key);
            this.stored
                    .computeIfAbsent(stored.tenant(), any -> new ArrayList<>())
                    .add(new Stored(ref.run(), ref.node(), ref.element(), key));
        } else if (fact instanceof Fact.RunEnded ended) {
            ended(ended);
        }
    }

    /** What ends a live attempt. */
    private void over(Fact fact) {
        if (fact instanceof Fact.TaskSettled settled) {
            account.over(settled.tenant(), settled.run(), settled.node(), settled.element());
            slots.over(settled.run(), settled.node(), settled.element());
        } else if (fact instanceof Fact.SlotsReleased released) {
            slots.over(released.attempt());
        } else if (fact instanceof Fact.OfAttempt ofAttempt
                && !(fact instanceof Fact.AttemptOffered
                        || fact instanceof Fact.AttemptStarted
                        || fact instanceof Fact.AttemptExtended
                        || fact instanceof Fact.AttemptSpent
                        || fact instanceof Fact.CheckpointStored)) {
            account.over(ofAttempt.tenant(), ofAttempt.attempt());
            slots.over(ofAttempt.attempt());
        }
    }

    private void started(Fact.RunStarted run) {
        started.put(run.run(), run.version());
        account.began(run.run(), plans.get(run.version()), run.terms());
        if (run.parent().isPresent()) {
            return; // nobody asked for it
        }
        var place = places.get(run.run());
        assertThat(startedAt.put(place, run.run()))
                .as("S7: a request that came several times starts once: %s", place)
                .isNull();
        var tick = ticks.get(place.request());
        if (tick != null) {
            assertThat(ticked.put(tick, run.run()))
                    .as("S16: one run per tick of a schedule: %s", tick)
                    .isNull();
        }
        if (!run.idempotencyKey().isEmpty()) {
            var key = new Key(run.tenant(), run.version().workflow(), run.idempotencyKey());
            assertThat(keys.put(key, run.run()))
                    .as("S7: one run per idempotency key: %s", key)
                    .isNull();
        }
    }

    /** The checkpoints of a tenant's runs that have ended. */
    List<Stored> checkpoints(TenantId tenant) {
        return stored.getOrDefault(tenant, List.of()).stream()
                .filter(each -> laws.ended().containsKey(each.run()))
                .toList();
    }

    /** What steps keep that go on from a checkpoint. */
    private void kept(Fact.RunReplayed replayed) {
        for (var task : replayed.kept()) {
            if (!task.state().isFinal()) {
                world.hit(Probe.STEP_RESET);
                account.kept(replayed.run(), task);
                var ref = new AttemptRef(replayed.run(), replayed.generation(), task.node(), task.element(), 1);
                task.checkpoints().all().forEach(each -> checkpoints.add(task(ref) + each.key()));
            }
        }
    }

    /** A worker says this of itself from now on. */
    void present(WorkerInfo worker) {
        slots.present(worker);
    }

    private void offered(Fact.AttemptOffered fact, TenantConfig config) {
        newest.put(task(fact.attempt()), fact.attempt());
        if (fact.call() > 0 && laws.largestCall() > 1) {
            world.hit(Probe.CALL_SHARED);
        }
        account.offered(fact, config);
        slots.offered(fact, plans.get(started.get(fact.run())));
    }

    private void lost(Fact.AttemptLost fact) {
        if (fact.reason().contains("accept")) {
            world.hit(Probe.OFFER_NOT_ACCEPTED);
        } else if (isDurable(started.get(fact.run()), fact.attempt().node())) {
            world.hit(Probe.DURABLE_WORKER_LOST);
        }
    }

    private void failed(Fact.AttemptFailed fact) {
        if (fact.state() == AttemptState.LOST) {
            world.hit(Probe.ONLY_ONCE_LOST);
        }
        if (!fact.retried()
                && fact.attempt().node() >= plans.get(started.get(fact.run())).steps()) {
            world.hit(Probe.CLEAN_UP_FAILED);
        }
    }

    private void ended(Fact.RunEnded ended) {
        account.ended(ended);
        ends.computeIfAbsent(ended.run(), any -> EnumSet.noneOf(RunState.class)).add(ended.state());
        if (ended.compensated()) {
            world.hit(Probe.COMPENSATED);
        }
        if (ended.state() == RunState.TIMED_OUT) {
            world.hit(Probe.RUN_TIMED_OUT);
        } else if (ended.state() == RunState.CANCELLED) {
            world.hit(Probe.RUN_CANCELLED);
        }
    }

    /** Workers sign what they make with the number of their attempt. */
    static String signed(int attempt) {
        return "[" + attempt + "," + attempt + "]";
    }

    private static Optional<Integer> author(Payload result) {
        var json = Values.json(result);
        return json.startsWith("[") && json.length() > 2
                ? Optional.of(Integer.parseInt(json.substring(1, json.indexOf(','))))
                : Optional.empty();
    }

    /** The newest attempt of the same task. */
    AttemptRef newest(AttemptRef ref) {
        return newest.getOrDefault(task(ref), ref);
    }

    private static String task(AttemptRef ref) {
        return ref.run() + "/" + ref.generation() + "/" + ref.node() + "/" + ref.element();
    }

    // ---- clients ----

    /** A request is about to fire a tick. */
    void ticks(UUID request, TenantId tenant, long tick) {
        ticks.put(request, new Tick(tenant, tick));
    }

    /** A client was told that a run has its signal. */
    void toldSignal(RunId run, String request) {
        assertThat(arrived).as("no signal is acknowledged before it is stored").contains(run + "/" + request);
    }

    /** A door made this id for a start that came in. */
    void made(RunId run, UUID request, int index) {
        places.put(run, new Place(request, index));
    }

    /** A client was told. */
    void acknowledged(UUID request, List<StartOutcome> outcomes) {
        for (int i = 0; i < outcomes.size(); i++) {
            if (outcomes.get(i) instanceof StartOutcome.Started started) {
                assertThat(laws.started())
                        .as("S0: what is acknowledged is stored: %s", started)
                        .contains(started.run());
                var before = told.put(new Place(request, i), started.run());
                assertThat(before == null ? started.run() : before)
                        .as("S7: a request gets the same answer every time: %s", request)
                        .isEqualTo(started.run());
            }
        }
    }

    void toldEnd(RunId run, RunState state) {
        assertThat(ends.getOrDefault(run, Set.of()))
                .as("S0: an end that is told is stored: %s", run)
                .contains(state);
    }

    void toldReplay(RunId run, int generation) {
        assertThat(generations.getOrDefault(run, 1))
                .as("S0: a replay that is told is stored: %s", run)
                .isGreaterThanOrEqualTo(generation);
    }

    // ---- workers ----

    /** A worker was given an attempt. */
    void assigned(TenantId tenant, List<VersionRef> served, Assignment assignment) {
        assertThat(assignment.tenant())
                .as("S20: a worker gets work of its tenant only: %s", assignment)
                .isEqualTo(tenant);
        if (!assignment.checkpoints().equals(Checkpoints.NONE)) {
            world.hit(Probe.STEP_WENT_ON);
        }
        if (assignment.turn() > 0) {
            isGivenItsTurn(assignment);
        }
        assertThat(served).as("S19: and of versions it serves: %s", assignment).contains(assignment.version());
    }

    /** The attempt that counts is given what the turn before left, as it is stored. A worker that was given up may hear late. */
    private void isGivenItsTurn(Assignment assignment) {
        var ref = assignment.attempt();
        if (!newest(ref).equals(ref) || generations.getOrDefault(ref.run(), 1) != ref.generation()) {
            return;
        }
        var stored = laws.loop(ref);
        assertThat(assignment.turn())
                .as("turns come one after the other: %s", assignment)
                .isEqualTo(stored.turn());
        var parameters = plans.get(assignment.version())
                .manifest()
                .steps()
                .get(ref.node())
                .parameters();
        for (var argument : assignment.arguments()) {
            if (parameters.get(argument.parameter()).source() == Source.TURN) {
                assertThat(argument.values())
                        .as("a turn is given what the one before left: %s", assignment)
                        .containsExactly(stored.state());
            }
        }
    }

    boolean isDurable(Assignment assignment) {
        return isDurable(assignment.version(), assignment.attempt().node());
    }

    boolean isTransactional(VersionRef version, int node) {
        var plan = plans.get(version);
        return node < plan.steps() && plan.manifest().steps().get(node).policy().delivery() == Delivery.TRANSACTIONAL;
    }

    /** How long a step waits for what it cannot begin without. */
    Duration timeout(Fact.CheckpointSettled fact) {
        var waits = plans.get(started.get(fact.run())).manifest().steps().get(fact.node()).parameters().stream()
                .flatMap(parameter -> parameter.awaits().stream())
                .toList();
        return waits.get(fact.key().count() - 1).timeout().orElseThrow();
    }

    /** Whether it is the durable step of its run that stands first. */
    boolean isFirstDurable(Assignment assignment) {
        for (int node = 0; node < assignment.attempt().node(); node++) {
            if (isDurable(assignment.version(), node)) {
                return false;
            }
        }
        return true;
    }

    private boolean isDurable(VersionRef version, int node) {
        var plan = plans.get(version);
        return node < plan.steps() && plan.manifest().steps().get(node).kind() == StepSpec.Kind.DURABLE;
    }

    /** Durable code does something. A worker that was given up may not know it yet; the one whose attempt counts does. */
    void executes(AttemptRef ref, CheckpointKey key) {
        if (newest(ref).equals(ref)) {
            assertThat(checkpoints)
                    .as("what is stored of a durable step is not done again: %s of %s", key, ref)
                    .doesNotContain(task(ref) + key);
        }
    }

    /** A worker enters a method that may be entered only once, but for a durable one that goes on after a wait. */
    void enteredOnce(Assignment assignment) {
        var ref = assignment.attempt();
        if (!assignment.checkpoints().equals(Checkpoints.NONE)) {
            return;
        }
        assertThat(enteredOnce.add(task(ref) + " turn " + assignment.turn()))
                .as("S5: a step that may run only once is entered once: %s", assignment)
                .isTrue();
    }

    boolean allEnded() {
        return laws.ended().size() == laws.started().size();
    }

    /** Runs that are stored and have not ended. */
    Set<RunId> unfinished() {
        var unfinished = new HashSet<>(laws.started());
        unfinished.removeAll(laws.ended().keySet());
        return unfinished;
    }

    /** Those of them that may wait for somebody to raise a budget. */
    Set<RunId> mayLackMoney() {
        return unfinished().stream().filter(held::contains).collect(Collectors.toSet());
    }
}
