package dev.millrace.engine.scheduling;

import dev.millrace.engine.Hold;
import dev.millrace.engine.LaneKey;
import dev.millrace.engine.LimitStatus;
import dev.millrace.engine.Reply;
import dev.millrace.engine.ShardSettings;
import dev.millrace.engine.TenantConfig;
import dev.millrace.engine.TenantId;
import dev.millrace.engine.timer.Timers;
import dev.millrace.manifest.ConcurrencySpec;
import dev.millrace.manifest.ConcurrencyStrategy;
import dev.millrace.manifest.RateLimitSpec;
import dev.millrace.manifest.placement.PlacementSpec;
import dev.millrace.manifest.placement.Stickiness;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;

/**
 * The turns of one tenant. {@link #next} answers whose turn it is without taking anything; {@link #offered} takes it, and does
 * so again when a fact is replayed.
 */
public final class Scheduler {
    private record RoomName(List<Long> crews, int slots) {}

    private record CrewName(List<Integer> shapes, Map<String, String> labels) {}

    private record ShapeName(String workflow, String hash) {}

    private final Timers timers;
    private final Runnable wake;
    private final Windows windows;
    private final TenantId tenant;
    /** Services take turns at the top. */
    private final Flow top = Flow.top();

    private final Map<ShapeName, Shape> shapes = new HashMap<>();
    private final Map<String, Pause> pauses = new HashMap<>();
    private final Map<Kind, Lane> lanes = new HashMap<>();
    private final Map<String, ConcurrencyLimit> concurrencyLimits = new TreeMap<>();
    private final Map<String, RateLimit> rateLimits = new TreeMap<>();
    /** By their names. */
    private final Map<String, Gathering> gatherings = new HashMap<>();

    private final Map<CrewName, Crew> crews = new LinkedHashMap<>();
    /** Those that are in use, by their crews and slots. */
    private final Map<RoomName, Room> rooms = new HashMap<>();

    /** Crews with a free slot and somebody waiting. */
    private final List<Crew> active = new ArrayList<>();
    /** Limits that may have enough for somebody who waits there. */
    private final ArrayDeque<Limit> listed = new ArrayDeque<>();
    /** Buckets that have tokens which somebody left for another. */
    private final ArrayDeque<Bucket> contested = new ArrayDeque<>();
    /** Buckets where somebody was not called because tokens are saved for another, whose workers are others. */
    private final Set<Bucket> disputed = new LinkedHashSet<>();

    private final Labels labels = new Labels();
    /** Lanes whose tasks have to go to one worker, by its id. */
    private final Map<String, Set<Lane>> bound = new HashMap<>();

    private int crewsWithFreeSlots;
    private long workersJoined;
    private long crewsFormed;

    /** A scheduler that is alone in its shard. */
    Scheduler(Timers timers, Runnable wake) {
        this(timers, wake, new Windows(ShardSettings.Residence.DEFAULT), new TenantId(new UUID(0, 0)));
    }

    /**
     * A scheduler without tasks or workers.
     *
     * @param wake called when {@link #next} may have something to say that it had not before
     * @param windows of all tenants of the shard
     * @param tenant whose turns they are
     */
    public Scheduler(Timers timers, Runnable wake, Windows windows, TenantId tenant) {
        this.timers = timers;
        this.wake = wake;
        this.windows = windows;
        this.tenant = tenant;
    }

    /** The shape of that workflow with that hash; the workflow belongs to that service. */
    public Shape shape(String service, String workflow, String hash) {
        return shapes.computeIfAbsent(
                new ShapeName(workflow, hash),
                name -> new Shape(this, top.child(service), workflow, hash, shapes.size(), pause(workflow)));
    }

    private Pause pause(String workflow) {
        return pauses.computeIfAbsent(workflow, any -> new Pause(this, workflow));
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
                lane.uses.add(new Use(rateLimit(take.limit()).bucket(take.key()), i, take.cost()));
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
            var permits = permits(claim);
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
        } else if (lane.gathering != null && isGathered(lane)) {
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
        if (lane.gathering != null && isGathered(lane)) {
            lane.gathering.joined(task);
        }
    }

