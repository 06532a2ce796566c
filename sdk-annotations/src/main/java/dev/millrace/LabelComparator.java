package dev.millrace;

/**
 * How a worker's label compares with what a step asks for. The first two compare texts, letter by letter; the others compare
 * numbers such as {@code 32}, {@code -1} or {@code 7.5}, and a worker whose label is missing or no number never fulfils them.
 */
public enum LabelComparator {

    /** The worker has the label, with exactly this text. */
    EQUAL,

    /** The worker has another text there, or has no such label. */
    NOT_EQUAL,

    /** The worker's number is this one or a greater one. */
    AT_LEAST,

    /** The worker's number is this one or a smaller one. */
    AT_MOST,

    /** The worker's number is a greater one. */
    GREATER,

    /** The worker's number is a smaller one. */
    LESS
}
