package dev.millrace.engine.scheduling;

import dev.millrace.engine.Hold;
import dev.millrace.engine.LaneKey;
import dev.millrace.engine.Reply;
import dev.millrace.engine.ShardSettings;
import dev.millrace.engine.TenantId;
import dev.millrace.engine.timer.Timers;
import dev.millrace.manifest.placement.Stickiness;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;

/**
 * The turns of one tenant. {@link #next} answers whose turn it is without taking anything; {@link #offered} takes it, and does
 * so again when a fact is replayed.
 */
public final class Scheduler {
    private record ShapeName(String workflow, String hash) {}

    private final Runnable wake;
    private final Windows windows;
    private final Limits limits;
    private final Crews crews;
    private final Precedence precedence;
    private final TenantId tenant;
    /** Services take turns at the top. */
    private final Flow top = Flow.top();

    private final Map<ShapeName, Shape> shapes = new HashMap<>();
    private final Map<Kind, Lane> lanes = new HashMap<>();
    /** By their names. */
    private final Map<String, Gathering> gatherings = new HashMap<>();

    /** Lanes whose tasks have to go to one worker, by its id. */
    private final Map<String, Set<Lane>> bound = new HashMap<>();

    /** A scheduler that is alone in its shard. */
    Scheduler(Timers timers, Runnable wake) {
        this(
                timers,
                wake,
                new Windows(ShardSettings.Residence.DEFAULT),
                new TenantId(new UUID(0, 0)),
                ShardSettings.PATIENCE);
    }

    /**
     * A scheduler without tasks or workers.
     *
     * @param wake called when {@link #next} may have something to say that it had not before
     * @param windows of all tenants of the shard
     * @param tenant whose turns they are
     * @param patience how often somebody is passed over before all that it needs is kept for it
     */
    public Scheduler(Timers timers, Runnable wake, Windows windows, TenantId tenant, int patience) {
        this.wake = wake;
        this.windows = windows;
        this.tenant = tenant;
        this.limits = new Limits(this, timers, wake);
        this.crews = new Crews(this, wake);
        this.precedence = new Precedence(limits, timers, patience);
    }

    /** What is scarce. */
    public Limits limits() {
        return limits;
    }

    /** Who is passed over no more. */
    Precedence precedence() {
        return precedence;
    }

    /** Who works. */
    public Crews crews() {
        return crews;
    }

    /** The shape of that workflow with that hash; the workflow belongs to that service. */
    public Shape shape(String service, String workflow, String hash) {
        return shapes.computeIfAbsent(
                new ShapeName(workflow, hash),
                name -> new Shape(this, top.child(service), workflow, hash, shapes.size(), limits.pause(workflow)));
    }

    /** Where tasks of this kind wait; for the caller to keep while no key is part of it, and for a single task else. */
    public Lane lane(Kind kind) {
        var lane = lanes.get(kind);
        if (lane == null) {
            lane = new Lane(kind, windows.of(LaneKey.of(tenant, kind.name())));
            lane.window.open(this, lane);
            claim(lane, kind.runClaims());
            claim(lane, kind.claims());
            for (int i = 0; i < kind.takes().size(); i++) {
                var take = kind.takes().get(i);
                lane.uses.add(new Use(limits.rateLimit(take.limit()).bucket(take.key()), i, take.cost()));
            }
            gather(lane);
            for (var use : lane.uses) {
                use.limit().join();
            }
            lanes.put(kind, lane);
            if (!kind.worker().isEmpty()) {
                bound.computeIfAbsent(kind.worker(), any -> new LinkedHashSet<>())
                        .add(lane);
            }
            kind.shape().lanes.add(lane);
            for (var crew : kind.shape().crews) {
                crew.seat(lane);
            }
        }
        return lane;
    }

