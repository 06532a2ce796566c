package dev.millrace.engine.scheduling;

/**
 * How long permits of a limit were held by those that gave one back in the last minutes. Counted by the minute, so that it takes the same
 * room however many there are; begins anew with every owner of the shard.
 */
public final class HoldTimes {
    /** Stands for a moment that nobody remembers: that of a permit that was held before the shard had this owner. */
    public static final long UNKNOWN = Long.MIN_VALUE;

    private static final int MINUTES = 5;
    private static final long MICROS_PER_MINUTE = 60_000_000L;

    private final long[] minutes = new long[MINUTES];
    private final long[] ended = new long[MINUTES];
    private final long[] micros = new long[MINUTES];

    /** A permit was given back. */
    void ended(long sinceMicros, long nowMicros) {
        if (sinceMicros == UNKNOWN) {
            return;
        }
        long minute = Math.floorDiv(nowMicros, MICROS_PER_MINUTE);
        int place = (int) Math.floorMod(minute, (long) MINUTES);
        if (minutes[place] != minute) {
            minutes[place] = minute;
            ended[place] = 0;
            micros[place] = 0;
        }
        ended[place]++;
        micros[place] += Math.max(0, nowMicros - sinceMicros);
    }

    /** How long on average, in microseconds, in this minute and the four before; negative while nobody has given one back. */
    long mean(long nowMicros) {
        long newest = Math.floorDiv(nowMicros, MICROS_PER_MINUTE);
        long count = 0;
        long sum = 0;
        for (int place = 0; place < MINUTES; place++) {
            if (minutes[place] > newest - MINUTES && minutes[place] <= newest) {
                count += ended[place];
                sum += micros[place];
            }
        }
        return count == 0 ? -1 : sum / count;
    }
}
