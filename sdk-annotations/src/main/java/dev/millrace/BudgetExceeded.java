package dev.millrace;

/** What happens to a run that would spend more than its {@link Budget}. */
public enum BudgetExceeded {

    /** It fails, and what it did is compensated. */
    FAIL,

    /** Its next attempts wait until somebody lets it use more, or the deadline of the run comes. */
    ASK
}
