package dev.millrace.engine.scheduling;

import dev.millrace.engine.Priority;
import dev.millrace.engine.timer.Timers;
import dev.millrace.manifest.RateLimitSpec;
import dev.millrace.manifest.RateLimitUse;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The turns of one tenant. {@link #next} answers whose turn it is without taking anything; {@link #offered} takes it, and does
 * so again when a fact is replayed.
 */
public final class Scheduler {
    private record ShapeName(String workflow, String hash) {}

    private record FlowName(Priority priority, String workflow) {}

    private final Timers timers;
    private final Runnable wake;
    private final Map<ShapeName, Shape> shapes = new HashMap<>();
    private final Map<Kind, Lane> lanes = new HashMap<>();
    private final Map<FlowName, Flow> flows = new HashMap<>();
    private final List<Precedence> precedences = new ArrayList<>();
    private final Map<String, Bucket> buckets = new TreeMap<>();
    private final Map<List<Integer>, Crew> crews = new LinkedHashMap<>();

    /** Crews with a free slot and somebody waiting. */
    private final List<Crew> active = new ArrayList<>();
    /** Buckets whose first waiter may find its tokens. */
    private final ArrayDeque<Bucket> listed = new ArrayDeque<>();

    private int crewsWithFreeSlots;

    private final SlotGate slotGate = new SlotGate();
    private final TokenGate tokenGate = new TokenGate();
    private final List<Gate> gates = List.of(slotGate, tokenGate);

    private long clock;
    private long workersJoined;

    /**
     * A scheduler without tasks or workers.
     *
     * @param wake called when {@link #next} may have something to say that it had not before
     */
    public Scheduler(Timers timers, Runnable wake) {
        this.timers = timers;
        this.wake = wake;
        for (var priority : Priority.values()) {
            precedences.add(new Precedence(priority));
        }
    }

    /** The shape of that workflow with that hash. */
    public Shape shape(String workflow, String hash) {
        return shapes.computeIfAbsent(new ShapeName(workflow, hash), name -> new Shape(workflow, hash, shapes.size()));
    }

    /** Where tasks of this kind wait; for the caller to keep. */
    public Lane lane(Shape shape, Priority priority, int slots, List<RateLimitUse> limits) {
        var kind = new Kind(shape, priority, slots, limits);
        var lane = lanes.get(kind);
        if (lane == null) {
            lane = new Lane(kind, flow(priority, shape.workflow));
            for (var use : limits) {
                lane.limits.add(new Wait(lane, anyBucket(use.name()), use.cost()));
            }
            lanes.put(kind, lane);
            shape.lanes.add(lane);
            for (var crew : shape.crews) {
                crew.seat(lane);
            }
        }
        return lane;
    }

    private Flow flow(Priority priority, String workflow) {
        return flows.computeIfAbsent(
                new FlowName(priority, workflow), name -> new Flow(precedences.get(priority.ordinal()), workflow));
    }

    // ---- tasks ----

    /** A task became ready. */
    public void queue(Ready task, Lane lane) {
        boolean wasEmpty = lane.isEmpty();
        lane.add(task);
        if (wasEmpty) {
            show(lane);
        } else if (lane.head() == task) {
            headMoved(lane);
        }
    }

    /** A task does not wait any more. */
    public void unqueue(Ready task) {
        var lane = task.lane;
        boolean wasHead = lane.head() == task;
        if (lane.size() == 1) {
            withdraw(lane);
        }
        lane.remove(task);
        if (wasHead && !lane.isEmpty()) {
            headMoved(lane);
        }
    }

    /** A task was offered: it leaves its lane, its flow has had its turn, its tokens are gone. */
    public void offered(Ready task, long nowMicros) {
        var lane = task.lane;
        unqueue(task);
        for (int i = 0; i < lane.seats.size(); i++) {
            var line = lane.seats.get(i).turn.line;
            line.crew.endReservation(line);
        }
        var flow = lane.flow;
        clock = flow.precedence.charge(clock, lane.slots);
        flow.precedence.charge(flow, lane.slots);
        for (int i = 0; i < flow.turns.size(); i++) {
            var turn = flow.turns.get(i);
            if (turn.place != Heap.ABSENT) {
                turn.line.queue(flow.priority()).moved(turn);
            }
        }
        for (int i = 0; i < lane.limits.size(); i++) {
            var wait = lane.limits.get(i);
            boolean parked = wait.place != Heap.ABSENT;
            wait.bucket.take(wait, nowMicros);
            if (parked) {
                wait.bucket.waiters.moved(wait);
            }
        }
    }

    /** Whose turn it is; null when nothing that waits can go now. Changes nothing that is stored. */
    public Offer next(long nowMicros) {
        while (crewsWithFreeSlots > 0) {
            var turn = first();
            if (turn != null) {
                var lane = turn.seats.first().lane;
                var lacking = tokenGate.lacking(lane, nowMicros);
                if (lacking == null) {
                    return new Offer(lane.head(), slotGate.leastLoaded(lane));
                }
                park(lane, lacking);
            } else if (!unparkOne(nowMicros)) {
                return null;
            }
        }
        return null;
    }

    private Turn first() {
        Turn first = null;
        for (int i = 0; i < active.size(); i++) {
            var turn = active.get(i).first();
            if (turn != null && (first == null || Line.comesBefore(turn, first))) {
                first = turn;
            }
        }
        return first;
    }

    /** What a waiting task waits for, gate by gate; only its turn when no gate holds it back. */
    public List<Hold> holds(Ready task, long nowMicros) {
        var holds = new ArrayList<Hold>();
        for (var gate : gates) {
            gate.holds(task.lane, nowMicros).ifPresent(holds::add);
        }
        if (holds.isEmpty()) {
            holds.add(new Hold(Hold.Reason.TURN, task.lane.shape.workflow, Long.MAX_VALUE, task.lane.size() - 1));
        }
        return holds;
    }

    // ---- lanes ----

    private void show(Lane lane) {
        lane.shown = true;
        var flow = lane.flow;
        if (flow.precedence.shown++ == 0) {
            flow.precedence.start = Math.max(flow.precedence.start, clock);
        }
        if (flow.shown++ == 0) {
            flow.precedence.join(flow);
        }
        for (int i = 0; i < lane.seats.size(); i++) {
            lane.seats.get(i).take();
        }
        wake.run();
    }

    private void hide(Lane lane) {
        lane.shown = false;
        lane.flow.shown--;
        lane.flow.precedence.shown--;
        for (int i = 0; i < lane.seats.size(); i++) {
            lane.seats.get(i).leave();
        }
    }

    /** The lane is about to be empty. */
    private void withdraw(Lane lane) {
        if (lane.parkedUnder != null) {
            lane.parkedUnder.bucket.waiters.remove(lane.parkedUnder);
            lane.parkedUnder = null;
        } else {
            hide(lane);
        }
    }

    private void headMoved(Lane lane) {
        if (lane.parkedUnder != null) {
            lane.parkedUnder.bucket.waiters.moved(lane.parkedUnder);
        } else {
            for (int i = 0; i < lane.seats.size(); i++) {
                lane.seats.get(i).moved();
            }
        }
    }

    private void park(Lane lane, Wait lacking) {
        hide(lane);
        lane.parkedUnder = lacking;
        lacking.bucket.park(lacking);
        list(lacking.bucket);
    }

    /** Lets the first waiter of a bucket take part again, if its tokens are there. */
    private boolean unparkOne(long nowMicros) {
        while (!listed.isEmpty()) {
            var bucket = listed.peek();
            if (bucket.waiters.isEmpty()) {
                unlistFirst();
                continue;
            }
            var wait = bucket.waiters.first();
            long at = bucket.availableAt(wait.cost, nowMicros);
            if (at > nowMicros) {
                unlistFirst();
                timers.set(bucket, at);
                continue;
            }
            bucket.waiters.remove(wait);
            wait.lane.parkedUnder = null;
            show(wait.lane);
            return true;
        }
        return false;
    }

    // ---- buckets ----

    /** The newest definition of a rate limit. */
    public void define(RateLimitSpec spec, long nowMicros) {
        var bucket = anyBucket(spec.name());
        bucket.define(spec, nowMicros);
        list(bucket);
    }

    /** Nobody takes tokens of a limit before an instant. */
    public void close(String limit, long untilMicros) {
        var bucket = anyBucket(limit);
        bucket.close(untilMicros);
        list(bucket);
    }

    /** Puts a bucket back as it was stored. */
    public void restore(String limit, long level, long atMicros, long closedUntilMicros) {
        anyBucket(limit).restore(level, atMicros, closedUntilMicros);
    }

    /** The rate limit with this name, if a version names it. */
    public Optional<Bucket> bucket(String name) {
        return Optional.ofNullable(buckets.get(name));
    }

    /** All rate limits, in the order of their names. */
    public Collection<Bucket> buckets() {
        return buckets.values();
    }

    private Bucket anyBucket(String name) {
        return buckets.computeIfAbsent(name, any -> new Bucket(this, name));
    }

    /** The first waiter of the bucket may find its tokens. */
    void list(Bucket bucket) {
        if (!bucket.listed) {
            bucket.listed = true;
            timers.cancel(bucket);
            listed.add(bucket);
            wake.run();
        }
    }

    private void unlistFirst() {
        listed.remove().listed = false;
    }

    // ---- workers ----

    /** A worker takes tasks of these shapes from now on. */
    public void join(WorkerSlots worker, Collection<Shape> served) {
        var byNumber = new TreeMap<Integer, Shape>();
        for (var shape : served) {
            byNumber.put(shape.number, shape);
        }
        if (byNumber.isEmpty()) {
            return;
        }
        var crew = crews.computeIfAbsent(
                List.copyOf(byNumber.keySet()), numbers -> newCrew(List.copyOf(byNumber.values())));
        worker.crew = crew;
        worker.order = ++workersJoined;
        crew.join(worker);
    }

    private Crew newCrew(List<Shape> served) {
        var crew = new Crew(this, served);
        for (var shape : served) {
            shape.crews.add(crew);
            for (var lane : shape.lanes) {
                var seat = crew.seat(lane);
                if (lane.shown) {
                    seat.take();
                }
            }
        }
        return crew;
    }

    /** A worker takes no more tasks; what it has is its own. Nothing happens if it had not joined. */
    public void leave(WorkerSlots worker) {
        var crew = worker.crew;
        if (crew == null) {
            return;
        }
        crew.leave(worker);
        worker.crew = null;
        if (crew.workers.isEmpty()) {
            crews.values().remove(crew);
            crew.close();
        }
    }

    void setActive(Crew crew, boolean isActive) {
        if (isActive && crew.activePlace == Heap.ABSENT) {
            crew.activePlace = active.size();
            active.add(crew);
        } else if (!isActive && crew.activePlace != Heap.ABSENT) {
            var moved = active.remove(active.size() - 1);
            if (moved != crew) {
                active.set(crew.activePlace, moved);
                moved.activePlace = crew.activePlace;
            }
            crew.activePlace = Heap.ABSENT;
        }
    }

    void setFree(boolean isFree) {
        crewsWithFreeSlots += isFree ? 1 : -1;
        if (isFree) {
            wake.run();
        }
    }

    void slotsFreed() {
        wake.run();
    }
}
