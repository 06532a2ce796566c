package dev.millrace.connection;

/**
 * Why a stream is gone.
 *
 * @param kind what follows from it
 * @param reason what there is to say about it, with a stable code
 */
public record Loss(Kind kind, MillraceException reason) {

    /** What follows from a loss. */
    public enum Kind {
        /** It ended as both sides agreed. */
        ENDED,
        /** It broke, or could not be opened; another try may do. */
        BROKEN,
        /** The control plane refused it; another try helps only when something has changed. */
        REFUSED
    }
}
