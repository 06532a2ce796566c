package dev.millrace.controlplane.runs;

import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.engine.RunId;
import dev.millrace.engine.VersionRef;

/** What became of one start. */
sealed interface StartResult {

    /**
     * The run is stored.
     *
     * @param existing whether an earlier start under the same key had made it
     * @param joined whether the start became part of a run that another one had opened, and which has not begun
     */
    record Started(RunId run, VersionRef version, boolean existing, boolean joined) implements StartResult {}

    /** Nothing was stored for this start. */
    record Refused(ApiException refusal) implements StartResult {}
}
