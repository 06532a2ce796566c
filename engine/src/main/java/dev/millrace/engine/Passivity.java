package dev.millrace.engine;

import java.time.Instant;
import java.util.Optional;

/**
 * How a run that only waits is found again when it is not in memory.
 *
 * @param lane where its tasks queue; empty when none does
 * @param wake when something happens to it if nothing else does: a retry, a timeout in the queue, its deadline
 */
public record Passivity(Optional<LaneKey> lane, Instant wake) {}