    /** Asked last, so that only those wait there for others who lack nothing else. */
    private void gather(Lane lane) {
        if (lane.kind.gather().isEmpty()) {
            return;
        }
        var name = lane.kind.gatheringName();
        lane.gathering = gatherings.computeIfAbsent(
                name,
                any -> new Gathering(
                        this,
                        name,
                        lane.kind.isGatheredByKey() ? name : "",
                        lane.kind.gather().get(),
                        () -> gatherings.remove(name)));
        lane.uses.add(new Use(lane.gathering, -1, 1));
        lane.seats.add(new Seat(lane, lane.gathering.queue.turn(lane.flow)));
    }

    /** As {@link #lane(Kind)}; the newest weight of its key holds. */
    public Lane lane(Kind kind, double weight) {
        var lane = lane(kind);
        if (!kind.fairness().isEmpty()) {
            lane.flow.weigh(weight);
        }
        return lane;
    }

    /** A permit that is needed twice, by the run and by its step, is two. */
    private void claim(Lane lane, List<Kind.Claim> claims) {
        for (var claim : claims) {
            var permits = limits.permits(claim);
            int amount = 1;
            for (int i = lane.uses.size() - 1; i >= 0; i--) {
                if (lane.uses.get(i).limit() == permits) {
                    lane.uses.remove(i);
                    amount = 2;
                }
            }
            lane.uses.add(new Use(permits, -1, amount));
        }
    }

    // ---- tasks ----

    /** A task became ready. */
    public void queue(Ready task, Lane lane) {
        boolean wasEmpty = lane.isEmpty();
        if (lane.add(task)) {
            tookIn(task, lane, wasEmpty);
        } else if (isGathered(lane)) {
            lane.gathering.crowded();
        } else if (lane.window.isLow(lane.size())) {
            refill(lane, 0);
        }
    }

    private void tookIn(Ready task, Lane lane, boolean wasEmpty) {
        if (wasEmpty) {
            show(lane);
        } else if (lane.head() == task) {
            headMoved(lane);
        }
        if (isGathered(lane)) {
            lane.gathering.joined(lane, task);
        }
    }

    /** None of its tasks that are in memory is to take part any more. */
    void empties(Lane lane) {
        withdraw(lane);
    }

    /** Some of its tasks may not go any more before older ones have. */
    void trimmed(Lane lane) {
        if (isGathered(lane)) {
            lane.gathering.crowded();
        }
    }

    /** Whether it waits for others to share a call with. */
    private static boolean isGathered(Lane lane) {
        return lane.gathering != null && lane.parked != null && lane.parked.limit == lane.gathering;
    }

    /**
     * Lets tasks take part that had to wait for older ones, as far as those have come in.
     *
     * @param leaving how many of those that take part are about to leave
     */
    void refill(Lane lane, int leaving) {
        for (var next = lane.window.next(lane.size() - leaving);
                next.isPresent();
                next = lane.window.next(lane.size() - leaving)) {
            boolean wasEmpty = lane.isEmpty();
            lane.letIn(next.get());
            tookIn(next.get(), lane, wasEmpty);
        }
    }

    /** A task does not wait any more. */
    public void unqueue(Ready task, long nowMicros) {
        var lane = task.lane;
        remove(task, lane);
        if (lane.isIdle()) {
            drop(lane, nowMicros);
        }
    }

    private void remove(Ready task, Lane lane) {
        if (task.isBeyond()) {
            lane.remove(task);
            return;
        }
        if (lane.window.isLow(lane.size() - 1)) {
            refill(lane, 1);
        }
        boolean wasHead = lane.head() == task;
        if (lane.size() == 1) {
            withdraw(lane);
        }
        lane.remove(task);
        if (wasHead && !lane.isEmpty()) {
            headMoved(lane);
        }
        if (isGathered(lane)) {
            lane.gathering.left(lane);
        }
    }

