package dev.millrace.controlplane.triggers.schedules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.controlplane.triggers.schedules.Schedule.Pausing;
import dev.millrace.controlplane.triggers.schedules.Schedule.Progress;
import dev.millrace.controlplane.triggers.schedules.Schedule.Source;
import dev.millrace.engine.ServiceId;
import dev.millrace.engine.TenantId;
import dev.millrace.manifest.CatchUp;
import dev.millrace.manifest.Overlap;
import dev.millrace.manifest.schedule.Cron;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TicksTest {
    private static final Instant START = Instant.parse("2030-01-01T00:00:00Z");
    private static final Timing EVERY_MINUTE = new Timing.Calendar(Cron.parse("* * * * *"), ZoneId.of("UTC"));

    static Schedule schedule(Timing timing, Overlap overlap, CatchUp catchUp, Duration jitter) {
        return new Schedule(
                new TenantId(UUID.randomUUID()),
                UUID.randomUUID(),
                "w",
                new ServiceId(UUID.randomUUID()),
                Source.RUNTIME,
                "s",
                timing,
                "null".getBytes(java.nio.charset.StandardCharsets.UTF_8),
                Map.of(),
                overlap,
                catchUp,
                3,
                jitter,
                Pausing.NONE,
                Progress.from(timing.next(START)),
                START,
                START,
                1);
    }

    private static Schedule schedule(CatchUp catchUp) {
        return schedule(EVERY_MINUTE, Overlap.ALLOW, catchUp, Duration.ZERO);
    }

    private static Instant at(String time) {
        return Instant.parse("2030-01-01T" + time + "Z");
    }

    @Test
    void aTickInTimeIsStartedWhateverTheCatchUp() {
        for (var catchUp : CatchUp.values()) {
            var ticks = Ticks.due(schedule(catchUp), at("00:01:00.010"));
            assertThat(ticks.toStart()).as(catchUp.name()).containsExactly(at("00:01:00"));
            assertThat(ticks.next()).contains(at("00:02:00"));
            assertThat(ticks.leftOut()).isZero();
        }
    }

    @Test
    void beforeItsTimeNothingIsDue() {
        assertThat(Ticks.due(schedule(CatchUp.ALL), at("00:00:59.999")).toStart())
                .isEmpty();
    }

    @Test
    void ofMissedTicksNoneOrTheLatestOrAllUpToALimitAreMadeUpFor() {
        var now = at("00:10:40");
        var none = Ticks.due(schedule(CatchUp.SKIP), now);
        assertThat(none.toStart()).isEmpty();
        assertThat(none.leftOut()).isEqualTo(10);
        assertThat(none.next()).contains(at("00:11:00"));
        assertThat(none.skipped(schedule(CatchUp.SKIP)).problem()).contains("10 ticks were missed");

        var latest = Ticks.due(schedule(CatchUp.LATEST), now);
        assertThat(latest.toStart()).containsExactly(at("00:10:00"));
        assertThat(latest.leftOut()).isEqualTo(9);

        var all = Ticks.due(schedule(CatchUp.ALL), now);
        assertThat(all.toStart()).containsExactly(at("00:08:00"), at("00:09:00"), at("00:10:00"));
        assertThat(all.leftOut()).isEqualTo(7);
    }

    @Test
    void theTickOfNowIsStartedBesideThoseThatAreMadeUpFor() {
        assertThat(Ticks.due(schedule(CatchUp.SKIP), at("00:10:10")).toStart()).containsExactly(at("00:10:00"));
        assertThat(Ticks.due(schedule(CatchUp.LATEST), at("00:10:10")).toStart())
                .containsExactly(at("00:09:00"), at("00:10:00"));
    }

    @Test
    void aYearOfMissedSecondsIsDecidedAtOnce() {
        var seconds = new Timing.Interval(Duration.ofSeconds(1), START);
        var ticks = Ticks.due(
                schedule(seconds, Overlap.ALLOW, CatchUp.LATEST, Duration.ZERO), START.plus(Duration.ofDays(365)));
        assertThat(ticks.toStart()).last().isEqualTo(START.plus(Duration.ofDays(365)));
        assertThat(ticks.toStart())
                .hasSizeLessThan(200)
                .contains(START.plus(Duration.ofDays(365)).minusSeconds(31));
        assertThat(ticks.next()).contains(START.plus(Duration.ofDays(365)).plusSeconds(1));
    }

    @Test
    void jitterDelaysEachTickByAPartThatIsAlwaysTheSame() {
        var jittered = schedule(EVERY_MINUTE, Overlap.ALLOW, CatchUp.LATEST, Duration.ofSeconds(20));
        List<Duration> delays = new ArrayList<>();
        for (int i = 1; i <= 50; i++) {
            var tick = START.plusSeconds(60L * i);
            var delay = Duration.between(tick, jittered.startOf(tick));
            assertThat(delay).isGreaterThanOrEqualTo(Duration.ZERO).isLessThan(Duration.ofSeconds(20));
            assertThat(jittered.startOf(tick)).isEqualTo(tick.plus(delay));
            delays.add(delay);
        }
        assertThat(delays.stream().distinct().count()).isGreaterThan(30);
        assertThat(Ticks.due(jittered, jittered.startOf(at("00:01:00")).minusMillis(1))
                        .toStart())
                .isEmpty();
        assertThat(Ticks.due(jittered, jittered.startOf(at("00:01:00"))).toStart())
                .containsExactly(at("00:01:00"));
    }

    @Test
    void theNameOfATickIsItsOwn() {
        var schedule = schedule(CatchUp.ALL);
        assertThat(schedule.request(at("00:01:00"))).isEqualTo(schedule.request(at("00:01:00")));
        assertThat(schedule.request(at("00:01:00"))).isNotEqualTo(schedule.request(at("00:02:00")));
        assertThat(schedule.request(at("00:01:00")))
                .isNotEqualTo(schedule(CatchUp.ALL).request(at("00:01:00")));
        assertThat(schedule.request(at("00:01:00")).version()).isEqualTo(7);
    }

    /** Clocks that change: one tick for each time that was meant, none twice, none lost. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // skipped: fires when the clocks skip it
                "30 2 * * * | America/New_York | 2027-03-14T00:00:00Z | 2027-03-15T00:00:00Z | 2027-03-14T07:00:00Z",
                // twice: the first time
                "30 1 * * * | America/New_York | 2026-11-01T00:00:00Z | 2026-11-02T00:00:00Z | 2026-11-01T05:30:00Z",
                // midnight is skipped
                "0 0 * * * | Asia/Beirut | 2027-03-27T12:00:00Z | 2027-03-28T12:00:00Z | 2027-03-27T22:00:00Z",
                "0 0 * * * | America/Havana | 2027-03-13T12:00:00Z | 2027-03-14T12:00:00Z | 2027-03-14T05:00:00Z",
                "0 0 * * * | Africa/Cairo | 2027-04-29T12:00:00Z | 2027-04-30T12:00:00Z | 2027-04-29T22:00:00Z",
                // midnight comes twice
                "30 23 * * * | America/Santiago | 2027-04-03T12:00:00Z | 2027-04-04T12:00:00Z | 2027-04-04T02:30:00Z",
                // half an hour
                "15 2 * * * | Australia/Lord_Howe | 2026-10-03T00:00:00Z | 2026-10-04T00:00:00Z | 2026-10-03T15:30:00Z",
                // a day that there is not
                "0 12 * * * | Pacific/Apia | 2011-12-29T12:00:00Z | 2011-12-31T12:00:00Z | 2011-12-29T22:00:00Z"
                        + " 2011-12-30T10:00:00Z 2011-12-30T22:00:00Z",
            })
    void whereClocksChangeEachTimeOfTheWallClockIsOneTick(
            String cron, String zone, Instant from, Instant to, String expected) {
        var timing = new Timing.Calendar(Cron.parse(cron), ZoneId.of(zone));
        List<String> ticks = new ArrayList<>();
        var tick = timing.next(from);
        while (tick.isPresent() && tick.get().isBefore(to)) {
            ticks.add(tick.get().toString());
            tick = timing.next(tick.get());
        }
        assertThat(String.join(" ", ticks)).isEqualTo(expected);
    }

    @Test
    void anIntervalFollowsTheTimeThatReallyPasses() {
        var timing = new Timing.Interval(Duration.ofMinutes(90), START);
        assertThat(timing.next(START)).contains(at("01:30:00"));
        assertThat(timing.next(at("01:30:00"))).contains(at("03:00:00"));
        assertThat(timing.next(at("01:29:59.999"))).contains(at("01:30:00"));
        assertThat(timing.next(START.minusSeconds(5))).contains(at("01:30:00"));
    }

    @Test
    void aSingleInstantIsOneTick() {
        var timing = new Timing.Once(at("05:00:00.123"));
        assertThat(timing.next(START)).contains(at("05:00:00.123"));
        assertThat(timing.next(at("05:00:00.123"))).isEqualTo(Optional.empty());
    }
}
