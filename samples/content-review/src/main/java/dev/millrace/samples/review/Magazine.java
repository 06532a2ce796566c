package dev.millrace.samples.review;

/** Where texts are published. Safe for use by many threads. */
public interface Magazine {

    /**
     * Publishes a text. The same one again stays what it is.
     *
     * @return its address
     */
    String publish(Draft draft);

    /** Writes to an author. */
    void tell(String author, String text);
}
