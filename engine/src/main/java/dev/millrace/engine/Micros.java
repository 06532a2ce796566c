package dev.millrace.engine;

import java.time.Duration;
import java.time.Instant;

/** Instants as microseconds since the epoch: the resolution of the journal and of the database. */
final class Micros {
    private Micros() {}

    static long of(Instant instant) {
        if (instant.equals(Instant.MAX)) {
            return Alarm.NEVER;
        }
        return instant.getEpochSecond() * 1_000_000L + instant.getNano() / 1_000;
    }

    static Instant toInstant(long micros) {
        return micros == Alarm.NEVER
                ? Instant.MAX
                : Instant.ofEpochSecond(Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1_000L);
    }

    static Instant truncate(Instant instant) {
        int nanos = instant.getNano();
        return nanos % 1_000 == 0 ? instant : Instant.ofEpochSecond(instant.getEpochSecond(), nanos - nanos % 1_000);
    }

    static long of(Duration duration) {
        return duration.getSeconds() * 1_000_000L + duration.getNano() / 1_000;
    }
}
