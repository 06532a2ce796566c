package dev.millrace.engine.core;

import dev.millrace.engine.Age;
import dev.millrace.engine.AttemptRef;
import dev.millrace.engine.AttemptState;
import dev.millrace.engine.CheckpointKey;
import dev.millrace.engine.Checkpoints;
import dev.millrace.engine.Failure;
import dev.millrace.engine.Held;
import dev.millrace.engine.LoopState;
import dev.millrace.engine.Payload;
import dev.millrace.engine.Seal;
import dev.millrace.engine.Spent;
import dev.millrace.engine.TaskState;
import dev.millrace.engine.Terms;
import dev.millrace.engine.Usage;
import dev.millrace.engine.scheduling.Holder;
import dev.millrace.engine.scheduling.Kind.Claim;
import dev.millrace.engine.scheduling.Kind.Take;
import dev.millrace.engine.scheduling.Ready;
import dev.millrace.engine.scheduling.WorkerSlots;
import dev.millrace.engine.timer.Timer;
import dev.millrace.manifest.placement.PlacementSpec;
import dev.millrace.manifest.placement.Stickiness;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** One step of one run that is not pending any more. Due when its state has lasted as long as it may. */
final class Task extends Ready {
    final Run run;
    final Plan.Node node;
    final int element;

    TaskState state = TaskState.PENDING;
    int attempt;
    int charged;
    Payload result = Payload.NONE;
    int elements = -1;
    /** Null before the first. */
    Failure failure;
    /** Of a durable step; null of others. */
    Trail trail;
    /** What it waits for, or waited for, before it began; null for nothing. */
    Trail awaited;
    /** Of the newest attempt; null before the first. */
    Worker worker;
    /** Number of the call that serves the live attempt together with others; 0 when there is none. */
    long call;
    /** Whether the live attempt goes on without its slots. */
    boolean released;

    /** How far it has come, if its step is a loop. */
    LoopState loop = LoopState.NONE;

    /** Of a transactional step that is given up and may have committed; null for all others. */
    Seal seal;
    /** Whether its children are being cancelled. Beside the facts: follows from them. */
    boolean isParting;

    Task previousOfWorker;
    Task nextOfWorker;

    Terms terms = Terms.NONE;

    /** What all its attempts have used. */
    Usage used = Usage.NONE;
    /** What its newest attempt has said that it spent. */
    Spent spent = Spent.NONE;
    /** What its live attempt is expected to use of budgets beyond that; follows from the facts. */
    Usage expected = Usage.NONE;
    /** Why it waits although it could begin; null for no such reason. */
    Held held;

    Instant queued = Instant.MIN;
    Instant due = Instant.MIN;
    Instant started = Instant.MIN;
    Instant ended = Instant.MAX;

    Task(Run run, Plan.Node node, int element) {
        this.run = run;
        this.node = node;
        this.element = element;
        this.trail = node.durable ? new Trail() : null;
    }

    /** Whether somebody asked for its end while an attempt was live. */
    boolean isCancelling() {
        return failure != null && failure.type().equals(Failure.TASK_CANCELLED);
    }

    /** Whether it waits for its next turn, and not for another attempt of the one that it is in. */
    boolean isBetweenTurns() {
        return state == TaskState.BACKING_OFF && loop.turns() > 0 && charged == 0 && seal == null;
    }

    /** Whether it waits for something that it needs to begin. */
    boolean isAwaiting() {
        return awaited != null && awaited.isWaiting();
    }

    /** Where a wait of it is; null when it has none that could be. */
    Trail trailOf(CheckpointKey key) {
        return key.isBefore() ? awaited : trail;
    }

    /** Whether an event or a signal has settled something that it waits or waited for. */
    boolean hasUsed(String source) {
        return awaited != null && awaited.hasUsed(source) || trail != null && trail.hasUsed(source);
    }

    /** All that is stored of what it did and waited for. */
    Checkpoints checkpoints() {
        var own = trail == null ? Checkpoints.NONE : trail.image();
        if (awaited == null) {
            return own;
        }
        var all = new ArrayList<>(awaited.all());
        all.addAll(own.all());
        return new Checkpoints(own.end(), own.wake(), all);
    }

