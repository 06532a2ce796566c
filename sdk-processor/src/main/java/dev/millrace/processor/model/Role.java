package dev.millrace.processor.model;

/** What a method is to its workflow. */
public enum Role {
    STEP("Step"),
    ACTION("Action"),
    COMPENSATION("Compensation"),
    ON_FAILURE("On-failure method");

    private final String noun;

    Role(String noun) {
        this.noun = noun;
    }

    /** The word for it at the beginning of a sentence. */
    public String noun() {
        return noun;
    }
}
