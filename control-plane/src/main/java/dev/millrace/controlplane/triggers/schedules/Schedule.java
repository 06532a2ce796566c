package dev.millrace.controlplane.triggers.schedules;

import dev.millrace.controlplane.payloads.Payloads;
import dev.millrace.engine.RunId;
import dev.millrace.engine.ServiceId;
import dev.millrace.engine.TenantId;
import dev.millrace.manifest.CatchUp;
import dev.millrace.manifest.Overlap;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * A schedule: what it says, and how far it has come.
 *
 * @param service in whose name runs are started
 * @param name unique among those of the workflow from the same source
 * @param input JSON in UTF-8
 * @param catchUpLimit how many missed ticks are made up for at most, under {@link CatchUp#ALL}
 * @param jitter each start is delayed by a part of this, which is the same for the same tick
 * @param pausing whether ticks are let pass, and what becomes of them while the workflow is paused
 * @param progress how far it has come
 * @param revision rises with every change of what it says
 */
record Schedule(
        TenantId tenant,
        UUID id,
        String workflow,
        ServiceId service,
        Source source,
        String name,
        Timing timing,
        byte[] input,
        Map<String, String> metadata,
        Overlap overlap,
        CatchUp catchUp,
        int catchUpLimit,
        Duration jitter,
        Pausing pausing,
        Progress progress,
        Instant createdAt,
        Instant updatedAt,
        long revision) {

    /** How many missed ticks are made up for at most, unless the schedule says otherwise. */
    static final int CATCH_UP_LIMIT = 100;

    Schedule {
        metadata = Map.copyOf(metadata);
    }

    /** Whether it is paused itself. */
    boolean paused() {
        return pausing.schedule();
    }

    /** What becomes of a tick while the workflow is paused. The ordinals are stored. */
    enum WhilePaused {
        /** Its run is started, and waits until the workflow is resumed. */
        QUEUE,
        /** It is left out. */
        DROP
    }

    /**
     * What is paused.
     *
     * @param schedule the schedule itself: no ticks pass, and none is made up for
     * @param whilePaused what becomes of ticks while the workflow is
     * @param workflow whether the workflow is now
     */
    record Pausing(boolean schedule, WhilePaused whilePaused, boolean workflow) {
        static final Pausing NONE = new Pausing(false, WhilePaused.QUEUE, false);

        /** Whether ticks are left out now. */
        boolean drops() {
            return workflow && whilePaused == WhilePaused.DROP;
        }
    }

    /** Where a schedule comes from. */
    enum Source {
        MANIFEST,
        RUNTIME
    }

    /**
     * How far a schedule has come.
     *
     * @param nextAt the first tick that is not decided; empty when there will be none
     * @param queuedFrom the ticks from here on wait for the end of the run before; empty when none does
     * @param lastAt the last tick that was decided
     * @param lastRun the run that was started last
     * @param problem why the last tick started nothing; empty when it did
     */
    record Progress(
            Optional<Instant> nextAt,
            Optional<Instant> queuedFrom,
            Optional<Instant> lastAt,
            Optional<RunId> lastRun,
            String problem) {

        static Progress from(Optional<Instant> nextAt) {
            return new Progress(nextAt, Optional.empty(), Optional.empty(), Optional.empty(), "");
        }
    }

    /** The revision of what is said now, above every one before: what is deleted and made again is not taken for the old one. */
    static long revision(Instant now, long before) {
        return Math.max(before + 1, ChronoUnit.MICROS.between(Instant.EPOCH, now));
    }

    Schedule with(Progress now) {
        return new Schedule(
                tenant,
                id,
                workflow,
                service,
                source,
                name,
                timing,
                input,
                metadata,
                overlap,
                catchUp,
                catchUpLimit,
                jitter,
                pausing,
                now,
                createdAt,
                updatedAt,
                revision);
    }

    /** When the tick is really started. */
    Instant startOf(Instant tick) {
        if (jitter.isZero()) {
            return tick;
        }
        return tick.plusMillis(Math.floorMod(hash(tick).getLong(), Math.max(1, jitter.toMillis())));
    }

    /** Names the start of a tick: always the same, with the time of the tick in front. */
    UUID request(Instant tick) {
        var hash = hash(tick);
        long high = hash.getLong();
        return new UUID(
                Math.max(0, tick.toEpochMilli()) << 16 | 0x7000L | high & 0xFFFL,
                hash.getLong() & 0x3FFF_FFFF_FFFF_FFFFL | 0x8000_0000_0000_0000L);
    }

    /** The idempotency key of a tick's run: requests are forgotten after a day, and a tick may be asked for again long after that. */
    String key(Instant tick) {
        return "millrace.tick:" + id + ":" + tick;
    }

    private ByteBuffer hash(Instant tick) {
        var names = ByteBuffer.allocate(28)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .putLong(tick.getEpochSecond())
                .putInt(tick.getNano());
        return ByteBuffer.wrap(Payloads.sha256(names.array()));
    }
}
