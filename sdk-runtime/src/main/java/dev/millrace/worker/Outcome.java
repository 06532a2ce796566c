package dev.millrace.worker;

import dev.millrace.wire.worker.v1.Completion;

/** What became of an attempt on this worker. */
sealed interface Outcome {

    /** It ended, and the control plane is told how: a completion without its number. */
    record Ended(Completion.Builder completion) implements Outcome {}

    /**
     * Its durable code only waits, and has left.
     *
     * @param seen the highest order of a settled action that it knew of
     * @param needs how many later ones there have to be before it has anything to do
     */
    record Suspended(int seen, int needs) implements Outcome {}

    /** It is given back, as if it had never been here. */
    record GivenBack() implements Outcome {}

    /** It never ran, and the control plane does not want to hear of it. */
    record Dropped() implements Outcome {}
}
