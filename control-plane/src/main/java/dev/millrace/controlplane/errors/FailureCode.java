package dev.millrace.controlplane.errors;

import dev.millrace.engine.Failure;

/**
 * The engine keeps the class of the user's exception and its own codes in one field; clients get them in two, because only a code
 * is safe to branch on.
 */
public final class FailureCode {
    /** The code of what user code threw. */
    public static final String STEP_FAILED = "STEP_FAILED";

    private FailureCode() {}

    /** The stable code of a failure. */
    public static String of(Failure failure) {
        return isOurs(failure) ? failure.type() : STEP_FAILED;
    }

    /** Whether the failure is one of the engine's own, not an exception of user code. */
    public static boolean isOurs(Failure failure) {
        return !failure.type().isEmpty() && failure.type().chars().allMatch(c -> c == '_' || c >= 'A' && c <= 'Z');
    }
}
