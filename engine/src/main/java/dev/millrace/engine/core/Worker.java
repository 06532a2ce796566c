package dev.millrace.engine.core;

import dev.millrace.engine.AttemptRef;
import dev.millrace.engine.VersionRef;
import dev.millrace.engine.WorkerId;
import dev.millrace.engine.WorkerInfo;
import dev.millrace.engine.WorkerStatus;
import dev.millrace.engine.scheduling.Shape;
import dev.millrace.engine.scheduling.WorkerSlots;
import dev.millrace.engine.timer.Timer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A worker process and the attempts that are with it. Connected while it has a session; absent before its first hello (after
 * a recovery) and from the loss of its stream until the reconnect grace has passed. Due when that grace ends.
 */
final class Worker extends WorkerSlots {
    static final long ABSENT = 0;

    final Tenant tenant;
    final WorkerId id;
    /** Its id as images show it. */
    final Optional<WorkerId> present;
    /** Its id as the history shows it. */
    final String text;

    long session = ABSENT;
    /** When its stream opened. */
    Instant connected = Instant.MIN;

    boolean draining;
    /** Whether somebody wants it to leave. */
    boolean sentAway;
    /** Completions up to this sequence have been decided since it first connected to this owner. */
    long decided;
    /** Slots taken by attempts that the engine has given up and the worker has not. */
    final Map<AttemptRef, HeldSlots> held = new LinkedHashMap<>(0);

    private WorkerInfo info;
    /** What it takes tasks for; null while it takes none. */
    private WorkerInfo serving;

    private Task first;
    /** Its slots of each kind that has a name, which it has or which some attempt takes. */
    private final Map<String, NamedSlots> named = new TreeMap<>();
    /** How many attempts, live or given up, are served by each call that serves several. Looked up, never walked. */
    private final Map<Long, Integer> calls = new HashMap<>(0);

    Worker(Tenant tenant, WorkerId id) {
        this.tenant = tenant;
        this.id = id;
        this.present = Optional.of(id);
        this.text = id.toString();
    }

    boolean isConnected() {
        return session != ABSENT;
    }

    void connect(long session, WorkerInfo info, Instant at) {
        unserve(false);
        this.session = session;
        this.connected = at;
        this.info = info;
        this.draining = false;
        serve(info);
        setSlots(info.slots());
        info.slotKinds().keySet().forEach(this::slots);
        named.forEach((kind, slots) -> slots.connect(info.slots(kind)));
        rejoin();
    }

    private void serve(WorkerInfo info) {
        serving = info;
        tenant.builds.came(info);
    }

    private void unserve(boolean forGood) {
        if (serving != null) {
            tenant.builds.went(serving, forGood);
            serving = null;
        }
    }

    /** The build of its code of a workflow; empty if it does not name one. */
    String build(String workflow) {
        return info == null ? "" : info.build(workflow);
    }

    void disconnect() {
        unserve(false);
        leave();
        session = ABSENT;
    }

    void drain() {
        draining = true;
        unserve(true);
        leave();
    }

    private void leave() {
        tenant.scheduler.crews().leave(this);
        named.values().forEach(tenant.scheduler.crews()::leave);
    }

    /** The worker whose slots, of whatever kind, somebody was given. */
    static Worker of(WorkerSlots slots) {
        return slots instanceof NamedSlots named ? named.worker : (Worker) slots;
    }

    /** Its slots of a kind; empty for those that every worker has. */
    WorkerSlots slots(String kind) {
        return kind.isEmpty() ? this : named.computeIfAbsent(kind, any -> new NamedSlots(this, kind));
    }

    @Override
    protected String slotKind() {
        return "";
    }

    /** Empty before its first hello to this owner. */
    Optional<WorkerStatus> status() {
        return info == null
                ? Optional.empty()
                : Optional.of(new WorkerStatus(
                        info,
                        isConnected() ? connected : Instant.MIN,
                        taken(),
                        namedTaken(),
                        draining,
                        tenant.isPaused(id)));
    }

