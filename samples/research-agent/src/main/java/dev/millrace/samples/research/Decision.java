package dev.millrace.samples.research;

/** What is to become of a question. */
public record Decision(Kind kind, String reason) {

    /** What can be decided. */
    public enum Kind {
        ANSWER,
        TOO_LITTLE_IS_KNOWN
    }
}
