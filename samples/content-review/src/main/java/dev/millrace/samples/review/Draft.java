package dev.millrace.samples.review;

/**
 * A text as its author hands it in.
 *
 * @param id the magazine's number of it; the same for all its versions
 */
public record Draft(String id, String title, String author, String text) {

    /** The same with another text. */
    public Draft with(String other) {
        return new Draft(id, title, author, other);
    }
}