    /** When its running attempt times out. The time of a durable step is that of all its attempts, and of what lies between. */
    long endMicros() {
        if (trail != null) {
            return trail.endMicros();
        }
        return due.equals(Instant.MIN) ? Instants.micros(started) + node.timeoutMicros : Instants.micros(due);
    }

    /** When something is due by itself while it runs or waits. */
    long nextMicros() {
        return trail == null ? endMicros() : Math.min(endMicros(), trail.nextMicros());
    }

    /** When it has queued for too long. */
    long queueEndMicros() {
        long end = Instants.micros(seal == null ? queued : seal.since()) + node.queueTimeoutMicros;
        return trail == null ? end : Math.min(end, trail.endMicros());
    }

    /** The state of its newest attempt while that is live. */
    AttemptState liveAttempt() {
        return state == TaskState.ASSIGNED ? AttemptState.OFFERED : AttemptState.RUNNING;
    }

    AttemptRef ref() {
        return ref(attempt);
    }

    AttemptRef ref(int number) {
        return new AttemptRef(run.id, run.generation, node.number, element, number);
    }

    /** As one who holds permits. */
    Holder holder() {
        return new Holder(run.started, run.id, node.number, element);
    }

    /** The permits that its attempts need. */
    List<Claim> claims() {
        return node.permitted.claims(terms.concurrency());
    }

    /** Those whose terms say by whom turns are taken. */
    Terms turns() {
        return node.fair ? terms : run.terms.ofRun();
    }

    /** The tokens that its attempts take, by their keys. */
    List<Take> takes() {
        if (terms.limitKeys().isEmpty()) {
            return node.takes;
        }
        var takes = new ArrayList<Take>(node.takes.size());
        for (int i = 0; i < node.takes.size(); i++) {
            var take = node.takes.get(i);
            takes.add(new Take(take.limit(), terms.limitKeys().get(i), take.cost()));
        }
        return takes;
    }

    @Override
    protected long sinceMicros() {
        return Instants.micros(queued);
    }

    /** How many tokens an attempt reserves. */
    long reserved(int take) {
        long fixed = node.takes.get(take).cost();
        return fixed > 0 ? fixed : cost(take);
    }

    @Override
    protected long cost(int take) {
        // What nobody has said a cost for takes one token: nothing goes for free.
        return terms.costs().isEmpty()
                ? Math.max(1, node.takes.get(take).cost())
                : terms.costs().get(take);
    }

    @Override
    protected Age age() {
        return new Age(run.started, run.id);
    }

    @Override
    protected int compareAge(Age other) {
        int order = run.started.compareTo(other.started());
        return order != 0 ? order : run.id.compareTo(other.run());
    }

    /** Which workers it may go to: what its run requires goes before what its step says of the same labels. */
    PlacementSpec placement() {
        return run.placement(node);
    }

    /** Whether it must go where its run was last. */
    boolean isBound() {
        return node.placement.sticky() == Stickiness.HARD;
    }

    /** The id of the only worker that it may go to, which is there or may come back and could have it; empty for any. */
    String boundTo() {
        if (!isBound()) {
            return "";
        }
        var last = run.lastWorker();
        return last != null && run.tenant.workers.containsKey(last.id) && last.couldHave(this) ? last.text : "";
    }

    @Override
    protected WorkerSlots lastWorker() {
        var last = node.placement.sticky() == Stickiness.NONE ? null : run.lastWorker();
        return last == null ? null : last.slots(node.slotKind);
    }

    /** Which of its costs is more than can ever be taken at once; negative for none. */
    int costsTooMuch() {
        var takes = takes();
        for (int i = 0; i < takes.size(); i++) {
            if (cost(i) > run.tenant.scheduler.limits().burst(takes.get(i).limit())) {
                return i;
            }
        }
        return -1;
    }

    /** The run that started first is older, then the lower id, the lower step, the lower element. */
    @Override
    protected int compareAge(Ready other) {
        var that = (Task) other;
        if (run == that.run) {
            int order = Integer.compare(node.number, that.node.number);
            return order != 0 ? order : Integer.compare(element, that.element);
        }
        int order = run.started.compareTo(that.run.started);
        return order != 0 ? order : run.id.compareTo(that.run.id);
    }

    @Override
    protected int kind() {
        return Kinds.TASK;
    }

    @Override
    protected int compareAtSameInstant(Timer other) {
        return compareAge((Task) other);
    }
}
