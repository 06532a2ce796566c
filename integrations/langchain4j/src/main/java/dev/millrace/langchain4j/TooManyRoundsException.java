package dev.millrace.langchain4j;

import dev.millrace.NonRetryableException;

/** A model went on asking for tools for longer than it was let. Trying again would give the same: what it said is stored. */
public final class TooManyRoundsException extends NonRetryableException {
    TooManyRoundsException(int rounds) {
        super("The model asked for tools in each of " + rounds
                + " rounds and came to no answer. Let it have more rounds, fewer tools, or a clearer task.");
    }
}
