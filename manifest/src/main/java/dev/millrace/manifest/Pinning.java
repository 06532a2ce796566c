package dev.millrace.manifest;

/** Which workers may go on with a run that has begun on another build of the same workflow. */
public enum Pinning {
    /** {@link #BUILD} for runs with durable checkpoints, {@link #SHAPE} for all others. */
    AUTO,
    /** Any worker whose version has the same shape. */
    SHAPE,
    /** Workers of the build that the run began on while one is connected; then as {@link #SHAPE}. */
    BUILD
}
