package dev.millrace.manifest;

/** Which of the times that a schedule missed are made up for. */
public enum CatchUp {
    /** None. */
    SKIP,
    /** One run, for the latest of them. */
    LATEST,
    /** One run for each, up to a limit that the control plane sets. */
    ALL
}
