package dev.millrace;

/** What happens to a run that would spend more than its {@link Budget}. */
public enum BudgetExceeded {

    /** It fails, and what it did is compensated. */
    FAIL,

    /** It waits until somebody approves more, or the run deadline comes. */
    ASK
}
