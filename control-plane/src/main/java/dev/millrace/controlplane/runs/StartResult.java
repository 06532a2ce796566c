package dev.millrace.controlplane.runs;

import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.engine.RunId;
import dev.millrace.engine.VersionRef;

/** What became of one start. */
sealed interface StartResult {

    /** The run is stored; {@code existing} when an earlier start under the same key had made it. */
    record Started(RunId run, VersionRef version, boolean existing) implements StartResult {}

    /** Nothing was stored for this start. */
    record Refused(ApiException refusal) implements StartResult {}
}
