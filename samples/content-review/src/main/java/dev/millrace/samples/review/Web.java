package dev.millrace.samples.review;

/** The servers that texts link to. Safe for use by many threads. */
public interface Web {

    /**
     * Whether a page can be had.
     *
     * @throws java.io.UncheckedIOException if that cannot be said now
     */
    boolean has(String address);
}