    private Map<String, Integer> namedTaken() {
        var taken = new TreeMap<String, Integer>();
        named.forEach((kind, slots) -> taken.put(kind, slots.taken()));
        return taken;
    }

    /** Whether it could have a task, free or not, paused or not. One that has not said anything of itself yet may. */
    boolean couldHave(Task task) {
        if (info == null) {
            return true;
        }
        return !draining
                && info.slots(task.node.slotKind) >= task.node.slots
                && task.placement().requires().stream().allMatch(asked -> asked.isMetBy(Builds.labels(info)))
                && info.versions().stream()
                        .map(tenant::version)
                        .anyMatch(version -> version != null && version.shape == task.run.version.shape);
    }

    boolean serves(VersionRef version) {
        return info != null && info.versions().contains(version);
    }

    /** Takes its place among the workers of the same shapes; again when a version that it serves became known. */
    void rejoin() {
        leave();
        if (isConnected() && !draining && !tenant.isPaused(id)) {
            var shapes = new ArrayList<Shape>();
            for (var ref : info.versions()) {
                var version = tenant.version(ref);
                if (version != null) {
                    shapes.add(version.shape);
                }
            }
            tenant.scheduler.crews().join(this, shapes, text, Builds.labels(info));
            for (var slots : named.values()) {
                if (slots.total() > 0) {
                    tenant.scheduler.crews().join(slots, shapes, text, Builds.labels(info));
                }
            }
        }
    }

    // ---- attempts ----

    /** Takes a task that is served by the call of this number, or alone. */
    void attach(Task task, long call) {
        task.worker = this;
        task.call = call;
        task.nextOfWorker = first;
        if (first != null) {
            first.previousOfWorker = task;
        }
        first = task;
        slots(task.node.slotKind).take(enter(call, task.node.slots));
    }

    /** The task goes on without its slots. */
    void release(Task task) {
        int less = leave(task.call, task.node.slots);
        task.released = true;
        slots(task.node.slotKind).take(-less);
    }

    void detach(Task task) {
        if (task.previousOfWorker == null) {
            first = task.nextOfWorker;
        } else {
            task.previousOfWorker.nextOfWorker = task.nextOfWorker;
        }
        if (task.nextOfWorker != null) {
            task.nextOfWorker.previousOfWorker = task.previousOfWorker;
        }
        task.previousOfWorker = null;
        task.nextOfWorker = null;
        if (!task.released) {
            release(task);
        }
        task.released = false;
        task.call = 0;
    }

    /** How many slots somebody takes more: a call that serves several takes them with the first. */
    private int enter(long call, int slots) {
        return call == 0 || calls.merge(call, 1, Integer::sum) == 1 ? slots : 0;
    }

    /** How many slots somebody leaves: a call that serves several leaves them with the last. */
    private int leave(long call, int slots) {
        return call == 0 || calls.merge(call, -1, Worker::sumOrNone) == null ? slots : 0;
    }

    private static Integer sumOrNone(int count, int more) {
        return count + more == 0 ? null : count + more;
    }

    boolean hasTasks() {
        return first != null;
    }

    /** Its live tasks, in the order of their runs, so that the order does not depend on what happened before. */
    List<Task> tasks() {
        var tasks = new ArrayList<Task>();
        for (var task = first; task != null; task = task.nextOfWorker) {
            tasks.add(task);
        }
        tasks.sort(Task::compareAge);
        return tasks;
    }

    void hold(HeldSlots slots) {
        held.put(slots.attempt, slots);
        slots(slots.slotKind).take(enter(slots.call, slots.slots));
    }

    void giveBack(HeldSlots slots) {
        held.remove(slots.attempt);
        slots(slots.slotKind).take(-leave(slots.call, slots.slots));
    }

    @Override
    protected int kind() {
        return Kinds.WORKER;
    }

    @Override
    protected int compareAtSameInstant(Timer other) {
        return id.value().compareTo(((Worker) other).id.value());
    }
}
