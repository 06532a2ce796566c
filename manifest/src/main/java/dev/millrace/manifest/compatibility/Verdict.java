package dev.millrace.manifest.compatibility;

/** How much care a change needs, from least to most; the worse of two is the greater one. */
public enum Verdict {
    /** Nobody has to do anything. */
    SAFE,
    /** It works, but may behave differently from what somebody relies on. */
    RISKY,
    /** Somebody who calls the workflow has to change with it. */
    BREAKING;

    /** The worse of this and another. */
    public Verdict worse(Verdict other) {
        return compareTo(other) >= 0 ? this : other;
    }
}
