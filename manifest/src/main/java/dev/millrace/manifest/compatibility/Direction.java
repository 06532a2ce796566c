package dev.millrace.manifest.compatibility;

/** Which way values travel; it decides whom a schema binds. */
enum Direction {
    /** Callers write the values: accepting fewer breaks them. */
    INPUT,
    /** Callers read the values: new ones may surprise them, and what is gone breaks them. */
    RESULT;

    /** The verdict when values are no longer allowed that were. */
    Verdict narrowed() {
        return this == INPUT ? Verdict.BREAKING : Verdict.SAFE;
    }

    /** The verdict when values are allowed that were not. */
    Verdict widened() {
        return this == INPUT ? Verdict.SAFE : Verdict.RISKY;
    }
}
