package dev.millrace.manifest.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CronTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 2 * * *        | UTC              | 2026-11-21T10:00:00Z | 2026-11-22T02:00:00Z",
                "*/15 * * * *     | UTC              | 2026-11-21T10:00:00Z | 2026-11-21T10:15:00Z",
                "0 9 * * MON-FRI  | UTC              | 2026-11-21T10:00:00Z | 2026-11-23T09:00:00Z",
                "0 0 29 2 *       | UTC              | 2026-11-21T10:00:00Z | 2028-02-29T00:00:00Z",
                "0 0 29 2 *       | UTC              | 2096-03-01T00:00:00Z | 2104-02-29T00:00:00Z",
                "0 0 13 * 5       | UTC              | 2026-11-21T10:00:00Z | 2026-11-27T00:00:00Z",
                "*/10 * * * * *   | UTC              | 2026-11-21T10:00:05Z | 2026-11-21T10:00:10Z",
                "0 0 * * 7        | UTC              | 2026-11-21T10:00:00Z | 2026-11-22T00:00:00Z",
                "0 12 1 jan *     | Europe/Berlin    | 2026-11-21T10:00:00Z | 2027-01-01T11:00:00Z",
                // New York skips 02:00 to 03:00 on 2027-03-14: fires at the moment of the change, 07:00 UTC.
                "30 2 * * *       | America/New_York | 2027-03-13T12:00:00Z | 2027-03-14T07:00:00Z",
                "30 2 * * *       | America/New_York | 2027-03-14T07:00:00Z | 2027-03-15T06:30:00Z",
                // …and has 01:00 to 02:00 twice on 2026-11-01: fires the first time only.
                "30 1 * * *       | America/New_York | 2026-10-31T12:00:00Z | 2026-11-01T05:30:00Z",
                "30 1 * * *       | America/New_York | 2026-11-01T05:30:00Z | 2026-11-02T06:30:00Z",
                // Every half hour follows the time that passes.
                "*/30 * * * *     | America/New_York | 2026-11-01T05:30:00Z | 2026-11-01T06:00:00Z",
                "*/30 * * * *     | America/New_York | 2027-03-14T06:30:00Z | 2027-03-14T07:00:00Z",
                // Midnight that there is not.
                "0 0 * * *        | Africa/Cairo     | 2027-04-29T12:00:00Z | 2027-04-29T22:00:00Z",
                // A day that there is not: Samoa had no 2011-12-30.
                "0 12 30 12 *     | Pacific/Apia     | 2011-12-29T12:00:00Z | 2011-12-30T10:00:00Z",
                // Half an hour.
                "15 2 * * *       | Australia/Lord_Howe | 2026-10-03T12:00:00Z | 2026-10-03T15:30:00Z",
            })
    void theNextTickIs(String cron, String zone, Instant after, Instant expected) {
        assertThat(Cron.parse(cron).next(after, ZoneId.of(zone))).contains(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 25 * * * | hour 25 is outside 0..23 (hour, field 2).",
                "60 * * * * | minute 60 is outside 0..59 (minute, field 1).",
                "* * * * * 8 | day of week 8 is outside 0..7 (day of week, field 6).",
                "*/0 * * * * | step 0 must be at least 1 (minute, field 1).",
                "5-1 * * * * | range 5-1 ends before it begins (minute, field 1).",
                "0 0 L * * | \"L\" is no number",
                "@reboot | it has 1 fields",
                "0 0 30 2 * | never fires: February never has a day 30.",
                "0 0 31 4,6 * | never fires: April, June never have a day 31.",
                "0 99999999999 * * * | is no number",
            })
    void anErrorNamesTheFieldAndTheValue(String cron, String message) {
        assertThatThrownBy(() -> Cron.parse(cron))
                .isInstanceOf(InvalidCronException.class)
                .hasMessageContaining(message);
    }

    @Test
    void nothingIsNoCron() {
        assertThatThrownBy(() -> Cron.parse("")).hasMessageContaining("it has 0 fields");
    }

    @Test
    void ticksOnlyGoForwardInEveryZoneAndYear() {
        var crons = List.of("30 2 * * *", "0 0 * * *", "*/20 * * * *", "0 */6 * * *", "15 1,2,3 * * *");
        var random = new Random(42);
        var zones = new ArrayList<>(ZoneId.getAvailableZoneIds());
        zones.sort(null);
        for (var zone : zones) {
            for (var text : crons) {
                var cron = Cron.parse(text);
                int year = 1970 + random.nextInt(130);
                var at = LocalDateTime.of(year, 1 + random.nextInt(12), 1 + random.nextInt(28), 0, 0)
                        .toInstant(ZoneOffset.UTC);
                for (int i = 0; i < 20; i++) {
                    var next = cron.next(at, ZoneId.of(zone));
                    assertThat(next).as("%s in %s after %s", text, zone, at).isPresent();
                    assertThat(next.get()).as("%s in %s", text, zone).isAfter(at);
                    at = next.get();
                }
            }
        }
    }

    @Test
    void aFixedTimeFiresExactlyOncePerDay() {
        var cron = Cron.parse("30 2 * * *");
        for (var name : List.of("America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Africa/Casablanca")) {
            var zone = ZoneId.of(name);
            var at = Instant.parse("2026-01-01T12:00:00Z");
            var end = Instant.parse("2028-01-01T12:00:00Z");
            int ticks = 0;
            while (true) {
                at = cron.next(at, zone).orElseThrow();
                if (at.isAfter(end)) {
                    break;
                }
                ticks++;
            }
            assertThat(ticks).as(name).isEqualTo(730);
        }
    }
}
