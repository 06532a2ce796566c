package dev.millrace.controlplane.triggers.schedules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.controlplane.tenancy.Permission;
import dev.millrace.controlplane.tenancy.Principal;
import dev.millrace.controlplane.testing.TestControlPlane;
import dev.millrace.controlplane.testing.Workflow;
import dev.millrace.controlplane.triggers.schedules.Schedule.Pausing;
import dev.millrace.controlplane.triggers.schedules.Schedule.Progress;
import dev.millrace.controlplane.triggers.schedules.Schedule.Source;
import dev.millrace.controlplane.triggers.schedules.Schedule.WhilePaused;
import dev.millrace.engine.ServiceId;
import dev.millrace.engine.TenantId;
import dev.millrace.manifest.CatchUp;
import dev.millrace.manifest.JsonValue;
import dev.millrace.manifest.Overlap;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Schedules under a clock that the test turns, over the real engine. The years lie ahead, so that the server's own clock never fires them. */
class ClockworkTest {
    private static final TestControlPlane PLANE = TestControlPlane.shared();
    private static final Instant START = Instant.parse("2040-01-01T00:00:00Z");
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final String workflow = "w-" + UUID.randomUUID();
    private final ScheduleRows rows = PLANE.context().getBean(ScheduleRows.class);
    private final TestClock clock = new TestClock();
    private Principal who;

    private static final class TestClock extends Clock {
        private volatile Instant now = START;

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    @BeforeEach
    void onlyOurs() throws SQLException {
        Workflow.register(PLANE, Workflow.chain(workflow, "only"), PLANE.token());
        try (var connection = PLANE.owner().getConnection();
                var statement = connection.createStatement()) {
            statement.execute("DELETE FROM core.schedule");
            try (var found = statement.executeQuery("SELECT s.tenant_id, s.service_id FROM core.service s"
                    + " JOIN core.tenant t USING (tenant_id) WHERE t.name = 'default' AND s.name = 'default'")) {
                found.next();
                who = new Principal(
                        new TenantId(found.getObject(1, UUID.class)),
                        "default",
                        new ServiceId(found.getObject(2, UUID.class)),
                        "default",
                        "test",
                        Set.of(Permission.TRIGGERS_WRITE),
                        Instant.MAX);
            }
        }
    }

    private Clockwork clockwork() {
        return new Clockwork(rows, PLANE.context().getBean(TickStarts.class), clock);
    }

    /** One that ticks each minute. */
    private Schedule minutely(Overlap overlap, CatchUp catchUp) {
        return minutely(overlap, catchUp, WhilePaused.QUEUE);
    }

    private Schedule minutely(Overlap overlap, CatchUp catchUp, WhilePaused whilePaused) {
        var timing = new Timing.Interval(Duration.ofMinutes(1), START);
        var schedule = new Schedule(
                who.tenant(),
                UUID.randomUUID(),
                workflow,
                who.service(),
                Source.RUNTIME,
                "s",
                timing,
                "{\"cents\":1}".getBytes(StandardCharsets.UTF_8),
                Map.of("team", "a"),
                overlap,
                catchUp,
                5,
                Duration.ZERO,
                new Pausing(false, whilePaused, false),
                Progress.from(timing.next(START)),
                START,
                START,
                1);
        rows.create(who, schedule);
        return schedule;
    }

    private Schedule stored(Schedule schedule) {
        return rows.find(who, schedule.id()).orElseThrow();
    }

    private void turnUntil(Clockwork clockwork, BooleanSupplier done) {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (!done.getAsBoolean()) {
            clockwork.turn();
            assertThat(System.nanoTime()).as("not in time").isLessThan(end);
            LockSupport.parkNanos(2_000_000);
        }
    }

    private void fire(Clockwork clockwork, Schedule schedule, String until) {
        var next = START.plus(Duration.parse(until));
        turnUntil(
                clockwork,
                () -> stored(schedule).progress().nextAt().orElseThrow().isAfter(next));
    }

    /** The ticks of which there are runs. */
    private Set<String> ticks() {
        Set<String> ticks = new TreeSet<>();
        // The list lags behind by the projection; whoever counts has waited for the last run.
        var page = PLANE.ask("GET", "/api/v1/runs?limit=200&workflow=" + workflow, "");
        for (var item : ((JsonValue.Array) page.json().members().get("items")).items()) {
            var metadata =
                    (JsonValue.Object) ((JsonValue.Object) item).members().get("metadata");
            var tick = ((JsonValue.Text) metadata.members().get(TickStarts.TICK_LABEL)).value();
            assertThat(ticks.add(tick.replace("2040-01-01T", "")))
                    .as("twice: " + tick)
                    .isTrue();
        }
        return ticks;
    }

