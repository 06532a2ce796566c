package dev.millrace.worker.transaction;

import java.util.Optional;

/** What the application's database knows of the end of a task. */
public sealed interface Completion {

    /**
     * Its effect is committed.
     *
     * @param result as JSON; empty for no value
     */
    record Committed(Optional<byte[]> result) implements Completion {}

    /** It was given up before anything of it was committed, and nothing of it can be committed any more. */
    record Sealed() implements Completion {}
}
