package dev.millrace.samples.review;

/**
 * An editor's answer. Its components are the form that he fills in.
 *
 * @param remark for the author; what is to be changed, or why it is rejected
 */
public record Verdict(Decision decision, String remark) {

    /** What an editor can say. */
    public enum Decision {
        PUBLISH,
        REVISE,
        REJECT
    }

    @Override
    public String toString() {
        return decision + (remark.isEmpty() ? "" : ": " + remark);
    }
}
