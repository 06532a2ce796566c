package dev.millrace.binding;

/** How a method hands over its result, of which {@link MethodBinding#result()} is the type. */
public enum Answer {
    /** It returns the result itself, an {@code Optional} of it, or nothing. */
    VALUE,
    /** It returns a {@link java.util.concurrent.CompletionStage} of the result: the attempt ends when that completes. */
    STAGE,
    /** It returns a {@link dev.millrace.Loop}, whose states and end are of the result's type. */
    LOOP
}