    /** There may be any number of keys, so what is empty is not kept. */
    private void drop(Lane lane, long nowMicros) {
        if (!lane.kind.isKeyed()) {
            return;
        }
        lanes.remove(lane.kind);
        windows.forget(lane.window);
        if (!lane.kind.worker().isEmpty()) {
            var others = bound.get(lane.kind.worker());
            others.remove(lane);
            if (others.isEmpty()) {
                bound.remove(lane.kind.worker());
            }
        }
        lane.shape.lanes.remove(lane);
        lane.flow.leave();
        for (var use : lane.uses) {
            use.limit().leave(nowMicros);
        }
    }

    /** A task was offered: it leaves its lane, its flow has had its turn, its tokens are gone. */
    public void offered(Ready task, long nowMicros) {
        var lane = task.lane;
        for (int i = 0; i < lane.uses.size(); i++) {
            var use = lane.uses.get(i);
            if (use.limit() instanceof Bucket bucket) {
                bucket.take(lane, use.amount(task), nowMicros);
            } else {
                use.limit().charge(lane, 1);
            }
        }
        precedence.over(lane);
        remove(task, lane);
        for (int i = 0; i < lane.seats.size(); i++) {
            if (lane.seats.get(i).turn.queue instanceof Line line) {
                line.crew.endReservation(line);
            }
        }
        lane.flow.charge(lane.slots);
        answered(lane);
        if (lane.isIdle()) {
            drop(lane, nowMicros);
        }
    }

    /** Whose turn it is; null when nothing that waits can go now. Changes nothing that is stored. */
    public Offer next(long nowMicros) {
        boolean contestsEnded = false;
        precedence.next(nowMicros);
        while (crews.isAnyFree()) {
            limits.callListed(nowMicros);
            var turn = crews.first();
            if (turn != null) {
                var lane = turn.seats.first().lane;
                var lacking = lacking(lane, nowMicros);
                if (lacking != null) {
                    if (isPassedOver(lane, lacking)) {
                        precedence.passedOver(lane, nowMicros);
                    }
                    park(lane, lacking, nowMicros);
                } else if (lane.gathering == null || lane.gathering.isOpen()) {
                    return new Offer(lane.head(), worker(lane), Optional.ofNullable(lane.gathering));
                } else {
                    lane.gathering.open();
                }
            } else if (!contestsEnded && limits.endContests()) {
                contestsEnded = true;
            } else if (!limits.endPromises() && !limits.endDisputes(nowMicros)) {
                return null;
            }
        }
        return null;
    }

    /**
     * Who goes together with those that were offered just now, in one call on the same worker; null when there is nobody else.
     * Whoever lacks something is parked, as at its turn.
     *
     * @param first the first that was offered of them
     */
    public Offer beside(Offer first, long nowMicros) {
        var queue = first.gathering().orElseThrow().queue;
        for (var lane = queue.firstLane(); lane != null; lane = queue.firstLane()) {
            var lacking = lacking(lane, nowMicros);
            if (lacking == null) {
                return new Offer(lane.head(), first.worker(), first.gathering());
            }
            park(lane, lacking, nowMicros);
        }
        return null;
    }

    /** All have been offered that go together. */
    public void gathered(Offer first) {
        first.gathering().orElseThrow().close();
    }

    /** The worker where the run was last, if that matters and there is room; else the one that suits best. */
    private static WorkerSlots worker(Lane lane) {
        if (lane.kind.placement().sticky() != Stickiness.NONE) {
            var last = lane.head().lastWorker();
            if (last != null && lane.room.isFree(last)) {
                return last;
            }
        }
        return lane.room.worker(lane.kind);
    }

    /**
     * Whether it was called because there was enough of something, and lacks something else now; or it waited for a worker for so long
     * that more than all there is has been taken by others.
     */
    private static boolean isPassedOver(Lane lane, Limit lacking) {
        return lane.called != null
                && (lane.called.limit != lacking || lacking.served - lane.servedWhenCalled > lacking.capacity());
    }