    private static boolean isGathered(Lane lane) {
        return lane.parked != null && lane.parked.limit == lane.gathering;
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
        if (lane.gathering != null && isGathered(lane)) {
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
        while (crewsWithFreeSlots > 0) {
            callListed(nowMicros);
            var turn = first();
            if (turn != null) {
                var lane = turn.seats.first().lane;
                var lacking = lacking(lane, nowMicros);
                if (lacking != null) {
                    park(lane, lacking, nowMicros);
                } else if (lane.gathering == null || lane.gathering.isOpen()) {
                    return new Offer(lane.head(), worker(lane), Optional.ofNullable(lane.gathering));
                } else {
                    lane.gathering.open();
                }
            } else if (contestsEnded || !endContests()) {
                if (!endDisputes(nowMicros)) {
                    return null;
                }
            } else {
                contestsEnded = true;
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

    private Turn first() {
        Turn first = null;
        for (int i = 0; i < active.size(); i++) {
            var turn = active.get(i).first();
            if (turn != null && (first == null || Queue.comesBefore(turn, first))) {
                first = turn;
            }
        }
        return first;
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
        var crowds = new LinkedHashMap<List<Object>, Reply.Crowd>();
        for (var lane : lanes.values()) {
            if (lane.waiting() > 0
                    && (workflow.isEmpty() || lane.kind.shape().workflow.equals(workflow))) {
                var since = lane.isEmpty() ? Explanation.instant(nowMicros) : queued.apply(lane.head());
                var hold = Explanation.ofLane(lane, since, nowMicros).holds().get(0);
                crowds.merge(
                        List.of(hold.gate(), hold.name(), hold.key()),
                        new Reply.Crowd(lane.waiting(), hold),
                        (one, other) -> new Reply.Crowd(one.tasks() + other.tasks(), older(one.hold(), other.hold())));
            }
        }
        return crowds.values().stream()
                .sorted(Comparator.comparingLong(Reply.Crowd::tasks)
                        .reversed()
                        .thenComparing(crowd -> crowd.hold().gate())
                        .thenComparing(crowd -> crowd.hold().name())
                        .thenComparing(crowd -> crowd.hold().key()))
                .toList();
    }

    private static Hold older(Hold one, Hold other) {
        return other.since().isBefore(one.since()) ? other : one;
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
        if (lane.parked == null) {
            hide(lane);
            answered(lane);
        } else {
            var limit = lane.parked.limit;
            lane.parked.remove(lane);
            limit.left(lane);
            list(limit);
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
            list(lane.parked.limit);
        }
    }

    /** It takes part again, and is parked again at its turn if it still lacks what it lacked. */
    void unpark(Lane lane) {
        if (lane.parked != null) {
            var limit = lane.parked.limit;
            lane.parked.remove(lane);
            limit.left(lane);
            list(limit);
            show(lane);
        }
    }

    private void park(Lane lane, Limit lacking, long nowMicros) {
        hide(lane);
        answered(lane);
        lane.parkedMicros = nowMicros;
        lacking.park(lane);
        lacking.parked(lane);
        list(lacking);
    }

    // ---- limits ----

    /** The newest definition of a rate limit. */
    public void define(RateLimitSpec spec, long nowMicros) {
        rateLimit(spec.name()).define(spec, nowMicros);
    }

    /**
     * The newest definition of a concurrency limit.
     *
     * @param name the limit's own, or the one made for it
     */
    public void define(String name, ConcurrencySpec spec) {
        concurrencyLimit(name).define(spec.limit(), spec.strategy());
    }

    /** What people have set holds from now on, and what manifests say where they have set nothing. */
    public void configure(TenantConfig config, long nowMicros) {
        config.concurrencyLimits().keySet().forEach(this::concurrencyLimit);
        concurrencyLimits
                .values()
                .forEach(limit -> limit.set(config.concurrencyLimits().getOrDefault(limit.name, 0)));
        config.rateLimits().keySet().forEach(this::rateLimit);
        rateLimits
                .values()
                .forEach(limit ->
                        limit.set(Optional.ofNullable(config.rateLimits().get(limit.name)), nowMicros));
        config.pausedWorkflows().keySet().forEach(this::pause);
        pauses.forEach((workflow, pause) ->
                pause.set(Optional.ofNullable(config.pausedWorkflows().get(workflow))));
    }

    /** How all limits stand. Changes nothing. */
    public List<LimitStatus> limits(long nowMicros) {
        var all = new ArrayList<LimitStatus>();
        concurrencyLimits.values().forEach(limit -> all.add(limit.status()));
        rateLimits.values().forEach(limit -> all.add(limit.status(nowMicros)));
        return all;
    }

    private RateLimit rateLimit(String name) {
        return rateLimits.computeIfAbsent(name, any -> new RateLimit(this, name));
    }

    private ConcurrencyLimit concurrencyLimit(String name) {
        return concurrencyLimits.computeIfAbsent(name, any -> new ConcurrencyLimit(this, name));
    }

    private Permits permits(Kind.Claim claim) {
        return concurrencyLimit(claim.limit()).permits(claim.key());
    }

    /**
     * Somebody began who needs these permits.
     *
     * @param sinceMicros when; {@link HoldTimes#UNKNOWN} when that is not known any more
     */
    public void hold(List<Kind.Claim> claims, Holder holder, long sinceMicros) {
        for (int i = 0; i < claims.size(); i++) {
            permits(claims.get(i)).hold(holder, sinceMicros);
        }
    }

    /** Somebody has ended who held these permits. */
    public void release(List<Kind.Claim> claims, Holder holder, long nowMicros) {
        for (int i = 0; i < claims.size(); i++) {
            permits(claims.get(i)).release(holder, nowMicros);
        }
    }

    /** How somebody comes who wants a permit. */
    public enum Arrival {
        NEW,
        /** It has been let go on before: it gave its permit back for a time, or lost its worker. */
        AGAIN,
        /** It is put back as it was, and nobody has to go because of it. */
        RESTORED
    }

    /**
     * Somebody wants a permit, or has one. Matters only where those beyond the limit are cancelled.
     *
     * @return who has to go because of it: the newcomer or the oldest
     */
    public Optional<Holder> contend(Kind.Claim claim, Holder holder, Arrival arrival) {
        return Optional.ofNullable(permits(claim).contend(holder, arrival));
    }

    /** Whether somebody who has or wants one of these permits may have to go because of others. */
    public boolean cancels(List<Kind.Claim> claims) {
        for (int i = 0; i < claims.size(); i++) {
            if (concurrencyLimit(claims.get(i).limit()).strategy() != ConcurrencyStrategy.QUEUE) {
                return true;
            }
        }
        return false;
    }

    /** How many may hold a permit at once, for each value of the key. */
    public int limit(String name) {
        return concurrencyLimit(name).limit();
    }

    /** It wants none any more. */
    public void withdraw(List<Kind.Claim> claims, Holder holder, long nowMicros) {
        for (int i = 0; i < claims.size(); i++) {
            permits(claims.get(i)).withdraw(holder, nowMicros);
        }
    }

    /** How many permits of a concurrency limit are held for a value of its key. */
    public int held(Kind.Claim claim) {
        return permits(claim).held();
    }

    /** Nobody takes tokens of a limit before an instant. */
    public void close(String limit, String key, long untilMicros) {
        var bucket = rateLimit(limit).bucket(key);
        bucket.close(untilMicros);
        list(bucket);
    }

    /**
     * Somebody who took tokens of a limit really took more, or less.
     *
     * @param more how many more; negative for those that go back
     */
    public void settle(String limit, String key, long more, long nowMicros) {
        var bucket = rateLimit(limit).bucket(key);
        bucket.settle(more, nowMicros);
        list(bucket);
    }

    /** Puts a bucket back as it was stored. */
    public void restore(String limit, String key, long level, long atMicros, long closedUntilMicros) {
        var bucket = rateLimit(limit).bucket(key);
        bucket.restore(level, atMicros, closedUntilMicros);
        bucket.forgetIfUnused(atMicros);
    }

    /** The most tokens of a rate limit that can be taken at once. */
    public long burst(String limit) {
        return rateLimit(limit).burst();
    }

    /** Whether a version names a rate limit. */
    public boolean hasRateLimit(String name) {
        return rateLimits.containsKey(name);
    }

    /** The buckets that differ from new ones, in the order of their names and keys. */
    public List<Bucket> usedBuckets(long nowMicros) {
        var used = new ArrayList<Bucket>();
        for (var limit : rateLimits.values()) {
            for (var bucket : limit.all()) {
                if (bucket.isUsed(nowMicros)) {
                    used.add(bucket);
                }
            }
        }
        return used;
    }

    /** Somebody who waits at the limit may find enough. */
    void list(Limit limit) {
        if (!limit.listed) {
            limit.listed = true;
            timers.cancel(limit);
            listed.add(limit);
            wake.run();
        }
    }

    private void callListed(long nowMicros) {
        while (!listed.isEmpty()) {
            var limit = listed.remove();
            limit.listed = false;
            if (limit.hasWaiters()) {
                limit.call(nowMicros);
            } else {
                limit.forgetIfUnused(nowMicros);
            }
        }
    }

    void contested(Bucket bucket) {
        contested.add(bucket);
    }

    /** All that could go have gone: tokens that were left for somebody who could not go are anybody's. */
    private boolean endContests() {
        if (contested.isEmpty()) {
            return false;
        }
        while (!contested.isEmpty()) {
            contested.remove().contestOver();
        }
        return true;
    }

    void disputed(Bucket bucket) {
        disputed.add(bucket);
    }

    /** Where tokens are saved no more for the one that others were held back for, they are called; returns whether any are. */
    private boolean endDisputes(long nowMicros) {
        boolean any = false;
        for (var each = disputed.iterator(); each.hasNext(); ) {
            var bucket = each.next();
            if (!bucket.isDisputed() || !bucket.hasWaiters()) {
                each.remove();
            } else if (bucket.isFreeForSomebody(nowMicros)) {
                each.remove();
                list(bucket);
                any = true;
            }
        }
        return any;
    }

    void set(Limit limit, long atMicros) {
        timers.set(limit, atMicros);
    }

    void cancel(Limit limit) {
        timers.cancel(limit);
    }

    // ---- workers ----

    /** Some tasks will ask for workers like this; returns whether workers have to join again, because it matters how they differ. */
    public boolean ask(PlacementSpec placement) {
        return labels.ask(placement);
    }

    /** The tasks that have to go to a worker and wait; in the order of their lanes. */
    public List<Ready> boundTo(String worker) {
        var tasks = new ArrayList<Ready>();
        for (var lane : bound.getOrDefault(worker, Set.of())) {
            lane.addAllTo(tasks);
        }
        return tasks;
    }

    /**
     * A worker takes tasks of these shapes from now on.
     *
     * @param id of the worker
     * @param all its labels
     */
    public void join(WorkerSlots worker, Collection<Shape> served, String id, Map<String, String> all) {
        var byNumber = new TreeMap<Integer, Shape>();
        for (var shape : served) {
            byNumber.put(shape.number, shape);
        }
        if (byNumber.isEmpty()) {
            return;
        }
        var matter = labels.of(id, all);
        var crew = crews.computeIfAbsent(
                new CrewName(List.copyOf(byNumber.keySet()), matter),
                name -> newCrew(List.copyOf(byNumber.values()), matter));
        worker.crew = crew;
        worker.order = ++workersJoined;
        crew.join(worker);
        wake.run(); // the others of its crew may have had room, but not enough for what takes several slots
    }

    private Crew newCrew(List<Shape> served, Map<String, String> matter) {
        var crew = new Crew(this, served, matter, ++crewsFormed);
        for (var shape : served) {
            shape.crews.add(crew);
            shape.crewsChanged();
            for (var lane : shape.lanes) {
                crew.seat(lane);
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
        wake.run(); // it may have kept slots for somebody who has to look elsewhere now
        if (crew.workers.isEmpty()) {
            crews.values().remove(crew);
            crew.close();
            rooms.keySet().removeIf(room -> room.crews().contains(crew.number));
        }
    }

    /** The only room with these crews and slots. */
    Room room(List<Crew> serving, int slots) {
        var numbers = new ArrayList<Long>(serving.size());
        for (var crew : serving) {
            numbers.add(crew.number);
        }
        return rooms.computeIfAbsent(new RoomName(numbers, slots), name -> new Room(List.copyOf(serving), slots));
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
