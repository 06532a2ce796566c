package dev.millrace;

import java.time.Duration;
import java.util.Objects;

/**
 * The result of a step that is called again until it is done: a durable loop, one stored turn at a time. Between turns
 * it holds no worker. The state of the turn before arrives as a parameter {@code Optional<T>}, empty in the first. Each
 * turn has the step's own timeout and retries; the loop as a whole ends with the run's deadline.
 *
 * <pre>{@code
 * @Step
 * Loop<Build> follow(Commit commit, Optional<Build> previous) {
 *   var build = builds.of(commit);
 *   return build.finished() ? Loop.done(build) : Loop.again(build, Duration.ofSeconds(30));
 * }
 * }</pre>
 *
 * @param <T> the state of a turn and, at the end, the step's value
 */
public sealed interface Loop<T> {

    /** Another turn follows. */
    record Again<T>(T state, Duration delay) implements Loop<T> {
        public Again {
            Objects.requireNonNull(state, "state");
            if (delay.isNegative()) {
                throw new IllegalArgumentException("The delay of a turn cannot be negative, but is " + delay + ".");
            }
        }
    }

    /** This was the last turn. */
    record Done<T>(T result) implements Loop<T> {
        public Done {
            Objects.requireNonNull(result, "result");
        }
    }

    /** Another turn, as soon as its turn comes. */
    static <T> Loop<T> again(T state) {
        return new Again<>(state, Duration.ZERO);
    }

    /** Another turn, after a delay. */
    static <T> Loop<T> again(T state, Duration delay) {
        return new Again<>(state, delay);
    }

    /** No further turn; this is the step's value. */
    static <T> Loop<T> done(T result) {
        return new Done<>(result);
    }
}
