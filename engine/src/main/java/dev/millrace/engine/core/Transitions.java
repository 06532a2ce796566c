package dev.millrace.engine.core;

/** Is told of every step that a state machine takes. */
interface Transitions {
    /** Tells nobody. */
    Transitions UNWATCHED = (from, event) -> {};

    void taken(Enum<?> from, Enum<?> event);
}
