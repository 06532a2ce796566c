package dev.millrace.engine.core;

import dev.millrace.engine.Command;
import dev.millrace.engine.Effect;
import dev.millrace.engine.Snapshots.DueQuery;
import dev.millrace.engine.Snapshots.Wake;
import dev.millrace.engine.timer.Timer;
import java.time.Instant;

/**
 * When the time comes of runs that are out of memory. One timer stands for all of them, at the earliest that may be; then they are
 * read back, a little ahead of their time. So an idle shard asks nothing.
 *
 * <p>No run that is out of memory has a time at or before {@link #after}: only runs go whose time is farther away than what has ever
 * been asked for.
 */
final class FarTimers extends Timer {
    /** While there is no room for more runs, it looks again after this time. */
    private static final long PAUSE_MICROS = 100_000;
    /** By so much less time has to pass before a run is worth keeping when memory is crowded. */
    private static final int CROWDED = 10;

    private final Memory memory;
    private final Recorder recorder;
    private final LoadNumbers numbers;
    private Wake after = Wake.FIRST;
    /** The latest time up to which was ever asked. */
    private long askedMicros = Long.MIN_VALUE;
    /** The load that is under way; 0 for none. */
    private long load;
    /** The earliest of the runs that went since it was asked for. */
    private long leftMeanwhile = Long.MAX_VALUE;

    FarTimers(Memory memory, Recorder recorder, LoadNumbers numbers) {
        this.memory = memory;
        this.recorder = recorder;
        this.numbers = numbers;
    }

    /** Whether an instant is so far away that a run which waits for it need not be in memory. */
    boolean isFar(Instant wake) {
        long micros = Instants.micros(wake);
        return micros > Instants.micros(memory.clock) + nearbyMicros() && micros > askedMicros;
    }

    /** When payloads take much of memory, runs leave it for shorter times too. */
    private long nearbyMicros() {
        long usual = Instants.micros(memory.settings.residence().nearby());
        return memory.isCrowded() ? usual / CROWDED : usual;
    }

    private long aheadMicros() {
        return nearbyMicros() / 2;
    }

    /** A run has been put out of memory. */
    void left(Instant wake) {
        long at = Instants.micros(wake);
        if (load != 0) {
            leftMeanwhile = Math.min(leftMeanwhile, at);
        } else {
            atTheLatest(at);
        }
    }

    private void atTheLatest(long wakeMicros) {
        long at = wakeMicros - aheadMicros();
        if (!isSet() || at < dueMicros()) {
            memory.timers.set(this, at);
        }
    }

    /** What was out of memory before the recovery is not known, so it asks with the first command. */
    void recovered() {
        memory.timers.set(this, Instants.micros(memory.clock) - 1_000);
    }

    void ask() {
        int limit = memory.settings.residence().perLoad();
        if (memory.runs.size() + limit > memory.settings.maxRunsResident() / 2) {
            memory.timers.set(this, recorder.nowMicros() + PAUSE_MICROS);
            return;
        }
        load = numbers.next();
        memory.asked(load);
        askedMicros = Math.max(askedMicros, recorder.nowMicros() + aheadMicros());
        recorder.effect(new Effect.LoadDue(load, new DueQuery(after, Instants.of(askedMicros), limit)));
    }

    /** Whether this is what was asked for; the runs are to be restored then. */
    boolean answers(Command.DueLoaded command) {
        if (load == 0 || command.load() != load) {
            return false;
        }
        load = 0;
        var runs = command.due().runs();
        if (!runs.isEmpty()) {
            var last = runs.get(runs.size() - 1);
            after = new Wake(last.passivity().orElseThrow().wake(), last.run());
        }
        command.due().next().ifPresent(next -> atTheLatest(Instants.micros(next)));
        if (leftMeanwhile != Long.MAX_VALUE) {
            atTheLatest(leftMeanwhile);
            leftMeanwhile = Long.MAX_VALUE;
        }
        return true;
    }

    @Override
    protected int kind() {
        return Kinds.FAR;
    }

    @Override
    protected int compareAtSameInstant(Timer other) {
        return 0;
    }
}