    /** All that a task needs of limits is decided at once: it gets all of it, or nothing. The first that lacks; null for none. */
    private static Limit lacking(Lane lane, long nowMicros) {
        if (lane.kind.entry()) {
            var pause = lane.shape.pause;
            if (pause.lacks(lane, null, nowMicros)) {
                return pause;
            }
        }
        for (int i = 0; i < lane.uses.size(); i++) {
            var use = lane.uses.get(i);
            if (use.limit().lacks(lane, use, nowMicros)) {
                return use.limit();
            }
        }
        return null;
    }

    /**
     * What a waiting task waits for, gate by gate. Changes nothing.
     *
     * @param queued since when it has waited
     */
    public List<Hold> holds(Ready task, Instant queued, long nowMicros) {
        return new Explanation(task, queued, nowMicros).holds();
    }

    /**
     * What a task waits for whose run is out of memory: the gates before which its lane stands. Changes nothing.
     *
     * @param lane where it queues
     * @param queued since when it has waited
     */
    public List<Hold> holds(LaneKey lane, Instant queued, long nowMicros) {
        return windows.lane(lane)
                .map(known -> Explanation.ofSpilled(known, queued, nowMicros).holds())
                .orElseGet(() -> List.of(Explanation.beingRead(queued)));
    }

    /**
     * What the waiting tasks of a workflow wait for: those that the same gate holds back together, the largest crowd first. Each is
     * counted under the first gate that holds it back; of runs that are out of memory each counts as one. Changes nothing.
     *
     * @param workflow empty for all
     * @param queued since when a task has waited
     */
    public List<Reply.Crowd> crowds(String workflow, Function<Ready, Instant> queued, long nowMicros) {
        return Explanation.crowds(lanes.values(), workflow, queued, nowMicros);
    }

    /** The tasks that have to go to a worker and wait; in the order of their lanes. */
    public List<Ready> boundTo(String worker) {
        var tasks = new ArrayList<Ready>();
        for (var lane : bound.getOrDefault(worker, Set.of())) {
            lane.addAllTo(tasks);
        }
        return tasks;
    }

    // ---- lanes ----

    void show(Lane lane) {
        lane.shown = true;
        lane.flow.show();
        for (int i = 0; i < lane.seats.size(); i++) {
            lane.seats.get(i).take();
        }
        wake.run();
    }

    private void hide(Lane lane) {
        lane.shown = false;
        lane.flow.hide();
        for (int i = 0; i < lane.seats.size(); i++) {
            lane.seats.get(i).leave();
        }
        if (lane.gathering != null) {
            lane.gathering.hidden();
        }
    }

    /** The lane is about to be empty. */
    private void withdraw(Lane lane) {
        lane.lacked = null;
        precedence.over(lane);
        if (lane.parked == null) {
            hide(lane);
            answered(lane);
        } else {
            var limit = lane.parked.limit;
            lane.parked.remove(lane);
            limit.left(lane);
            limits.list(limit);
        }
    }

    /** Whoever was called has had its turn. */
    private static void answered(Lane lane) {
        if (lane.called != null) {
            lane.called.answered();
        }
    }

    private void headMoved(Lane lane) {
        if (lane.parked == null) {
            for (int i = 0; i < lane.seats.size(); i++) {
                lane.seats.get(i).moved();
            }
        } else {
            lane.parked.headMoved(lane);
            limits.list(lane.parked.limit);
            lane.parked.limit.sortOut(lane);
        }
    }

    /** It takes part again, and is parked again at its turn if it still lacks what it lacked. */
    void unpark(Lane lane) {
        if (lane.parked != null) {
            var limit = lane.parked.limit;
            lane.parked.remove(lane);
            limit.left(lane);
            limits.list(limit);
            show(lane);
        }
    }

    private void park(Lane lane, Limit lacking, long nowMicros) {
        hide(lane);
        answered(lane);
        if (lane.lacked != lacking) {
            lane.lacked = lacking;
            lane.parkedMicros = nowMicros;
        }
        lacking.park(lane);
        lacking.parked(lane);
        limits.list(lacking);
    }
}
