package dev.millrace.engine;

import java.util.ArrayList;
import java.util.List;

/**
 * The facts and effects of the commands decided since the last batch was taken, in order. Filled by the core; taken by the
 * shell, which stores the facts and then lets the effects go. Not safe for use by several threads.
 */
public final class Batch {
    private final List<Fact> facts = new ArrayList<>();
    private final List<Effect> effects = new ArrayList<>();

    /** Adds a decision; for the core alone. */
    public void add(Fact fact) {
        facts.add(fact);
    }

    /** Adds what follows from a decision; for the core alone. */
    public void add(Effect effect) {
        effects.add(effect);
    }

    /** The facts to store, in the order in which they were decided. */
    public List<Fact> facts() {
        return facts;
    }

    /** What to do once the facts are stored, in order. */
    public List<Effect> effects() {
        return effects;
    }

    /** Whether there is neither a fact nor an effect. */
    public boolean isEmpty() {
        return facts.isEmpty() && effects.isEmpty();
    }
}
