package dev.millrace.engine;

import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * What is stored of one action of a durable step: its result, or that it waits.
 *
 * @param place which action of its branch it is, from 0; by it code that has changed is noticed
 * @param digest of the arguments, so that code which asks with others is noticed; may be empty
 * @param order when it was settled in comparison to the others of the step, from 1; 0 while it is open
 * @param until when it is settled by itself; {@link Instant#MAX} for never
 * @param value of one that is {@link State#DONE}, what came of it; of one that is {@link State#OPEN}, what it asks for, which the
 *     core does not look into; may be absent
 * @param failure of one that has {@link State#FAILED}
 * @param source what settled it: the id of the event, the request id of the signal, who answered; of a child its run, from the beginning;
 *     of a {@link CheckpointKind#STATE} when it was stored; empty for everything else
 */
public record Checkpoint(
        CheckpointKey key,
        int place,
        CheckpointKind kind,
        String digest,
        State state,
        int order,
        Instant until,
        Payload value,
        Optional<Failure> failure,
        String source) {

    /** Where an action stands. The codes are stored; they never change their meaning. */
    public enum State {
        /** Something has to happen first. */
        OPEN(0),
        DONE(1),
        FAILED(2),
        /** What it waited for did not come in time. */
        TIMED_OUT(3);

        private static final State[] BY_CODE = values();
        private final int code;

        State(int code) {
            this.code = code;
        }

        /** The number that is stored. */
        public int code() {
            return code;
        }

        /** The state with this stored number. */
        public static State ofCode(int code) {
            return BY_CODE[code];
        }
    }

    public Checkpoint {
        Objects.requireNonNull(key, "key");
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(digest, "digest");
        Objects.requireNonNull(until, "until");
        Objects.requireNonNull(value, "value");
        Objects.requireNonNull(source, "source");
        if (place < 0 || (state == State.OPEN) != (order == 0) || (state == State.FAILED) != failure.isPresent()) {
            throw new IllegalArgumentException("There is no checkpoint " + key + " that is " + state + ", at place "
                    + place + ", of order " + order + ".");
        }
    }

    public boolean isOpen() {
        return state == State.OPEN;
    }

    /** Whether another one takes its place instead of being held against it. */
    public boolean isReplaceable() {
        return kind == CheckpointKind.STATE;
    }

    /** Whether it is of the same action, asked for in the same way. */
    public boolean matches(int otherPlace, CheckpointKind otherKind, String otherDigest) {
        return place == otherPlace && kind == otherKind && digest.equals(otherDigest);
    }

    /** One that nothing from outside has settled. */
    public Checkpoint(
            CheckpointKey key,
            int place,
            CheckpointKind kind,
            String digest,
            State state,
            int order,
            Instant until,
            Payload value,
            Optional<Failure> failure) {
        this(key, place, kind, digest, state, order, until, value, failure, "");
    }

    /** The same, settled. */
    public Checkpoint settled(State how, int at, Payload result, Optional<Failure> why, String by) {
        return new Checkpoint(key, place, kind, digest, how, at, until, result, why, by);
    }

    /** How many bytes it takes, about. */
    public long size() {
        return 64L
                + key.branch().length()
                + key.name().length()
                + digest.length()
                + source.length()
                + value.size()
                + failure.map(Checkpoint::size).orElse(0L);
    }

    /** How many bytes of it are in memory, about: a value that is stored elsewhere is not. */
    public long held() {
        return size() - value.size() + value.data().length;
    }

    private static long size(Failure failure) {
        return (long) failure.type().length()
                + failure.message().length()
                + failure.stackTrace().length();
    }
}
