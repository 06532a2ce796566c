package dev.millrace.engine.scheduling;

import dev.millrace.engine.LaneKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Ready tasks that are alike to every gate, oldest run first; when there are many, only the oldest take part. */
public final class Lane {
    final Kind kind;
    final Shape shape;
    /** Changes when crews come or go. */
    Room room;

    final Flow flow;
    final int slots;
    /** What of which limits a task needs, all at once. */
    final List<Use> uses = new ArrayList<>(0);
    /** One for every crew that serves it. */
    final List<Seat> seats = new ArrayList<>(2);
    /** Where it waits for a limit; else null. */
    Berth parked;
    /** Its place there while others wait in the same berth. */
    Seat seat;
    /** What it lacked when it was parked last; null when it has not been since it had tasks. */
    Limit lacked;
    /** Since when that is what it lacks: it may have been called in vain meanwhile. */
    long parkedMicros;
    /** Whence it was called, to take what has become free there; else null. */
    Berth called;
    /** Whether it takes part in the turns: it has tasks and is not parked. */
    boolean shown;

    /** How much had been taken there by then. */
    long servedWhenCalled;
    /** How often it was called since one of its tasks went last, and found that others had taken something else that it needs. */
    int passedOver;
    /** How long all that it needs was last kept for it. */
    long precedenceMicros;

    /** Where its tasks wait for others to share a call; null where every attempt has its own. */
    Gathering gathering;

    private final Order ready = new Order();
    /** What of its tasks is in memory and may go. */
    final Window window;

    Lane(Kind kind, Window window) {
        this.kind = kind;
        this.slots = kind.slots();
        this.shape = kind.shape();
        this.room = shape.room(kind);
        this.flow = shape.flow(kind.priority(), kind.fairness());
        this.window = window;
        flow.join();
    }

    /** Its name in the tenant, of at most {@link Kind#LONGEST_NAME} characters: the same wherever and whenever it is made again. */
    public String name() {
        return kind.name();
    }

    /** What it is called in what is stored. */
    public LaneKey key() {
        return window.key();
    }

    /** How many of its tasks may go. */
    public int size() {
        return ready.size();
    }

    /** Since when the one of them has queued that has queued longest; linear in their number. */
    long oldestMicros() {
        return ready.oldestMicros();
    }

    /** How many runs wait behind those: in memory, and out of it. */
    public int behind() {
        return window.beyond.size() + window.spilled();
    }

    /** How many tasks wait in it, those of runs that are out of memory counted as one each. */
    long waiting() {
        return (long) ready.size() + behind();
    }

    /** What all that wait in it need together of something; runs that are out of memory need as much as the others on average. */
    long needed(Use use) {
        if (use.amount() > 0) {
            return Tokens.multiplyDivide(use.amount(), waiting(), 1, false);
        }
        var tasks = new ArrayList<Ready>();
        addAllTo(tasks);
        long known = 0;
        for (var task : tasks) {
            known = Limit.saturatedSum(known, use.amount(task));
        }
        return tasks.isEmpty() ? 0 : Tokens.multiplyDivide(known, waiting(), tasks.size(), true);
    }

    boolean isEmpty() {
        return ready.isEmpty();
    }

    /** The oldest task; the lane must not be empty. */
    Ready head() {
        return ready.head();
    }

    /** Whether it is the turn of one before the other's; both have tasks. */
    static boolean comesBefore(Lane one, Lane other) {
        int order = Flow.compare(one.flow, other.flow);
        return order != 0 ? order < 0 : one.head().compareAge(other.head()) < 0;
    }

    /** How many of its tasks are older, as far as they are in memory. */
    int ahead(Ready task) {
        return ready.ahead(task) + window.beyond.ahead(task);
    }

    /** Those of its tasks that are in memory. */
    void addAllTo(Collection<Ready> tasks) {
        tasks.addAll(ready.sorted());
        tasks.addAll(window.beyond.sorted());
    }

    /** Fewer of its tasks may be in memory than might before. */
    void shrink() {
        window.shrink(ready);
    }

    /** Whether it has no tasks, in memory or out of it. */
    boolean isIdle() {
        return ready.isEmpty() && window.isIdle();
    }

    /** Takes a task in; false when it has to wait for older ones that are not in memory. */
    boolean add(Ready task) {
        task.lane = this;
        window.counts(ready);
        window.takesIn(ready);
        if (window.isBeyond(task)) {
            window.beyond.add(task);
            return false;
        }
        ready.add(task);
        window.bound(ready, task);
        return !task.isBeyond();
    }

    /** Lets a task take part that had to wait for older ones. */
    void letIn(Ready task) {
        window.beyond.remove(task);
        ready.add(task);
    }

    void remove(Ready task) {
        task.order.remove(task);
        task.lane = null;
        window.counted(ready);
    }
}
