package dev.millrace;

/** Which workers may go on with a run that has begun on another build of the same workflow. */
public enum Pinning {

    /** {@link #BUILD} for runs with durable checkpoints, {@link #SHAPE} for all others. */
    AUTO,

    /** Any worker whose version of the workflow has the same shape: the same graph and the same schemas. */
    SHAPE,

    /** Workers of the build that the run began on, for as long as one is connected; then as {@link #SHAPE}. */
    BUILD
}
