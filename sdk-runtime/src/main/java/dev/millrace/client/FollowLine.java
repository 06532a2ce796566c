package dev.millrace.client;

import dev.millrace.connection.Uuids;
import dev.millrace.wire.runs.v1.ClientFrame;
import dev.millrace.wire.runs.v1.Follow;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import java.util.function.LongPredicate;

/**
 * The line in which follows wait until the control plane is told of them. It follows a bounded number of runs for one stream, so a
 * process that waits for more of them tells it of the next when one has ended. Guarded by its owner.
 */
final class FollowLine {
    /** Half of what the control plane takes for one stream; the other half is left to runs that are followed from their start. */
    static final int MOST_SAID = 100_000;

    private final int most;
    private final Set<Long> said = new HashSet<>();
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private final Deque<Waiting> stops = new ArrayDeque<>();

    private record Waiting(long correlation, UUID run) {
        Follow.Builder frame() {
            return Follow.newBuilder().setCorrelation(correlation).setRunId(Uuids.bytes(run));
        }
    }

    /** @param most so many are told of at a time */
    FollowLine(int most) {
        this.most = most;
    }

    void add(long correlation, UUID run) {
        waiting.add(new Waiting(correlation, run));
    }

    /** The control plane need not say any more how a run ends. */
    void stop(long correlation, UUID run) {
        said.remove(correlation);
        stops.add(new Waiting(correlation, run));
    }

    /** An answer came. */
    void answered(long correlation) {
        said.remove(correlation);
    }

    /** A new stream has been told of nothing. */
    void clear() {
        said.clear();
        waiting.clear();
        stops.clear();
    }

    /** Whether there is something to say now. */
    boolean ready() {
        return !stops.isEmpty() || !waiting.isEmpty() && said.size() < most;
    }

    /** Puts into a frame what is to be said; what nobody waits for any more is left out. */
    void fill(ClientFrame.Builder frame, LongPredicate wanted) {
        while (frame.getFollowsCount() < RunBook.MOST_ITEMS && ready()) {
            if (!stops.isEmpty()) {
                frame.addFollows(stops.poll().frame().setStop(true));
                continue;
            }
            var next = waiting.poll();
            if (wanted.test(next.correlation())) {
                said.add(next.correlation());
                frame.addFollows(next.frame());
            }
        }
    }
}
