package dev.millrace.bench.figures;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;

/**
 * Every single measured value, kept whole: no buckets, so no rounding. Safe for use by many threads.
 *
 * <p>Percentiles are by nearest rank: the smallest value that at least that share of the values does not exceed. No value
 * is reported that was not measured.
 */
public final class Samples {
    private long[] values = new long[1024];
    private int size;

    /** Adds a value. */
    public synchronized void add(long value) {
        if (size == values.length) {
            values = Arrays.copyOf(values, size * 2);
        }
        values[size++] = value;
        notifyAll();
    }

    /**
     * Waits until there are so many values.
     *
     * @return whether there are, within the time
     */
    public synchronized boolean await(int count, Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        for (long rest = limit.toNanos(); size < count; rest = end - System.nanoTime()) {
            if (rest <= 0) {
                return false;
            }
            TimeUnit.NANOSECONDS.timedWait(this, rest);
        }
        return true;
    }

    /** The values so far as samples of their own; these are without any then. */
    public synchronized Samples take() {
        var taken = new Samples();
        taken.values = Arrays.copyOf(values, Math.max(1, size));
        taken.size = size;
        size = 0;
        return taken;
    }

    /** How many values there are. */
    public synchronized int size() {
        return size;
    }

    /** How many are less than a value. */
    public synchronized long below(long value) {
        return Arrays.stream(values, 0, size).filter(each -> each < value).count();
    }

    /** The values that were added so far, in that order. */
    public synchronized LongStream values() {
        return Arrays.stream(Arrays.copyOf(values, size));
    }

    /**
     * The value that the given share of values does not exceed.
     *
     * @param percent more than 0, at most 100
     * @throws IllegalStateException without values
     */
    public synchronized long percentile(double percent) {
        if (!(percent > 0 && percent <= 100)) {
            throw new IllegalArgumentException("A percentile must be above 0 and at most 100, but is " + percent + ".");
        }
        if (size == 0) {
            throw new IllegalStateException("Nothing was measured, so there is no percentile " + percent + ".");
        }
        var sorted = Arrays.copyOf(values, size);
        Arrays.sort(sorted);
        var rank = (int) Math.ceil(percent / 100 * size);
        return sorted[Math.max(rank, 1) - 1];
    }
}
