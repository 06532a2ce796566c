package dev.millrace.expression;

/** Thrown when a valid expression has no value for these variables: a missing member, a division by zero, too much work. */
public final class EvaluationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    EvaluationException(String source, String reason) {
        super("\"" + source + "\" has no value: " + reason);
    }
}
