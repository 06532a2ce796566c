package dev.millrace.engine.core;

/** Numbers the loads that the shell is asked for. */
final class LoadNumbers {
    private long last;

    long next() {
        return ++last;
    }

    /** The newest number. */
    long last() {
        return last;
    }
}
