package dev.millrace.cli.triggers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.cli.CannedControlPlane;
import dev.millrace.cli.CommandLineRun;
import dev.millrace.cli.ExitCode;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SchedulesCommandTest {
    private static final String ID = "0193a5c8-7f3e-7c1a-9b2d-3f4e5a6b7c8d";
    private static final String SCHEDULE = "{\"scheduleId\":\"" + ID
            + "\",\"workflow\":\"report\",\"name\":\"nightly\",\"source\":\"RUNTIME\",\"input\":null,"
            + "\"overlap\":\"ALLOW\",\"catchUp\":\"LATEST\",\"paused\":false,"
            + "\"nextTicks\":[\"2026-11-22T01:00:00Z\"],\"createdAt\":\"2026-11-21T08:00:00Z\","
            + "\"updatedAt\":\"2026-11-21T08:00:00Z\",\"cron\":\"0 2 * * *\",\"zone\":\"Europe/Berlin\"}";

    @TempDir
    private Path directory;

    private final CannedControlPlane controlPlane = new CannedControlPlane();

    @AfterEach
    void stop() {
        controlPlane.close();
    }

    private CommandLineRun run(String... arguments) {
        return CommandLineRun.of(
                directory, Map.of("MILLRACE_URL", controlPlane.url(), "MILLRACE_TOKEN", "mr_test"), arguments);
    }

    @Test
    void aScheduleIsMadeAndShown() {
        controlPlane.on("POST /api/v1/schedules", 201, SCHEDULE);
        controlPlane.on("GET /api/v1/schedules/" + ID, 200, SCHEDULE);

        var made = run(
                "schedules",
                "create",
                "report",
                "nightly",
                "--cron",
                "0 2 * * *",
                "--zone",
                "Europe/Berlin",
                "--json",
                "{}",
                "--overlap",
                "SKIP",
                "--while-paused",
                "DROP");

        assertThat(made.exitCode()).as(made.err()).isEqualTo(ExitCode.OK);
        assertThat(made.out()).isEqualTo("""
            SCHEDULE                              WORKFLOW  NAME     WHEN                     SOURCE   NEXT                  PROBLEM
            %s  report    nightly  0 2 * * * Europe/Berlin  RUNTIME  2026-11-22T01:00:00Z  -
            """.formatted(ID));
        assertThat(controlPlane.requests().get(0))
                .contains("\"cron\":\"0 2 * * *\"")
                .contains("\"input\":{}")
                .contains("\"overlap\":\"SKIP\"")
                .contains("\"whilePaused\":\"DROP\"");
        assertThat(run("schedules", "get", ID).out()).endsWith("next  2026-11-22T01:00:00Z\n");
    }

    @Test
    void ticksThatHavePassedAreStartedAgain() {
        controlPlane.on("POST /api/v1/schedules/" + ID + "/backfill", 200, "{\"ticks\":5,\"started\":3}");

        var run = run("schedules", "backfill", ID, "--from", "2026-01-01T00:00:00Z", "--to", "2026-01-02T00:00:00Z");

        assertThat(run).isEqualTo(new CommandLineRun(ExitCode.OK, "3 of 5 ticks started a run.\n", ""));
    }

    @Test
    void aPausedScheduleSaysSo() {
        controlPlane.on("PATCH /api/v1/schedules/" + ID, 200, SCHEDULE.replace("\"paused\":false", "\"paused\":true"));

        assertThat(run("schedules", "pause", ID).out()).contains("  paused");
        assertThat(controlPlane.requests().get(0)).contains("{\"paused\":true}");
        assertThat(run("schedules", "change", ID, "--while-paused", "DROP").exitCode())
                .isEqualTo(ExitCode.OK);
        assertThat(controlPlane.requests().get(1)).contains("{\"whilePaused\":\"DROP\"}");
        assertThat(run("schedules").exitCode()).isEqualTo(ExitCode.USAGE);
    }
}
