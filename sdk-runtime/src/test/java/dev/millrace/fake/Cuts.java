package dev.millrace.fake;

/** Breaks a conversation once, at a message boundary chosen by its number. Safe for use by many threads. */
public final class Cuts {
    private int left;
    private boolean cut;

    /** Never breaks anything. */
    public static Cuts never() {
        return new Cuts(-1);
    }

    /** Breaks at the n-th boundary, from 0. */
    public static Cuts at(int boundary) {
        return new Cuts(boundary);
    }

    private Cuts(int boundary) {
        this.left = boundary;
    }

    /** A boundary is reached: whether to break here. */
    synchronized boolean here() {
        if (left < 0 || cut) {
            return false;
        }
        cut = left == 0;
        left--;
        return cut;
    }

    /** Whether it has broken something. */
    public synchronized boolean happened() {
        return cut;
    }
}