    private void awaitTicks(String... expected) {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (ticks().size() < expected.length && System.nanoTime() < end) {
            LockSupport.parkNanos(20_000_000);
        }
        assertThat(ticks()).containsExactly(expected);
    }

    private void advance(String time) {
        clock.now = START.plus(Duration.parse(time));
    }

    @Test
    void eachTickStartsOneRun() {
        var schedule = minutely(Overlap.ALLOW, CatchUp.SKIP);
        var clockwork = clockwork();
        clockwork.turn();
        for (int minute = 1; minute <= 3; minute++) {
            advance("PT" + minute + "M0.005S");
            fire(clockwork, schedule, "PT" + minute + "M");
        }

        awaitTicks("00:01:00Z", "00:02:00Z", "00:03:00Z");
        assertThat(stored(schedule).progress().lastAt()).contains(START.plusSeconds(180));
        var run = PLANE.ask(
                "GET",
                "/api/v1/runs/"
                        + stored(schedule).progress().lastRun().orElseThrow().value(),
                "");
        assertThat(run.body()).contains("\"team\":\"a\"").contains("\"cents\":1");
    }

    @ParameterizedTest
    @EnumSource
    void whileTheWorkflowIsPausedTheRunOfATickWaitsOrTheTickIsLeftOut(WhilePaused policy) {
        var schedule = minutely(Overlap.ALLOW, CatchUp.ALL, policy);
        var clockwork = clockwork();
        clockwork.turn();
        PLANE.ask("POST", "/api/v1/workflows/" + workflow + "/pause", "");
        advance("PT1M");
        fire(clockwork, schedule, "PT1M");
        var paused = stored(schedule).progress();
        PLANE.ask("POST", "/api/v1/workflows/" + workflow + "/resume", "");
        advance("PT2M");
        fire(clockwork, schedule, "PT2M");

        assertThat(paused.lastAt()).contains(START.plusSeconds(60));
        switch (policy) {
            case QUEUE -> {
                assertThat(paused.problem()).isEmpty();
                awaitTicks("00:01:00Z", "00:02:00Z");
            }
            case DROP -> {
                assertThat(paused.lastRun()).isEmpty();
                assertThat(paused.problem())
                        .isEqualTo("Workflow " + workflow + " was paused, so 2040-01-01T00:01:00Z is left out."
                                + " With whilePaused QUEUE their runs would wait.");
                awaitTicks("00:02:00Z");
            }
        }
        assertThat(stored(schedule).progress().problem()).isEmpty();
    }

    @Test
    void twoInstancesStartOneRunForEachTick() {
        var schedule = minutely(Overlap.ALLOW, CatchUp.SKIP);
        var one = clockwork();
        var other = clockwork();
        one.turn();
        other.turn();
        for (int minute = 1; minute <= 5; minute++) {
            advance("PT" + minute + "M");
            one.turn();
            other.turn();
            fire(one, schedule, "PT" + minute + "M");
            fire(other, schedule, "PT" + minute + "M");
        }

        awaitTicks("00:01:00Z", "00:02:00Z", "00:03:00Z", "00:04:00Z", "00:05:00Z");
    }

    @Test
    void aCrashBetweenStartAndProgressStartsNothingTwice() throws SQLException {
        var schedule = minutely(Overlap.ALLOW, CatchUp.LATEST);
        var clockwork = clockwork();
        advance("PT1M");
        fire(clockwork, schedule, "PT1M");
        var first = stored(schedule).progress().lastRun();
        // As if the progress had not been stored.
        try (var connection = PLANE.owner().getConnection();
                var statement = connection.createStatement()) {
            statement.execute("UPDATE core.schedule SET next_at = '2040-01-01T00:01:00Z', last_run = NULL");
        }
        var afterwards = clockwork();
        advance("PT1M10S");
        fire(afterwards, schedule, "PT1M");

        assertThat(stored(schedule).progress().lastRun()).isEqualTo(first).isPresent();
        awaitTicks("00:01:00Z");
    }

    @Test
    void whatWasMissedIsMadeUpForAsThePolicySays() {
        var schedule = minutely(Overlap.ALLOW, CatchUp.ALL);
        advance("PT20M40S");
        fire(clockwork(), schedule, "PT20M");

        awaitTicks("00:16:00Z", "00:17:00Z", "00:18:00Z", "00:19:00Z", "00:20:00Z");
    }

    @Test
    void aClockThatIsSetBackFiresNothingTwice() {
        var schedule = minutely(Overlap.ALLOW, CatchUp.LATEST);
        var clockwork = clockwork();
        advance("PT2M");
        fire(clockwork, schedule, "PT2M");
        advance("PT0S");
        for (int i = 0; i < 5; i++) {
            clockwork.turn();
        }
        advance("PT3M");
        fire(clockwork, schedule, "PT3M");

        awaitTicks("00:01:00Z", "00:02:00Z", "00:03:00Z");
    }

