package dev.millrace.controlplane.triggers.schedules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.controlplane.testing.TestControlPlane;
import dev.millrace.controlplane.testing.TestControlPlane.Answer;
import dev.millrace.controlplane.testing.Workflow;
import dev.millrace.manifest.CatchUp;
import dev.millrace.manifest.CronTrigger;
import dev.millrace.manifest.Json;
import dev.millrace.manifest.JsonValue;
import dev.millrace.manifest.Manifest;
import dev.millrace.manifest.Overlap;
import dev.millrace.manifest.Triggers;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SchedulesTest {
    private static final TestControlPlane PLANE = TestControlPlane.shared();
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String INPUT = ",\"input\":{\"cents\":1}";

    private final String workflow = "w-" + UUID.randomUUID();

    @BeforeEach
    void register() {
        Workflow.register(PLANE, Workflow.chain(workflow, "only"), PLANE.token());
    }

    private Answer create(String more) {
        return PLANE.ask(
                "POST", "/api/v1/schedules", "{\"workflow\":\"" + workflow + "\",\"name\":\"nightly\"" + more + "}");
    }

    private static String path(Answer created) {
        assertThat(created.status()).as(created.body()).isEqualTo(201);
        return "/api/v1/schedules/" + created.text("scheduleId");
    }

    private static List<String> texts(Answer answer, String member) {
        List<String> texts = new ArrayList<>();
        for (var item : ((JsonValue.Array) answer.json().members().get(member)).items()) {
            texts.add(((JsonValue.Text) item).value());
        }
        return texts;
    }

    private static Answer awaitRun(String path) {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            var now = PLANE.ask("GET", path, "");
            if (now.json().members().containsKey("lastRunId")) {
                return now;
            }
            assertThat(System.nanoTime()).as(now.body()).isLessThan(end);
            LockSupport.parkNanos(10_000_000);
        }
    }

    @Test
    void aCronShowsItsNextTicks() {
        var created = create(INPUT + ",\"cron\":\"30 2 * * *\",\"zone\":\"Europe/Berlin\",\"jitter\":\"5m\"");

        var schedule = PLANE.ask("GET", path(created), "");
        assertThat(schedule.text("cron")).isEqualTo("30 2 * * *");
        assertThat(schedule.text("zone")).isEqualTo("Europe/Berlin");
        assertThat(schedule.text("jitter")).isEqualTo("5m");
        assertThat(schedule.text("overlap")).isEqualTo("ALLOW");
        assertThat(schedule.text("catchUp")).isEqualTo("LATEST");
        assertThat(schedule.text("source")).isEqualTo("RUNTIME");
        assertThat(schedule.text("whilePaused")).isEqualTo("QUEUE");
        assertThat(texts(schedule, "nextTicks")).hasSize(5).allMatch(tick -> tick.endsWith(":30:00Z"));
        assertThat(create(INPUT + ",\"every\":\"1h\"").code()).isEqualTo("SCHEDULE_EXISTS");
    }

    @Test
    void anIntervalAndASingleInstantStartRuns() {
        var every = path(create(INPUT + ",\"every\":\"1s\",\"metadata\":{\"a\":\"b\"}"));
        var ran = awaitRun(every);
        assertThat(PLANE.ask("GET", "/api/v1/runs/" + ran.text("lastRunId"), "").body())
                .contains("\"millrace.schedule\":\"nightly\"")
                .contains("\"a\":\"b\"");
        assertThat(PLANE.ask("DELETE", every, "").status()).isEqualTo(204);
        assertThat(PLANE.ask("GET", every, "").code()).isEqualTo("SCHEDULE_NOT_FOUND");

        var at = Instant.now().plusMillis(400);
        var once = path(create(INPUT + ",\"at\":\"" + at + "\""));
        var done = awaitRun(once);
        assertThat(texts(done, "nextTicks")).isEmpty();
        assertThat(Instant.parse(done.text("lastAt"))).isEqualTo(at.truncatedTo(ChronoUnit.MILLIS));
    }

    @Test
    void aPausedScheduleHasNoNextTickUntilItIsResumed() {
        var path = path(create(INPUT + ",\"every\":\"1s\",\"paused\":true"));
        assertThat(texts(PLANE.ask("GET", path, ""), "nextTicks")).isEmpty();
        assertThat(PLANE.ask("PATCH", path, "{\"paused\":false}").status()).isEqualTo(200);
        awaitRun(path);
        var paused = PLANE.ask("PATCH", path, "{\"paused\":true}");
        assertThat(paused.json().members().get("paused")).isEqualTo(JsonValue.TRUE);
        var changed = PLANE.ask("PATCH", path, "{\"cron\":\"0 3 * * *\",\"zone\":\"UTC\",\"overlap\":\"SKIP\"}");
        assertThat(changed.text("cron")).isEqualTo("0 3 * * *");
        assertThat(changed.text("overlap")).isEqualTo("SKIP");
        assertThat(changed.json().members()).doesNotContainKey("every");
    }

    @Test
    void aRunIsStartedNowOnDemand() {
        var path = path(create(INPUT + ",\"cron\":\"0 0 1 1 *\",\"zone\":\"UTC\""));
        var triggered = PLANE.ask("POST", path + "/trigger", "");
        assertThat(triggered.status()).as(triggered.body()).isEqualTo(201);
        assertThat(PLANE.ask("GET", "/api/v1/runs/" + triggered.text("runId"), "")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void ticksThatHavePassedAreStartedOnceOnDemand() {
        var path = path(create(INPUT + ",\"cron\":\"0 * * * *\",\"zone\":\"UTC\""));
        var body = "{\"from\":\"2026-01-01T00:00:00Z\",\"to\":\"2026-01-01T05:00:00Z\"}";

        var first = PLANE.ask("POST", path + "/backfill", body);
        var again = PLANE.ask("POST", path + "/backfill", body);

        assertThat(first.json()).isEqualTo(Json.read("{\"ticks\":5,\"started\":5}"));
        assertThat(again.json()).isEqualTo(Json.read("{\"ticks\":5,\"started\":0}"));
        assertThat(PLANE.ask(
                                "POST",
                                path + "/backfill",
                                "{\"from\":\"2020-01-01T00:00:00Z\",\"to\":\"2026-01-01T05:00:00Z\"}")
                        .code())
                .isEqualTo("FIELD_INVALID");
        assertThat(PLANE.ask(
                                "POST",
                                path + "/backfill",
                                "{\"from\":\"2026-01-01T00:00:00Z\",\"to\":\"2099-01-01T05:00:00Z\"}")
                        .code())
                .isEqualTo("FIELD_INVALID");
    }

    /** Requests are forgotten after a day; who asks for the same ticks a week later must not start them again. */
    @Test
    void ticksAreKnownWhenTheirRequestsAreForgotten() throws SQLException {
        var path = path(create(INPUT + ",\"cron\":\"0 * * * *\",\"zone\":\"UTC\""));
        var body = "{\"from\":\"2026-01-01T00:00:00Z\",\"to\":\"2026-01-01T03:00:00Z\"}";
        assertThat(PLANE.ask("POST", path + "/backfill", body).json())
                .isEqualTo(Json.read("{\"ticks\":3,\"started\":3}"));

        try (var connection = PLANE.owner().getConnection();
                var keys = connection.prepareStatement(
                        "SELECT count(*) FROM core.unique_key WHERE scope = ? AND key LIKE 'millrace.tick:%'")) {
            keys.setString(1, "start:" + workflow);
            try (var row = keys.executeQuery()) {
                row.next();
                assertThat(row.getInt(1)).isEqualTo(3);
            }
        }
        var changed = PLANE.ask("PATCH", path, "{\"input\":{\"cents\":2}}");
        assertThat(changed.status()).as(changed.body()).isEqualTo(200);
        assertThat(PLANE.ask("POST", path + "/backfill", body).json())
                .isEqualTo(Json.read("{\"ticks\":3,\"started\":0}"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                ",\"cron\":\"60 * * * *\",\"zone\":\"UTC\"|CRON_INVALID|minute 60 is outside 0..59",
                ",\"cron\":\"* * * *\",\"zone\":\"UTC\"|CRON_INVALID|has 4 fields",
                ",\"cron\":\"* * * * * * *\",\"zone\":\"UTC\"|CRON_INVALID|has 7 fields",
                ",\"cron\":\"@reboot\",\"zone\":\"UTC\"|CRON_INVALID|@reboot",
                ",\"cron\":\"*/0 * * * *\",\"zone\":\"UTC\"|CRON_INVALID|step 0",
                ",\"cron\":\"0 0 L * *\",\"zone\":\"UTC\"|CRON_INVALID|L, W, # and ? are not supported",
                ",\"cron\":\"\",\"zone\":\"UTC\"|CRON_INVALID|0 fields",
                ",\"cron\":\"0 0 30 2 *\",\"zone\":\"UTC\"|CRON_NEVER_FIRES|February",
                ",\"cron\":\"0 0 * * *\"|ZONE_UNKNOWN|missing",
                ",\"cron\":\"0 0 * * *\",\"zone\":\"EST\"|ZONE_UNKNOWN|EST",
                ",\"cron\":\"0 0 * * *\",\"zone\":\"+02:00\"|ZONE_UNKNOWN|+02:00",
                ",\"cron\":\"0 0 * * *\",\"zone\":\"Europe/Atlantis\"|ZONE_UNKNOWN|Atlantis",
                ",\"every\":\"0s\"|DURATION_INVALID|$.every",
                ",\"every\":\"-5s\"|DURATION_INVALID|-5s",
                ",\"every\":\"5\"|DURATION_INVALID|5",
                ",\"every\":\"P1M\"|DURATION_INVALID|P1M",
                ",\"every\":\"1e9d\"|DURATION_INVALID|1e9d",
                ",\"every\":\"500ms\"|DURATION_INVALID|500ms",
                ",\"at\":\"2020-01-01T00:00:00Z\"|FIELD_INVALID|$.at",
                ",\"at\":\"2099-01-01T00:00:00Z\"|FIELD_INVALID|366 days",
                ",\"every\":\"5s\",\"at\":\"2099-01-01T00:00:00Z\"|FIELD_INVALID|exactly one",
                "|FIELD_INVALID|exactly one",
                ",\"every\":\"5s\",\"zone\":\"UTC\"|FIELD_INVALID|$.zone",
            })
    void whatIsNoTimeIsRefused(String more, String code, String said) {
        var answer = create(INPUT + (more == null ? "" : more));

        assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo(code);
        assertThat(answer.text("detail")).contains(said);
    }

    @Test
    void anInputThatDoesNotFitIsRefused() {
        assertThat(create(",\"every\":\"5s\"").code()).isEqualTo("SCHEMA_MISMATCH");
        assertThat(create(",\"every\":\"5s\",\"input\":{\"cents\":-1}").code()).isEqualTo("SCHEMA_MISMATCH");
        assertThat(create(",\"every\":\"5s\",\"input\":{\"cents\":1,\"note\":\"" + "x".repeat(300_000) + "\"}")
                        .code())
                .isEqualTo("PAYLOAD_TOO_LARGE");
    }

    private Manifest scheduled(String description, CronTrigger... crons) {
        return Workflow.chain(workflow, "only").toBuilder()
                .description(description)
                .triggers(new Triggers(List.of(), List.of(crons), Optional.empty(), Optional.empty(), Optional.empty()))
                .build();
    }

    private static CronTrigger cron(String name, String cron) {
        return new CronTrigger(name, cron, "UTC", "{\"cents\":1}", Overlap.SKIP, CatchUp.LATEST, Duration.ZERO);
    }

    private List<String> listed() {
        List<String> found = new ArrayList<>();
        var page = PLANE.ask("GET", "/api/v1/schedules?workflow=" + workflow, "");
        for (var item : ((JsonValue.Array) page.json().members().get("items")).items()) {
            var members = ((JsonValue.Object) item).members();
            found.add(((JsonValue.Text) members.get("name")).value() + " "
                    + ((JsonValue.Text) members.get("source")).value() + " "
                    + (members.get("cron") instanceof JsonValue.Text text ? text.value() : "")
                    + (members.get("paused").equals(JsonValue.TRUE) ? " paused" : ""));
        }
        return found;
    }

    @Test
    void aNewVersionReplacesTheSchedulesOfTheManifestAndNoOthers() {
        Workflow.register(
                PLANE,
                scheduled("1", cron("a", "0 1 * * *"), cron("b", "0 2 * * *"), cron("c", "0 3 * * *")),
                PLANE.token());
        create(INPUT + ",\"every\":\"1h\"");
        assertThat(listed())
                .containsExactlyInAnyOrder(
                        "a MANIFEST 0 1 * * *", "b MANIFEST 0 2 * * *", "c MANIFEST 0 3 * * *", "nightly RUNTIME ");
        var a = PLANE.ask("GET", "/api/v1/schedules?workflow=" + workflow, "")
                .body()
                .replaceAll(".*\"scheduleId\":\"([^\"]+)\",\"workflow\":\"[^\"]+\",\"name\":\"a\".*", "$1");
        assertThat(PLANE.ask("PATCH", "/api/v1/schedules/" + a, "{\"paused\":true}")
                        .status())
                .isEqualTo(200);
        assertThat(PLANE.ask("PATCH", "/api/v1/schedules/" + a, "{\"whilePaused\":\"DROP\"}")
                        .text("whilePaused"))
                .isEqualTo("DROP");
        assertThat(PLANE.ask("PATCH", "/api/v1/schedules/" + a, "{\"every\":\"5s\"}")
                        .code())
                .isEqualTo("FROM_MANIFEST");
        assertThat(PLANE.ask("DELETE", "/api/v1/schedules/" + a, "").code()).isEqualTo("FROM_MANIFEST");

        Workflow.register(PLANE, scheduled("2", cron("a", "0 1 * * *"), cron("b", "0 22 * * *")), PLANE.token());

        assertThat(listed())
                .containsExactlyInAnyOrder("a MANIFEST 0 1 * * * paused", "b MANIFEST 0 22 * * *", "nightly RUNTIME ");
        assertThat(PLANE.ask("GET", "/api/v1/schedules/" + a, "").text("whilePaused"))
                .as("what people set outlives versions")
                .isEqualTo("DROP");
    }

    @Test
    void aScheduleOfAManifestFires() {
        Workflow.register(PLANE, scheduled("1", cron("each second", "* * * * * *")), PLANE.token());
        var id = PLANE.ask("GET", "/api/v1/schedules?workflow=" + workflow, "")
                .body()
                .replaceAll(".*\"scheduleId\":\"([^\"]+)\".*", "$1");
        awaitRun("/api/v1/schedules/" + id);
        Workflow.register(PLANE, Workflow.chain(workflow, "only", "more"), PLANE.token());
        assertThat(listed()).isEmpty();
    }
}
