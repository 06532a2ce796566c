package dev.millrace.worker.durable;

import java.util.Objects;

/**
 * What durable code asks for: the name and the place of it, and in which way.
 *
 * @param name as the code gives it
 * @param count the n-th action of this name, from 1
 * @param place which action of the code it is, from 0
 * @param digest of the arguments; empty for none
 */
public record Action(String name, int count, int place, Kind kind, String digest) {

    /** What kinds of actions there are. */
    public enum Kind {
        CALL,
        SLEEP,
        EVENT,
        SIGNAL,
        CHILD,
        APPROVAL,
        NOW,
        RANDOM,
        UUID,
        VERSION,
        DONE,
        /** What the code shows of itself; it has no place in the code. */
        STATE,
        /** What the code answers to a signal. */
        ANSWER
    }

    /** What the code shows of itself. */
    static final Action SHOWN = new Action("state", 1, 0, Kind.STATE, "");

    /** The branch that it is stored in: what is no part of the code is beside it. */
    public String branch() {
        return kind == Kind.STATE ? "=" : "";
    }

    public Action {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(digest, "digest");
    }

    /** Under this it is stored. */
    Key key() {
        return new Key(name, count);
    }

    /** Name and count: what an action is known by. */
    record Key(String name, int count) {}

    /** For messages. */
    @Override
    public String toString() {
        return kind + " '" + name + "' number " + count + " at place " + place
                + (digest.isEmpty() ? "" : " with arguments " + digest);
    }
}
