package dev.millrace.controlplane.insight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.controlplane.testing.TestControlPlane;
import dev.millrace.controlplane.testing.TestWorker;
import dev.millrace.controlplane.testing.Workflow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Metrics as a scraper reads them. */
class MetricsTest {
    private static final TestControlPlane PLANE = TestControlPlane.shared();
    private static final Pattern SAMPLE =
            Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(\\{.*})? ([-+0-9.eE]+|NaN|\\+Inf|-Inf)");

    private static Map<String, Double> scrape() {
        var answer = PLANE.ask("GET", "/metrics", "", TestControlPlane.METRICS_TOKEN);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.headers().firstValue("content-type").orElseThrow()).startsWith("text/plain; version=0.0.4");
        Map<String, Double> samples = new TreeMap<>();
        for (var line : answer.body().split("\n")) {
            if (!line.startsWith("#")) {
                var sample = SAMPLE.matcher(line);
                assertThat(sample.matches()).as(line).isTrue();
                var labels = sample.group(2) == null ? "" : sample.group(2);
                assertThat(samples.put(
                                sample.group(1) + labels,
                                Double.parseDouble(sample.group(3).replace("+Inf", "Infinity"))))
                        .as("a figure that is told twice: " + line)
                        .isNull();
            }
        }
        return samples;
    }

    @Test
    void theFiguresFollowTheWork() {
        var workflow = "m-" + UUID.randomUUID();
        var version = Workflow.register(PLANE, Workflow.chain(workflow, "only"), PLANE.token());
        var before = scrape();
        try (var worker = TestWorker.connect(
                PLANE, PLANE.token(), TestWorker.hello(workflow, version).build())) {
            var run = PLANE.ask("POST", "/api/v1/workflows/" + workflow + "/runs", "{\"input\":{\"cents\":5}}")
                    .text("runId");
            worker.succeed(worker.assignment().getAttempt(), "1");
            PLANE.ask("GET", "/api/v1/runs/" + run + "/result?waitSeconds=20", "");
            var after = scrape();
            for (var grown : new String[] {
                "millrace_commits_total",
                "millrace_commit_facts_total",
                "millrace_commit_seconds_total",
                "millrace_runs_started_total",
                "millrace_runs_ended_total{state=\"SUCCEEDED\"}",
                "millrace_attempts_offered_total",
                "millrace_attempts_ended_total{state=\"SUCCEEDED\"}"
            }) {
                assertThat(after.get(grown)).as(grown).isGreaterThan(before.get(grown));
            }
            assertThat(after.get("millrace_workers_connected")).isPositive();
            assertThat(after.get("millrace_shards_served")).isEqualTo(4);
            assertThat(after)
                    .containsKeys(
                            "millrace_runs_active{state=\"QUEUED\"}",
                            "millrace_runs_passive{waits=\"TURN\"}",
                            "millrace_runs_passive{waits=\"TIME\"}",
                            "millrace_starts_held_back{reason=\"PAYLOADS\"}",
                            "millrace_commands_waiting");
            assertThat(after.get("millrace_tasks_waiting{reason=\"NOTHING\"}")).isZero();
            assertThat(after.keySet()).anyMatch(name -> name.startsWith("jvm_memory_used_bytes"));
        }
    }

    @Test
    void thePassesOfTheProjectorAreCounted() {
        var workflow = "m-" + UUID.randomUUID();
        Workflow.register(PLANE, Workflow.chain(workflow, "only"), PLANE.token());
        var before = scrape();
        PLANE.ask("POST", "/api/v1/workflows/" + workflow + "/runs", "{\"input\":{\"cents\":5}}");
        var end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        var after = scrape();
        while (after.get("millrace_projection_runs_total") <= before.get("millrace_projection_runs_total")
                && System.nanoTime() < end) {
            after = scrape();
        }
        for (var grown : new String[] {
            "millrace_projection_passes_total", "millrace_projection_runs_total", "millrace_projection_seconds_total"
        }) {
            assertThat(after.get(grown)).as(grown).isGreaterThan(before.get(grown));
        }
    }

    @Test
    void noTokenOfATenantOpensThem() {
        assertThat(PLANE.ask("GET", "/metrics", "", PLANE.token()).code()).isEqualTo("UNAUTHENTICATED");
        assertThat(PLANE.ask("GET", "/metrics", "", "").status()).isEqualTo(401);
        assertThat(PLANE.ask("GET", "/metrics", "", "a token for the tests' scrapeR")
                        .status())
                .isEqualTo(401);
    }

    @Test
    void thePageListsEveryMetricOfOurs() throws IOException {
        var listed = new TreeSet<String>();
        for (var line : Files.readAllLines(Path.of("..", "docs", "reference", "metrics.md"))) {
            if (line.startsWith("| `millrace_")) {
                listed.add(line.substring(3, line.indexOf('`', 3)));
            }
        }
        var told = new TreeSet<String>();
        var answer = PLANE.ask("GET", "/metrics", "", TestControlPlane.METRICS_TOKEN);
        for (var line : answer.body().split("\n")) {
            if (line.startsWith("# TYPE millrace_")) {
                told.add(line.split(" ")[2]);
            }
        }
        assertThat(listed).isEqualTo(told);
    }
}
