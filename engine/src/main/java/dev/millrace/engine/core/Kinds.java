package dev.millrace.engine.core;

/** The order in which timers that are due at the same microsecond come: what ends things before what goes on with them. */
final class Kinds {
    static final int RUN = 0;
    static final int TASK = 1;
    static final int WORKER = 2;
    static final int HELD_SLOTS = 3;
    static final int QUESTION = 4;
    static final int FAR = 5;
    static final int BUILDS = 6;

    private Kinds() {}
}
