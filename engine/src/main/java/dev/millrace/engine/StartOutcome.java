package dev.millrace.engine;

/** What became of one start of a batch. */
public sealed interface StartOutcome {

    /** The run is stored; {@code existing} when an earlier start under the same key had made it. */
    record Started(RunId run, boolean existing) implements StartOutcome {}

    /** Nothing was stored: a stable code and a sentence. */
    record Refused(String code, String message) implements StartOutcome {}
}
