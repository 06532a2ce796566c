package dev.millrace.engine.core;

import dev.millrace.engine.Checkpoint;
import dev.millrace.engine.CheckpointKey;
import dev.millrace.engine.CheckpointKind;
import dev.millrace.engine.Checkpoints;
import dev.millrace.engine.Payload;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a durable step has done so far, and what it waits for. Changed by the {@link Ledger} alone. */
final class Trail {
    /** When the time of the step is up; {@link Instant#MAX} before it was first entered. */
    Instant end = Instant.MAX;
    /** While it waits: the order of what it goes on with; 0 for the next. */
    int wake;

    private final Map<CheckpointKey, Checkpoint> all = new LinkedHashMap<>();
    private int open;
    private int children;
    private int openChildren;
    private int newest;
    private long bytes;
    private long held;
    /** The earliest time at which an open one is settled by itself; {@code Long.MAX_VALUE} for none. */
    private long nextMicros = Long.MAX_VALUE;

    static Trail of(Checkpoints stored) {
        var trail = new Trail();
        trail.end = stored.end();
        trail.wake = stored.wake();
        stored.all().forEach(trail::put);
        return trail;
    }

    /**
     * What the tasks of a step wait for, that have come so far now.
     *
     * @param deadline of the run, which ends what says no end
     */
    static Trail of(List<Plan.Wait> waits, long nowMicros, Instant deadline) {
        var trail = new Trail();
        for (var wait : waits) {
            trail.put(new Checkpoint(
                    wait.key(),
                    wait.parameter(),
                    wait.kind(),
                    wait.digest(),
                    Checkpoint.State.OPEN,
                    0,
                    wait.timeoutMicros() == Long.MAX_VALUE ? deadline : Instants.of(nowMicros + wait.timeoutMicros()),
                    Payload.NONE,
                    Optional.empty()));
        }
        return trail;
    }

    /** What a parameter takes: what came, or that it did not. */
    Checkpoint ofParameter(int parameter) {
        for (var checkpoint : all.values()) {
            if (checkpoint.place() == parameter) {
                return checkpoint;
            }
        }
        throw new IllegalStateException("Nothing was waited for that parameter " + parameter + " takes.");
    }

    Checkpoints image() {
        return all.isEmpty() && end.equals(Instant.MAX)
                ? Checkpoints.NONE
                : new Checkpoints(end, wake, List.copyOf(all.values()));
    }

    Checkpoint get(CheckpointKey key) {
        return all.get(key);
    }

    /** Adds one, or puts it in the place of what it was. */
    void put(Checkpoint checkpoint) {
        var before = all.put(checkpoint.key(), checkpoint);
        bytes += checkpoint.size() - (before == null ? 0 : before.size());
        held += checkpoint.held() - (before == null ? 0 : before.held());
        newest = Math.max(newest, checkpoint.order());
        boolean child = checkpoint.kind() == CheckpointKind.CHILD;
        children += child && before == null ? 1 : 0;
        if (checkpoint.isOpen()) {
            open++;
            openChildren += child ? 1 : 0;
            nextMicros = Math.min(nextMicros, micros(checkpoint));
        } else if (before != null && before.isOpen()) {
            open--;
            openChildren -= child ? 1 : 0;
            if (micros(before) <= nextMicros && nextMicros != Long.MAX_VALUE) {
                nextMicros = firstUntil();
            }
        }
    }

    private long firstUntil() {
        long first = Long.MAX_VALUE;
        if (open > 0) {
            for (var checkpoint : all.values()) {
                if (checkpoint.isOpen()) {
                    first = Math.min(first, micros(checkpoint));
                }
            }
        }
        return first;
    }

    private static long micros(Checkpoint open) {
        return open.until().equals(Instant.MAX) ? Long.MAX_VALUE : Instants.micros(open.until());
    }

    /** The open ones whose time has come, the earliest first. */
    List<Checkpoint> due(long nowMicros) {
        if (nextMicros > nowMicros) {
            return List.of();
        }
        return all.values().stream()
                .filter(checkpoint -> checkpoint.isOpen() && micros(checkpoint) <= nowMicros)
                .sorted((one, other) -> one.until().compareTo(other.until()))
                .toList();
    }

    /** Those that have not been settled, in the order in which they were stored. */
    List<Checkpoint> open() {
        return open == 0
                ? List.of()
                : all.values().stream().filter(Checkpoint::isOpen).toList();
    }

    Collection<Checkpoint> all() {
        return all.values();
    }

    /** Whether some are open. */
    boolean isWaiting() {
        return open > 0;
    }

    /** Whether an event or a signal has settled something already. */
    boolean hasUsed(String source) {
        return all.values().stream().anyMatch(checkpoint -> checkpoint.source().equals(source));
    }

    /** The open ones of a kind, in the order in which they were first stored. */
    List<Checkpoint> open(CheckpointKind kind) {
        return open == 0
                ? List.of()
                : all.values().stream()
                        .filter(checkpoint -> checkpoint.isOpen() && checkpoint.kind() == kind)
                        .toList();
    }

    /** How many there are beside the children. */
    int size() {
        return all.size() - children;
    }

    /** How many runs it started, or would have. */
    int children() {
        return children;
    }

    /** How many of them have not ended. */
    int openChildren() {
        return openChildren;
    }

    long bytes() {
        return bytes;
    }

    /** What of it is in memory: of a value that is stored elsewhere only its name. */
    long held() {
        return held;
    }

    /** The order of what was settled last; 0 for nothing. */
    int newest() {
        return newest;
    }

    long nextMicros() {
        return nextMicros;
    }

    long endMicros() {
        return end.equals(Instant.MAX) ? Long.MAX_VALUE : Instants.micros(end);
    }

    /** What it waits for, for people. */
    String waitsFor() {
        var text = new StringBuilder();
        for (var checkpoint : all.values()) {
            if (checkpoint.isOpen()) {
                text.append(text.isEmpty() ? "" : ", ").append(describe(checkpoint));
            }
            if (text.length() > 200) {
                return text.append(", …").toString();
            }
        }
        return text.toString();
    }

    /** An action, for people. */
    static String describe(Checkpoint checkpoint) {
        return checkpoint.kind() + " " + checkpoint.key();
    }
}
