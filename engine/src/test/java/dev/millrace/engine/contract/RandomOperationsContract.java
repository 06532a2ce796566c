package dev.millrace.engine.contract;

import dev.millrace.engine.Journal;
import dev.millrace.engine.Snapshots;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * What every journal keeps together with its snapshots, whatever is done in whatever order and whatever breaks meanwhile: what was
 * acknowledged is there, what was refused is not, what is unknown is there wholly or not at all. Each seed is one history; the same
 * seed asks every store for the same.
 */
public abstract class RandomOperationsContract {
    /** What may happen to an operation. */
    public enum Fault {
        /** The connection breaks before the store has all of the request. */
        CUT_REQUEST,
        /** The store does what it is asked, and the connection breaks before it has said so. */
        LOST_REPLY
    }

    /** A store into which faults can be brought. Used by one thread. */
    public interface Store extends AutoCloseable {
        Journal journal();

        Snapshots snapshots();

        /** Makes the current owner of a shard look dead, so that another need not wait for its lease. */
        void expire(int shard);

        /** The owner's process ends without a word, and another takes its place. */
        void restart();

        /** Throws away what is projected, if the store does so at all. */
        void tidy();

        /**
         * The next operations meet a fault.
         *
         * @param place how far a request or reply gets before it breaks, from 0 to 1
         * @param times how often it happens, if whoever meets it tries again by himself
         */
        void arm(Fault fault, double place, int times);

        /** No fault is to come, whether it came or not. */
        void disarm();

        @Override
        void close();
    }

    /** An empty store with the shards 0 to 3. */
    protected abstract Store empty();

    protected abstract LongStream seeds();

    @TestFactory
    Stream<DynamicTest> whatWasAcknowledgedIsThereWhateverBreaks() {
        return seeds().mapToObj(seed -> DynamicTest.dynamicTest("seed " + seed, () -> {
            try (var store = empty()) {
                new RandomOperations(store, new Random(seed)).run();
            }
        }));
    }
}
