package dev.millrace.controlplane.shard;

import dev.millrace.engine.AttemptState;
import dev.millrace.engine.Residents;
import dev.millrace.engine.RunState;
import java.time.Duration;
import java.util.Map;

/**
 * What the shards of this instance have done since it started, and what waits for them now. The figures are read one after the
 * other while work goes on, so they need not agree to the last one.
 *
 * @param commits how many transactions stored facts
 * @param facts how many facts they stored
 * @param committing how long they took in all
 * @param runsStarted how many runs were acknowledged
 * @param runsEnded how many ended, by their final state
 * @param runsReplayed how many were run again
 * @param attemptsOffered how many attempts were handed to workers
 * @param attemptsEnded how many attempts ended, by their final state
 * @param projecting what was written for recovery and for queries
 * @param commandsWaiting how many commands wait to be decided
 * @param commandBytesWaiting about how much memory they hold
 * @param changesNotProjected how many changes the tables for queries lag behind
 * @param residents what is in memory, and what went and came
 * @param startsHeldBack 1 for the reason why starts wait now, 0 for all others, by their names
 * @param workers how many worker streams are open
 * @param shardsServed how many shards this instance owns and serves
 * @param shardsFailing of how many the images could not be written and are tried again
 * @param runsSetAside how many active runs lists do not show, because their rows cannot be stored; the log says why
 * @param journalFill the share of the journal's tables that wait to be projected, from 0 to 1
 * @param refused how many commands were refused because too many waited, by the id of the tenant; under {@code other} those of
 *     tenants beyond the first {@link ShardMeters#MOST_TENANTS}
 */
public record ShardFigures(
        long commits,
        long facts,
        Duration committing,
        long runsStarted,
        Map<RunState, Long> runsEnded,
        long runsReplayed,
        long attemptsOffered,
        Map<AttemptState, Long> attemptsEnded,
        Projecting projecting,
        int commandsWaiting,
        long commandBytesWaiting,
        int changesNotProjected,
        Residents residents,
        Map<String, Long> startsHeldBack,
        int workers,
        int shardsServed,
        int shardsFailing,
        int runsSetAside,
        double journalFill,
        Map<String, Long> refused) {
    public ShardFigures {
        runsEnded = Map.copyOf(runsEnded);
        attemptsEnded = Map.copyOf(attemptsEnded);
        startsHeldBack = Map.copyOf(startsHeldBack);
        refused = Map.copyOf(refused);
    }

    /**
     * What the projector has written.
     *
     * @param passes how many transactions
     * @param runs how many images of runs; one run may have many
     * @param taken how long all of it took
     * @param used what runs used, by name; under an empty name what goes beyond {@link Projector#MOST_NAMES}
     */
    public record Projecting(long passes, long runs, Duration taken, Map<String, Long> used) {
        public Projecting {
            used = Map.copyOf(used);
        }
    }
}
