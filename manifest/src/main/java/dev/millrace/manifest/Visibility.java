package dev.millrace.manifest;

/** Who may start runs of a workflow. */
public enum Visibility {
    /** Every service of the tenant. */
    PUBLIC,
    /** Only the service that owns the workflow. */
    PRIVATE
}
