package dev.millrace.cli.triggers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.cli.CannedControlPlane;
import dev.millrace.cli.CommandLineRun;
import dev.millrace.cli.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventsCommandTest {
    private static final String EVENT = "0193a5c8-7f3e-7c1a-9b2d-3f4e5a6b7c8d";
    private static final String RUN = "0193a5c8-7f3e-7c1a-9b2d-3f4e5a6b7c8e";

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
    void anEventIsPublishedFromAFile() throws IOException {
        controlPlane.on(
                "POST /api/v1/events",
                200,
                "{\"items\":[{\"event\":{\"eventId\":\"" + EVENT + "\",\"duplicate\":false}}]}");
        var file = Files.writeString(directory.resolve("order.json"), "{\"cents\":1}");

        var run =
                run("events", "publish", "order.placed", "--data", file.toString(), "--id", "o-1", "--metadata", "a=b");

        assertThat(run).isEqualTo(new CommandLineRun(ExitCode.OK, EVENT + "\n", ""));
        assertThat(controlPlane.requests().get(0))
                .contains("\"name\":\"order.placed\"")
                .contains("\"data\":{\"cents\":1}")
                .contains("\"id\":\"o-1\"")
                .contains("\"metadata\":{\"a\":\"b\"}");
    }

    @Test
    void aRefusedEventIsAnError() {
        controlPlane.on(
                "POST /api/v1/events",
                200,
                "{\"items\":[{\"error\":{\"type\":\"about:blank\",\"title\":\"Bad\",\"status\":400,"
                        + "\"code\":\"FIELD_INVALID\",\"detail\":\"No name.\"}}]}");

        var run = run("events", "publish", "order.*", "--json", "1");

        assertThat(run).isEqualTo(new CommandLineRun(ExitCode.ERROR, "", "millrace: No name. [FIELD_INVALID]\n"));
        assertThat(run("events", "publish", "a").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(run("events").exitCode()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void whatBecameOfAnEventIsATable() {
        controlPlane.on(
                "GET /api/v1/events/" + EVENT,
                200,
                "{\"eventId\":\"" + EVENT + "\",\"name\":\"order.placed\",\"publishedAt\":\"2026-11-21T08:00:00Z\","
                        + "\"open\":false,\"data\":{\"cents\":1},\"unlisted\":3,\"outcomes\":["
                        + "{\"filterId\":\"" + RUN + "\",\"workflow\":\"a\",\"outcome\":\"STARTED\",\"runId\":\"" + RUN
                        + "\"},{\"filterId\":\"" + RUN
                        + "\",\"workflow\":\"b\",\"outcome\":\"REFUSED\",\"code\":\"X\",\"message\":\"Too small.\"}]}");

        var run = run("events", "get", EVENT);

        assertThat(run.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(run.out()).isEqualTo("""
                order.placed  %s  2026-11-21T08:00:00Z
                {
                  "cents": 1
                }
                WORKFLOW  OUTCOME  RUN                                   WHY
                a         STARTED  %s  -
                b         REFUSED  -                                     Too small.
                """.formatted(EVENT, RUN));
        assertThat(run.err()).isEqualTo("3 more filters had nothing to do with it.\n");
    }

    @Test
    void aFilterIsCreatedAndDisabled() {
        var filter = "{\"filterId\":\"" + EVENT + "\",\"workflow\":\"w\",\"event\":\"order.*\",\"enabled\":true,"
                + "\"source\":\"RUNTIME\",\"createdAt\":\"2026-11-21T08:00:00Z\",\"updatedAt\":\"2026-11-21T08:00:00Z\"}";
        controlPlane.on("POST /api/v1/filters", 201, filter);
        controlPlane.on("PATCH /api/v1/filters/" + EVENT, 200, filter.replace("true", "false"));

        var created = run("filters", "create", "w", "order.*", "--where", "event.cents > 0");
        var disabled = run("filters", "disable", EVENT);

        assertThat(created.out()).isEqualTo("""
                FILTER                                EVENT    SCOPE  WHERE  WORKFLOW  SOURCE   ENABLED
                %s  order.*  -      -      w         RUNTIME  yes
                """.formatted(EVENT));
        assertThat(disabled.out()).contains("RUNTIME  no");
        assertThat(controlPlane.requests().get(0)).contains("\"where\":\"event.cents > 0\"");
        assertThat(controlPlane.requests().get(1)).contains("{\"enabled\":false}");
    }
}
