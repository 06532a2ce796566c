package dev.millrace.cli;

/**
 * How the process ends, for scripts. Above 128 a signal ended it (130 is Ctrl-C).
 */
public final class ExitCode {
    /** Done. */
    public static final int OK = 0;
    /** It did not work; the message says why. */
    public static final int ERROR = 1;
    /** The command line cannot be understood. */
    public static final int USAGE = 2;
    /** No token, a refused one, or one that may not do this. */
    public static final int AUTH = 3;
    /** There is no such thing. */
    public static final int NOT_FOUND = 4;
    /** It contradicts what is stored, such as cancelling a run that has ended. */
    public static final int CONFLICT = 5;
    /** The control plane cannot be reached, or is not ready. */
    public static final int UNREACHABLE = 6;
    /** The run had not ended when the wait was over. */
    public static final int WAIT_OVER = 7;
    /** The run ended as {@code FAILED}. */
    public static final int RUN_FAILED = 10;
    /** The run ended as {@code CANCELLED}. */
    public static final int RUN_CANCELLED = 11;
    /** The run ended as {@code TIMED_OUT}. */
    public static final int RUN_TIMED_OUT = 12;

    /** Two manifests differ in a way that needs a look, and a look was asked for. */
    public static final int RISKY = 20;
    /** Two manifests differ in a way that breaks those who use the workflow. */
    public static final int BREAKING = 21;

    private ExitCode() {}
}
