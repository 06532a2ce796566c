package dev.millrace.controlplane.shard;

import dev.millrace.controlplane.settings.Settings;
import dev.millrace.engine.Residents;
import java.util.Optional;

/**
 * Why starts wait: what they lead to could not be kept up with, or not be kept in memory. What ends work always goes on, and makes
 * room.
 */
enum Brake {
    JOURNAL("the journal is full of changes that are not projected yet"),
    RUNS("as many runs are in memory as may be (millrace.residence.runs)"),
    PAYLOADS("inputs, results and checkpoints take as much memory as they may (millrace.residence.payload-bytes)"),
    /** Starts go on in shards whose own share of the lag is small. */
    PROJECTION("the tables for queries lag too far behind (millrace.projection.max-lag)");

    /** At this fill of the journal starts wait for the projector. */
    private static final double FULL_JOURNAL = 0.85;

    private final String reason;

    Brake(String reason) {
        this.reason = reason;
    }

    /** The one that is pulled, the hardest first; empty while starts go on. */
    static Optional<Brake> pulled(
            double journalFill,
            Residents residents,
            Settings.Residence residence,
            int lag,
            Settings.Projection projection) {
        if (journalFill >= FULL_JOURNAL) {
            return Optional.of(JOURNAL);
        } else if (residents.runs() >= residence.runs()) {
            return Optional.of(RUNS);
        } else if (residents.payloadBytes() >= residence.payloadBytes()) {
            return Optional.of(PAYLOADS);
        }
        return lag > projection.maxLag() ? Optional.of(PROJECTION) : Optional.empty();
    }

    /** For those whose starts find no room, as the end of a sentence. */
    String reason() {
        return reason;
    }
}
