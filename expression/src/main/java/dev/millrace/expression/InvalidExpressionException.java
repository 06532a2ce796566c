package dev.millrace.expression;

import java.util.List;

/** Thrown when an expression is not valid in its scope: says what is wrong, where, and what may have been meant. */
public final class InvalidExpressionException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;

    /**
     * One problem.
     *
     * @param column from 1, counted in code points
     * @param message a sentence without its column
     */
    public record Problem(int column, String message) {}

    InvalidExpressionException(String source, List<Problem> problems) {
        super("\"" + source + "\" column " + problems.get(0).column() + ": "
                + problems.get(0).message());
        this.problems = List.copyOf(problems);
    }

    /** All problems, by column; at least one. */
    public List<Problem> problems() {
        return problems;
    }
}
