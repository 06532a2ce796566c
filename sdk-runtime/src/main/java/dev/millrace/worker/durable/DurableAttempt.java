package dev.millrace.worker.durable;

import dev.millrace.Durable;
import dev.millrace.StepContext;
import dev.millrace.codec.Codec;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** The durable code of one attempt, as its worker sees it. Safe for use by several threads. */
public final class DurableAttempt {
    private final Trail trail;
    private final DurableCode code;

    /**
     * Code that is about to be entered on the current thread.
     *
     * @param before what is stored of the step
     * @param step the policy of calls that have none of their own
     * @param actions the policies of the workflow's actions, by their names
     */
    public DurableAttempt(
            StepContext context,
            List<StoredAction> before,
            DurableHost host,
            Codec codec,
            Thrown.Reader why,
            CallPolicy step,
            Map<String, CallPolicy> actions) {
        this.trail = new Trail(before, host);
        this.code = new DurableCode(context, trail, host, codec, why, step, actions);
    }

    /** What the method is given. */
    public Durable durable() {
        return code;
    }

    /**
     * What was told under this number is stored.
     *
     * @param child id of the run that it started; empty for none
     */
    public void stored(long number, int order, String child) {
        trail.stored(number, order, child);
    }

    /**
     * The result of a child that was asked for.
     *
     * @param json empty for none
     * @param problem why it cannot be read; empty if it can
     */
    public void result(String child, byte[] json, Optional<String> problem) {
        trail.read(child, new ChildResult(json, problem));
    }

    /** A wait is over. */
    public void settled(StoredAction action) {
        trail.settled(action);
    }

    /** The children whose results have to be asked for again on a new stream. */
    public List<String> unread() {
        return trail.unread();
    }

    /** How many settlements the code waits for at least, where it has left. */
    public int needs() {
        return trail.needs();
    }

    /**
     * Whether the code is where an earlier attempt was, so that what it does here beside its actions is a repetition. Asked on the
     * thread that does it.
     */
    public boolean repeats() {
        return code.repeats();
    }

    /** What has to be told on a new stream. */
    public List<NewAction> untold() {
        return trail.untold();
    }

    /** Leave as soon as all that is done is wait: the slot is wanted. */
    public void hurry() {
        trail.hurry();
    }

    /** Stop. */
    public void cancel() {
        trail.cancel();
    }

    /** The code does not return from here on, whatever it makes of it; says why. */
    public Optional<String> mismatch() {
        return code.mismatch();
    }

    /** The input, as JSON, with which the code lets its run begin anew; empty if it does not. */
    public Optional<byte[]> restarts() {
        return trail.restarts();
    }

    /** The highest order of a settled action that the code knew of when it left; empty if it has not left. */
    public OptionalInt left() {
        return trail.left();
    }
}
