package dev.millrace.worker.items;

/**
 * Why items are not stored.
 *
 * @param code stable, such as {@code STREAM_LIMIT}
 * @param message a sentence
 */
public record ItemRefusal(String code, String message) {
    private static final String STALE = "STALE_ATTEMPT";
    private static final String RUN_NOT_FOUND = "RUN_NOT_FOUND";

    /** Whether the attempt is nobody's business any more, whatever it comes to. */
    public boolean isStale() {
        return code.equals(STALE) || code.equals(RUN_NOT_FOUND);
    }

    /** Whether the same may be stored later. */
    boolean isTemporary() {
        return code.equals("UNAVAILABLE") || code.equals("OVERLOADED");
    }
}
