package dev.millrace.worker.durable;

import dev.millrace.binding.ChildOptions;
import java.time.Duration;
import java.time.Instant;

/**
 * What is to be stored of an action.
 *
 * @param number by which the worker knows it
 */
public record NewAction(long number, Action action, Content content) {

    /** What became of it. */
    public sealed interface Content {
        /**
         * It ended.
         *
         * @param json its result; empty for none
         */
        record Value(byte[] json) implements Content {}

        /** It failed for good. */
        record Failed(ActionFailure failure) implements Content {}

        /**
         * It waits, for so long at most.
         *
         * @param ask what for, as JSON; empty where its kind and name say all
         */
        record Wait(Duration atMost, byte[] ask) implements Content {
            /** A wait whose kind and name say all. */
            public Wait(Duration atMost) {
                this(atMost, new byte[0]);
            }
        }

        /** It waits until then. */
        record WaitUntil(Instant until) implements Content {}

        /**
         * A run begins, and it waits for the end of that.
         *
         * @param input as JSON
         * @param options its metadata are all that the child has
         */
        record Child(String workflow, String shape, byte[] input, ChildOptions options) implements Content {}

        /** Whether something has to happen yet. */
        default boolean waits() {
            return this instanceof Wait || this instanceof WaitUntil || this instanceof Child;
        }
    }
}
