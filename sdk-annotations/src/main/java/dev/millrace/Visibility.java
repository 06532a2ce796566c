package dev.millrace;

/** Who may start a workflow and follow its runs. */
public enum Visibility {

    /** Every service of the tenant. */
    PUBLIC,

    /** Only the service that owns the workflow; for others it does not exist. */
    PRIVATE
}
