package dev.millrace.manifest;

/** What happens to a run that would spend more than its budget. */
public enum BudgetExceeded {
    /** It fails, and what it did is compensated. */
    FAIL,
    /** It waits until somebody approves more, or its deadline comes. */
    ASK
}