    @Test
    void aTickIsLeftOutWhileTheRunBeforeGoesOn() {
        var schedule = minutely(Overlap.SKIP, CatchUp.LATEST);
        var clockwork = clockwork();
        advance("PT1M");
        fire(clockwork, schedule, "PT1M");
        var first = stored(schedule).progress().lastRun().orElseThrow();
        advance("PT2M");
        fire(clockwork, schedule, "PT2M");
        assertThat(stored(schedule).progress().problem())
                .contains("had not ended")
                .contains("00:02:00Z");

        PLANE.ask("POST", "/api/v1/runs/" + first.value() + "/cancel", "{\"reason\":\"test\"}");
        advance("PT3M");
        fire(clockwork, schedule, "PT3M");

        awaitTicks("00:01:00Z", "00:03:00Z");
        assertThat(stored(schedule).progress().problem()).isEmpty();
    }

    @Test
    void theRunBeforeIsCancelledWhereThePolicySaysSo() {
        var schedule = minutely(Overlap.CANCEL_PREVIOUS, CatchUp.LATEST);
        var clockwork = clockwork();
        advance("PT1M");
        fire(clockwork, schedule, "PT1M");
        var first = stored(schedule).progress().lastRun().orElseThrow();
        advance("PT2M");
        fire(clockwork, schedule, "PT2M");

        awaitTicks("00:01:00Z", "00:02:00Z");
        assertThat(PLANE.ask("GET", "/api/v1/runs/" + first.value(), "").text("state"))
                .isEqualTo("CANCELLED");
    }

    @Test
    void queuedTicksAreStartedOneAfterTheOtherAlsoAfterACrash() {
        var schedule = minutely(Overlap.QUEUE, CatchUp.SKIP);
        var clockwork = clockwork();
        advance("PT1M");
        fire(clockwork, schedule, "PT1M");
        var first = stored(schedule).progress().lastRun().orElseThrow();
        advance("PT2M");
        turnUntil(clockwork, () -> stored(schedule).progress().queuedFrom().isPresent());
        advance("PT4M30S");
        var afterwards = clockwork();
        for (int i = 0; i < 10; i++) {
            afterwards.turn();
            LockSupport.parkNanos(2_000_000);
        }
        awaitTicks("00:01:00Z");

        end(first.value());
        turnUntil(
                afterwards,
                () -> stored(schedule).progress().lastAt().equals(java.util.Optional.of(START.plusSeconds(120))));
        end(stored(schedule).progress().lastRun().orElseThrow().value());
        turnUntil(
                afterwards,
                () -> stored(schedule).progress().lastAt().equals(java.util.Optional.of(START.plusSeconds(180))));
        awaitTicks("00:01:00Z", "00:02:00Z", "00:03:00Z");
        assertThat(stored(schedule).progress().queuedFrom()).isPresent();
    }

    private void end(UUID run) {
        assertThat(PLANE.ask("POST", "/api/v1/runs/" + run + "/cancel", "{\"reason\":\"test\"}")
                        .status())
                .isLessThan(300);
    }

    @Test
    void aScheduleThatWasPausedElsewhereIsNotFired() throws SQLException {
        var schedule = minutely(Overlap.ALLOW, CatchUp.LATEST);
        var clockwork = clockwork();
        clockwork.turn();
        try (var connection = PLANE.owner().getConnection();
                var statement = connection.createStatement()) {
            statement.execute("UPDATE core.schedule SET paused = true, revision = 2");
        }
        advance("PT1M");
        clockwork.turn();
        clockwork.turn();
        assertThat(clockwork.progress(schedule.id()).orElseThrow().lastAt()).isEmpty();
        assertThat(stored(schedule).progress().lastAt()).isEmpty();
    }

    @Test
    void aScheduleThatAnotherInstanceMadeIsLearnt() {
        var clockwork = clockwork();
        clockwork.turn();
        var schedule = minutely(Overlap.ALLOW, CatchUp.LATEST);
        clock.now = START.plus(Clockwork.RESYNC);
        clockwork.turn();
        assertThat(clockwork.progress(schedule.id())).isPresent();
    }

    @Test
    void aStartThatIsRefusedIsToldAndTheScheduleGoesOn() throws SQLException {
        var schedule = minutely(Overlap.ALLOW, CatchUp.LATEST);
        try (var connection = PLANE.owner().getConnection();
                var statement = connection.createStatement()) {
            statement.execute("UPDATE core.schedule SET input = '{}'");
        }
        var clockwork = clockwork();
        advance("PT1M");
        fire(clockwork, schedule, "PT1M");

        assertThat(stored(schedule).progress().problem())
                .startsWith("SCHEMA_MISMATCH")
                .contains("cents");
        assertThat(stored(schedule).progress().nextAt()).contains(START.plusSeconds(120));
    }
}
