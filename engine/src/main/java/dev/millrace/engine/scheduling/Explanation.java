package dev.millrace.engine.scheduling;

import dev.millrace.engine.Hold;
import dev.millrace.engine.Hold.Gate;
import dev.millrace.engine.Reply;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Asks every gate about one task that waits in a lane. Changes nothing. */
final class Explanation {
    private final Lane lane;
    private final Instant queued;
    private final long nowMicros;
    private final long aheadInLane;

    Explanation(Ready task, Instant queued, long nowMicros) {
        this(task.lane, queued, nowMicros, task.lane.ahead(task));
    }

    private Explanation(Lane lane, Instant queued, long nowMicros, long aheadInLane) {
        this.lane = lane;
        this.queued = queued;
        this.nowMicros = nowMicros;
        this.aheadInLane = aheadInLane;
    }

    /** Of a task whose run is out of memory: at most all others in its lane go before it. */
    static Explanation ofSpilled(Lane lane, Instant queued, long nowMicros) {
        return new Explanation(lane, queued, nowMicros, Math.max(0, lane.waiting() - 1));
    }

    /** Of the tasks of a lane as a whole, for whom it is the turn of the first. */
    static Explanation ofLane(Lane lane, Instant queued, long nowMicros) {
        return new Explanation(lane, queued, nowMicros, 0);
    }

    List<Hold> holds() {
        var holds = new ArrayList<Hold>();
        var pause = lane.shape.pause;
        if (lane.kind.entry() && pause.lacks(lane, null, nowMicros)) {
            holds.add(pause.hold(lane, null, this));
        }
        for (int i = 0; i < lane.uses.size() && !lane.isEmpty(); i++) {
            var use = lane.uses.get(i);
            if (use.limit().lacks(lane, use, nowMicros)) {
                holds.add(use.limit().hold(lane, use, this));
            }
        }
        workers(holds);
        if (holds.isEmpty() && lane.isEmpty()) {
            holds.add(beingRead(queued));
        }
        if (holds.isEmpty() && waitsForItsTurn()) {
            var limit = lane.parked.limit;
            holds.add(limit.hold(lane, limit.use(lane), this));
        }
        if (holds.isEmpty()) {
            holds.add(hold(
                    Gate.NOTHING,
                    "Nothing holds it back, and still it waits. That is a fault of the scheduler: please report it."));
        }
        return holds;
    }

    /** Its lane has tasks, and all of them are out of memory. That lasts as long as the store takes to answer. */
    static Hold beingRead(Instant queued) {
        return new Hold(
                Gate.READING,
                "",
                "",
                queued,
                Instant.MAX,
                0,
                0,
                0,
                List.of(),
                "Goes on when older tasks of its kind, which are being read from the database, have gone.");
    }

    /**
     * Whether what is left of the limit is for others of those that wait there: it is their turn, and what they need is saved for them;
     * or its own turn comes with the next tick.
     */
    private boolean waitsForItsTurn() {
        return lane.parked != null
                && !lane.isEmpty()
                && (lane.parked.called != null
                        || lane.parked.first() != lane
                        || lane.parked.limit.isAboutToCall(nowMicros));
    }

    /** Those that the same gate holds back together, the largest crowd first; of one workflow, or of all where its name is empty. */
    static List<Reply.Crowd> crowds(
            Collection<Lane> lanes, String workflow, Function<Ready, Instant> queued, long nowMicros) {
        var crowds = new LinkedHashMap<List<Object>, Reply.Crowd>();
        for (var lane : lanes) {
            if (lane.waiting() > 0
                    && (workflow.isEmpty() || lane.kind.shape().workflow.equals(workflow))) {
                var since = lane.isEmpty() ? instant(nowMicros) : queued.apply(lane.head());
                var hold = ofLane(lane, since, nowMicros).holds().get(0);
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

    private void workers(List<Hold> holds) {
        var shape = lane.shape;
        var room = lane.room;
        if (!lane.kind.worker().isEmpty() && !room.isFree()) {
            holds.add(bound());
        } else if (!lane.kind.build().isEmpty() && !room.isFree()) {
            holds.add(pinned());
        } else if (!shape.isServed()) {
            holds.add(hold(
                    Gate.NO_COMPATIBLE_WORKER,
                    "Goes on when a worker connects that serves this version of '" + shape.workflow
                            + "' or one of equal shape."));
        } else if (shape.crews.stream().noneMatch(crew -> lane.kind.isMetBy(crew.labels))) {
            holds.add(hold(
                    Gate.NO_MATCHING_WORKER,
                    "It requires a worker whose label "
                            + lane.kind.placement().requires().stream()
                                    .map(Object::toString)
                                    .collect(Collectors.joining(", and whose label "))
                            + "; none that serves '" + shape.workflow
                            + "' is so. Start one, or change the requirement."));
        } else if (room.largest() < lane.slots) {
            holds.add(hold(
                    Gate.NO_WORKER_LARGE_ENOUGH,
                    "It takes " + slots() + ", and no worker that serves it has as many. Start one with more."));
        } else if (!room.isFree()) {
            holds.add(slotsTaken());
        }
    }

    private Hold bound() {
        return new Hold(
                Gate.STICKY_WORKER,
                lane.kind.worker(),
                "",
                since(),
                Instant.MAX,
                aheadInLane,
                0,
                0,
                List.of(),
                "It has to go to worker " + lane.kind.worker()
                        + ", where its run was last. Goes on when that has room, or when" + " it has left for good.");
    }

    private Hold pinned() {
        return new Hold(
                Gate.PINNED_BUILD,
                lane.kind.build(),
                "",
                since(),
                Instant.MAX,
                aheadInLane,
                0,
                0,
                List.of(),
                "Its run has begun on build '" + lane.kind.build() + "' of '" + lane.shape.workflow
                        + "' and goes on there while workers of it last. Goes on when one of them has room, or when the"
                        + " last of them has left.");
    }

    private Hold slotsTaken() {
        long total = 0;
        long free = 0;
        for (var crew : lane.room.crews) {
            total += crew.total();
            free += crew.free();
        }
        return new Hold(
                Gate.SLOTS_TAKEN,
                lane.shape.workflow,
                "",
                since(),
                Instant.MAX,
                aheadInLane,
                total - free,
                total,
                List.of(),
                "Goes on when " + slots() + (lane.slots == 1 ? " is" : " are")
                        + " free on a worker that serves it and it is its turn. Add workers or slots.");
    }

    private String slots() {
        var kind = lane.kind.slotKind();
        return lane.slots + (lane.slots == 1 ? " slot" : " slots") + (kind.isEmpty() ? "" : " of kind '" + kind + "'");
    }

    private Hold hold(Gate gate, String help) {
        return new Hold(gate, lane.shape.workflow, "", since(), Instant.MAX, aheadInLane, 0, 0, List.of(), help);
    }

    /** Since when it waits here, as far as is known. */
    Instant since() {
        var parked = lane.parked == null ? Instant.MIN : instant(lane.parkedMicros);
        return parked.isAfter(queued) ? parked : queued;
    }

    /** Since when it has queued. */
    Instant queued() {
        return queued;
    }

    long aheadInLane() {
        return aheadInLane;
    }

    long nowMicros() {
        return nowMicros;
    }

    static Instant instant(long micros) {
        return micros == Long.MAX_VALUE ? Instant.MAX : Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }
}
