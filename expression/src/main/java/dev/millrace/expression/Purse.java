package dev.millrace.expression;

/** What several evaluations may cost together. Used by one thread. */
final class Purse {
    private long left;

    Purse(long left) {
        this.left = left;
    }

    long left() {
        return left;
    }

    void spend(long cost) {
        left = Math.max(0, left - cost);
    }
}
