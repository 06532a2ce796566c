package dev.millrace.engine.harness;

import dev.millrace.engine.AttemptRef;
import dev.millrace.engine.Checkpoint;
import dev.millrace.engine.CheckpointKey;
import dev.millrace.engine.CheckpointKind;
import dev.millrace.engine.Command;
import dev.millrace.engine.Command.Completion;
import dev.millrace.engine.Command.NewCheckpoint;
import dev.millrace.engine.Command.Outcome;
import dev.millrace.engine.Effect;
import dev.millrace.engine.Effect.Assignment;
import dev.millrace.engine.Failure;
import dev.millrace.engine.Payload;
import dev.millrace.engine.Spent;
import dev.millrace.engine.TenantId;
import dev.millrace.engine.Usage;
import dev.millrace.engine.VersionRef;
import dev.millrace.engine.WorkerId;
import dev.millrace.engine.WorkerInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * A worker process. By default every step succeeds at once with its own name; {@link #on} says otherwise, and {@link
 * #byHand} leaves everything to the test. It keeps the worker's side of the protocol: it numbers its completions, sends them
 * again until they are acknowledged, stops what it is told to stop, and says so.
 */
public final class FakeWorker {

    /** What a step does with its assignment. */
    @FunctionalInterface
    public interface Step extends Function<Assignment, Result> {}

    /** What a durable step does when it is entered, with what is stored of it. */
    @FunctionalInterface
    public interface DurableStep extends Function<Assignment, Turn> {}

    /**
     * What a durable step does until it waits or ends.
     *
     * @param made what it stores first
     * @param result empty to leave the worker then
     */
    public record Turn(List<NewCheckpoint> made, Optional<Result> result) {}

    /** How an attempt ends, how long it takes, and what it spends. */
    public record Result(Outcome outcome, Duration after, Spent spent) {
        public Result(Outcome outcome, Duration after) {
            this(outcome, after, Spent.NONE);
        }

        /** The same, with so much of something used. */
        public Result using(String name, long amount) {
            return new Result(outcome, after, Spent.of(spent.used().plus(Usage.of(name, amount)), spent.settled()));
        }

        /** The same, with so many tokens of a rate limit taken. */
        public Result settling(String limit, long actual) {
            return new Result(
                    outcome, after, Spent.of(spent.used(), spent.settled().plus(Usage.of(limit, actual))));
        }
    }

    /** An attempt that this worker has. */
    private record Running(Assignment assignment, Result result, Instant ends) {}

    private final EngineHarness harness;
    private final TenantId tenant;
    private WorkerInfo info;
    private final Map<String, Step> steps = new LinkedHashMap<>();
    private final Map<AttemptRef, Turn> turns = new LinkedHashMap<>();
    private final List<Effect.CheckpointsStored> stored = new ArrayList<>();
    private final List<Checkpoint> settled = new ArrayList<>();
    private DurableStep durable = any -> new Turn(List.of(), Optional.of(value("\"" + any.step() + "\"")));
    private final Map<AttemptRef, Running> running = new LinkedHashMap<>();
    private final Map<Long, Completion> unacknowledged = new TreeMap<>();
    private final List<Effect.RefusedCompletion> refused = new ArrayList<>();
    private final List<Effect.CancelAttempt> cancels = new ArrayList<>();
    private final List<Assignment> assigned = new ArrayList<>();
    private final List<Assignment> entered = new ArrayList<>();
    /** Accepted, and not let in yet. */
    private final Map<AttemptRef, Assignment> unconfirmed = new LinkedHashMap<>();

    private Optional<Effect.CloseWorker> closed = Optional.empty();
    private boolean byHand;
    private boolean deaf;
    private long session;
    private long sequence;

    FakeWorker(EngineHarness harness, TenantId tenant, WorkerId id, int slots, List<VersionRef> versions) {
        this.harness = harness;
        this.tenant = tenant;
        this.info = new WorkerInfo(id, "worker-" + id.value().getLeastSignificantBits(), slots, Map.of(), versions);
    }

    // ---- what it does ----

    /** Says this of itself from its next stream on. */
    public FakeWorker labels(Map<String, String> labels) {
        info = info.withLabels(labels);
        return this;
    }

    /** Has this build of the code of a workflow, from its next stream on. */
    public FakeWorker build(String workflow, String build) {
        info = info.withBuilds(Map.of(workflow, build));
        return this;
    }

    /** Has slots of these kinds too, from its next stream on. */
    public FakeWorker slotKinds(Map<String, Integer> kinds) {
        info = info.withSlotKinds(kinds);
        return this;
    }

    /** From now on this step does that. */
    public FakeWorker on(String step, Step does) {
        steps.put(step, does);
        return this;
    }

    /** From now on every durable step does that. */
    public FakeWorker durable(DurableStep does) {
        durable = does;
        return this;
    }

    /** Accepts and ends nothing of itself. */
    public FakeWorker byHand() {
        byHand = true;
        return this;
    }

    public boolean isByHand() {
        return byHand;
    }

    /** Does not notice that it is told to stop attempts. */
    public FakeWorker deaf() {
        deaf = true;
        return this;
    }

    public static Result value(String json) {
        return value(json, Duration.ZERO);
    }

    public static Result value(String json, Duration after) {
        var payload = Payload.inline(json.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        return new Result(new Outcome.Success(payload, Values.elements(json)), after);
    }

    /** Ends a turn of a loop. */
    public static Result again(String state, Duration delay) {
        var payload = Payload.inline(state.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        return new Result(new Outcome.Again(payload, delay), Duration.ZERO);
    }

    public static Result empty() {
        return new Result(new Outcome.Success(Payload.NONE, -1), Duration.ZERO);
    }

    public static Result failure(String type) {
        return failure(new Failure(type, "It did not work.", "", false, 0, ""));
    }

    public static Result failure(Failure failure) {
        return new Result(new Outcome.Failed(failure), Duration.ZERO);
    }

    // ---- by hand ----

    /** The attempts it was ever assigned, in order. */
    public List<Assignment> assigned() {
        return assigned;
    }

    /** The attempts whose methods it entered, in order; by hand, none. */
    public List<Assignment> entered() {
        return entered;
    }

    /** The newest attempt of a step that it was assigned. */
    public AttemptRef newest(String step) {
        for (int i = assigned.size() - 1; i >= 0; i--) {
            if (assigned.get(i).step().equals(step)) {
                return assigned.get(i).attempt();
            }
        }
        throw new IllegalStateException("Nothing of step " + step + " was assigned: " + assigned);
    }

    public void accept(AttemptRef attempt) {
        harness.send(new Command.WorkerSays(session, List.of(attempt), List.of(), List.of(), false));
    }

    public void end(AttemptRef attempt, Result result) {
        complete(attempt, result.outcome(), result.spent());
        harness.settle();
    }

    /** Says what an attempt has spent so far. */
    public void report(AttemptRef attempt, Spent spent) {
        harness.send(new Command.ReportSpent(session, attempt, spent));
    }

    public void cancelled(AttemptRef attempt) {
        complete(attempt, new Outcome.Cancelled());
        harness.settle();
    }

    public void giveBack(AttemptRef attempt) {
        running.remove(attempt);
        harness.send(new Command.WorkerSays(session, List.of(), List.of(), List.of(attempt), false));
    }

    /** Asks for more time. */
    public void extend(AttemptRef attempt, Duration more) {
        harness.send(new Command.ExtendTimeout(session, attempt, more));
    }

    /** The attempt goes on without its slots. */
    public void releaseSlots(AttemptRef attempt) {
        harness.send(new Command.ReleaseSlots(session, attempt));
    }

    /** Tells what a durable step did. */
    public void store(AttemptRef attempt, NewCheckpoint... made) {
        harness.send(new Command.StoreCheckpoints(session, attempt, List.of(made)));
    }

    /** A durable step leaves this worker, which knows of what was settled up to there. */
    public void suspend(AttemptRef attempt, int seen) {
        suspend(attempt, seen, 1);
    }

    /** As {@link #suspend(AttemptRef, int)}, until so much of what it waits for is settled. */
    public void suspend(AttemptRef attempt, int seen, int needs) {
        running.remove(attempt);
        harness.send(new Command.SuspendAttempt(session, attempt, seen, needs, Spent.NONE));
    }

    /** A call that ended. */
    public static NewCheckpoint called(String name, int place, String json) {
        var key = new CheckpointKey("", name, 1);
        var value = Payload.inline(json.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        return new NewCheckpoint(place + 1, key, place, CheckpointKind.CALL, "", new Command.Content.Value(value));
    }

    /** A wait that begins. */
    public static NewCheckpoint waits(CheckpointKind kind, String name, int place, Duration atMost) {
        var key = new CheckpointKey("", name, 1);
        return new NewCheckpoint(place + 1, key, place, kind, "", new Command.Content.Wait(atMost));
    }

    /** What it was told is stored. */
    public List<Effect.CheckpointsStored> stored() {
        return stored;
    }

    /** What it was told of waits that are over. */
    public List<Checkpoint> settled() {
        return settled;
    }

    public void drain() {
        harness.send(new Command.WorkerSays(session, List.of(), List.of(), List.of(), true));
    }

    /** Sends a completion as it is, whatever became of the attempt. */
    public void say(Completion completion) {
        harness.send(new Command.WorkerSays(session, List.of(), List.of(completion), List.of(), false));
    }

    // ---- its stream ----

    /** Opens a stream, and says what it still has and what was not acknowledged. */
    public FakeWorker connect() {
        session = harness.newSession(this);
        closed = Optional.empty();
        var has = new ArrayList<>(running.keySet());
        for (var completion : unacknowledged.values()) {
            has.add(completion.attempt());
        }
        harness.queue(new Command.ConnectWorker(session, tenant, info, has));
        if (!unacknowledged.isEmpty()) {
            harness.queue(
                    new Command.WorkerSays(session, List.of(), List.copyOf(unacknowledged.values()), List.of(), false));
        }
        harness.settle();
        return this;
    }

    /** The stream breaks; the process lives on and goes on with what it has. */
    public void disconnect() {
        long lost = session;
        session = 0;
        harness.send(new Command.DisconnectWorker(lost));
    }

    /** The process dies: nothing of what it had is left. */
    public void die() {
        running.clear();
        turns.clear();
        unconfirmed.clear();
        unacknowledged.clear();
        sequence = 0;
        disconnect();
    }

    /** The owner of the shard is gone, and with it the stream. */
    void streamLost() {
        session = 0;
    }

    public boolean isConnected() {
        return session != 0 && closed.isEmpty();
    }

    public long session() {
        return session;
    }

    public WorkerId id() {
        return info.id();
    }

    /** Attempts that it executes now. */
    public List<AttemptRef> running() {
        return List.copyOf(running.keySet());
    }

    public List<Effect.RefusedCompletion> refused() {
        return refused;
    }

    public List<Effect.CancelAttempt> cancels() {
        return cancels;
    }

    public Optional<Effect.CloseWorker> closed() {
        return closed;
    }

    // ---- what it is told ----

    void told(Effect effect) {
        if (effect instanceof Effect.Assign assign) {
            assigned(assign.assignment());
        } else if (effect instanceof Effect.ConfirmStart confirm) {
            var let = unconfirmed.remove(confirm.attempt());
            if (let != null) {
                enter(let);
            }
        } else if (effect instanceof Effect.AckCompletions ack) {
            unacknowledged.keySet().removeIf(number -> number <= ack.upTo());
            refused.addAll(ack.refused());
        } else if (effect instanceof Effect.CheckpointsStored told) {
            stored.add(told);
            goOn(told);
        } else if (effect instanceof Effect.CheckpointSettled told) {
            settled.add(told.checkpoint());
        } else if (effect instanceof Effect.CancelAttempt cancel) {
            cancels.add(cancel);
            if (!deaf && !byHand) {
                complete(cancel.attempt(), new Outcome.Cancelled());
            }
        } else if (effect instanceof Effect.WelcomeWorker welcome) {
            welcome.stale().forEach(running::remove);
            unconfirmed.keySet().removeAll(welcome.stale());
            unacknowledged.values().removeIf(completion -> welcome.stale().contains(completion.attempt()));
        } else if (effect instanceof Effect.CloseWorker close) {
            closed = Optional.of(close);
            session = 0;
        }
    }

    private void assigned(Assignment assignment) {
        assigned.add(assignment);
        if (byHand) {
            running.put(assignment.attempt(), new Running(assignment, value("null"), Instant.MAX));
            return;
        }
        if (assignment.startsWhenConfirmed()) {
            running.put(assignment.attempt(), new Running(assignment, value("null"), Instant.MAX));
            unconfirmed.put(assignment.attempt(), assignment);
            harness.queue(new Command.WorkerSays(session, List.of(assignment.attempt()), List.of(), List.of(), false));
        } else {
            enter(assignment);
        }
    }

    private void enter(Assignment assignment) {
        entered.add(assignment);
        if (harness.isDurable(assignment)) {
            var turn = durable.apply(assignment);
            running.put(assignment.attempt(), new Running(assignment, value("null"), Instant.MAX));
            if (turn.made().isEmpty()) {
                go(assignment.attempt(), turn, newest(assignment));
            } else {
                turns.put(assignment.attempt(), turn);
                harness.queue(new Command.StoreCheckpoints(session, assignment.attempt(), turn.made()));
            }
            return;
        }
        var step = steps.getOrDefault(assignment.step(), any -> value("\"" + any.step() + "\""));
        var result = step.apply(assignment);
        running.put(
                assignment.attempt(),
                new Running(assignment, result, harness.now().plus(result.after())));
        if (result.after().isZero()) {
            complete(assignment.attempt(), result.outcome(), result.spent());
        } else if (!assignment.startsWhenConfirmed()) {
            harness.queue(new Command.WorkerSays(session, List.of(assignment.attempt()), List.of(), List.of(), false));
        }
    }

    private static int newest(Assignment assignment) {
        return assignment.checkpoints().all().stream()
                .mapToInt(Checkpoint::order)
                .max()
                .orElse(0);
    }

    /** What a durable step did is stored: it goes on. */
    private void goOn(Effect.CheckpointsStored told) {
        var turn = turns.remove(told.attempt());
        if (turn != null && running.containsKey(told.attempt())) {
            int newest = newest(running.get(told.attempt()).assignment());
            for (var each : told.stored()) {
                newest = Math.max(newest, each.order());
            }
            go(told.attempt(), turn, newest);
        }
    }

    private void go(AttemptRef attempt, Turn turn, int newest) {
        if (turn.result().isPresent()) {
            complete(attempt, turn.result().get().outcome(), turn.result().get().spent());
        } else {
            running.remove(attempt);
            if (isConnected()) {
                harness.queue(new Command.SuspendAttempt(session, attempt, newest));
            }
        }
    }

    /** When it next ends an attempt of itself. */
    Optional<Instant> nextEnd() {
        return running.values().stream()
                .map(Running::ends)
                .filter(ends -> ends.isBefore(Instant.MAX))
                .min(Instant::compareTo);
    }

    void endDue() {
        for (var attempt : List.copyOf(running.values())) {
            if (!attempt.ends().isAfter(harness.now())) {
                complete(
                        attempt.assignment().attempt(),
                        attempt.result().outcome(),
                        attempt.result().spent());
            }
        }
    }

    private void complete(AttemptRef attempt, Outcome outcome) {
        complete(attempt, outcome, Spent.NONE);
    }

    private void complete(AttemptRef attempt, Outcome outcome, Spent spent) {
        running.remove(attempt);
        turns.remove(attempt);
        unconfirmed.remove(attempt);
        var completion = new Completion(++sequence, attempt, outcome, spent);
        unacknowledged.put(completion.sequence(), completion);
        if (isConnected()) {
            harness.queue(new Command.WorkerSays(session, List.of(), List.of(completion), List.of(), false));
        }
    }
}
