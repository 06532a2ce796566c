package dev.millrace.engine.scheduling;

/** A lane's use of a rate limit, and its place among the lanes that wait for tokens of it. */
final class Wait {
    final Lane lane;
    final Bucket bucket;
    final long cost;
    int place = Heap.ABSENT;
    /** Virtual time of the bucket at which the lane's next task starts. */
    long start;

    Wait(Lane lane, Bucket bucket, long cost) {
        this.lane = lane;
        this.bucket = bucket;
        this.cost = cost;
    }

    boolean before(Wait other) {
        if (start != other.start) {
            return start < other.start;
        }
        if (lane.flow.priority() != other.lane.flow.priority()) {
            return lane.flow.priority().compareTo(other.lane.flow.priority()) > 0;
        }
        return lane.head().compareAge(other.lane.head()) < 0;
    }
}
