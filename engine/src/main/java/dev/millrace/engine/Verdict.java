package dev.millrace.engine;

import java.util.Objects;

/** What the edge found out about a task, or about a run as a whole, by evaluating the expressions that the manifest has for it. */
public sealed interface Verdict {

    /** Of what has no expressions. */
    Verdict PLAIN = new Holds(Terms.NONE);

    /** It runs, on these terms. */
    record Holds(Terms terms) implements Verdict {
        public Holds {
            Objects.requireNonNull(terms, "terms");
        }
    }

    /** Its condition does not hold: it is skipped. */
    record HoldsNot() implements Verdict {}

    /**
     * It cannot be told: it fails with this failure, and never runs on terms that nobody asked for.
     *
     * @param code {@link Failure#CONDITION_FAILED} or {@link Failure#KEY_EXPRESSION_ERROR}
     * @param message which expression is at fault, and why
     */
    record Unknown(String code, String message) implements Verdict {
        public Unknown {
            Objects.requireNonNull(code, "code");
            Objects.requireNonNull(message, "message");
        }

        /** The failure that follows from it. */
        public Failure failure() {
            return new Failure(code, message, "", true, 0, "");
        }
    }
}
