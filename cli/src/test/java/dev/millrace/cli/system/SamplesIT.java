package dev.millrace.cli.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.samples.research.simulated.Inquiry;
import dev.millrace.samples.review.simulated.Story;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The demo of each sample beside the first: command, control plane, PostgreSQL and worker, each a real process. */
@Tag("system")
class SamplesIT {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Path project;

    @BeforeEach
    void makeProject() throws Exception {
        project = Files.createDirectories(
                Path.of("target", "system tests", UUID.randomUUID().toString()).toAbsolutePath());
    }

    @Test
    void draftsAreDecidedByThoseWhoMustThoughTheWorkerIsKilled() throws Exception {
        try (var demo = Cli.run(
                project, "demo", "content-review", "--crash", "--port", "0", "--grpc-port", "0", "-o", "json")) {
            assertThat(demo.awaitExit()).as(demo.err() + demo.out()).isZero();
            assertThat(demo.err()).contains("Killing the worker").contains("starting another one");

            var result = MAPPER.readTree(demo.out());
            assertThat(result.get("asExpected").asBoolean()).isTrue();
            for (var story : Story.all()) {
                var told = find(result.get("drafts"), "draft", story.draft().id());
                assertThat(told.get("ending").asText()).isEqualTo(story.ending().name());
                assertThat(people(told)).isEqualTo(story.deciders());
            }
            assertThat(find(result.get("drafts"), "draft", "leftovers")
                            .get("decisions")
                            .findValuesAsText("role"))
                    .as("nobody answers, so it is handed on, and then it is over")
                    .containsExactly("checks", "editor", "chief-editor");
        }
    }

    @Test
    void questionsEndAsTheirTopicsSayThoughTheWorkerIsKilled() throws Exception {
        try (var demo = Cli.run(
                project, "demo", "research-agent", "--crash", "--port", "0", "--grpc-port", "0", "-o", "json")) {
            assertThat(demo.awaitExit()).as(demo.err() + demo.out()).isZero();
            assertThat(demo.err()).contains("Killing the worker").contains("starting another one");

            var result = MAPPER.readTree(demo.out());
            assertThat(result.get("asExpected").asBoolean()).isTrue();
            assertThat(result.get("questions").asInt())
                    .as("those that are asked, and the one of the schedule")
                    .isEqualTo(Inquiry.all().size() + 1);
            assertThat(result.get("tooManyRequests").asInt()).isPositive();
            var answered = find(result.get("found"), "topic", "heat pumps");
            assertThat(answered.get("rounds").asInt()).isEqualTo(3);
            assertThat(answered.get("tokens").asLong()).isPositive();
            assertThat(answered.get("dropped").get(0).asText()).isEqualTo("Everybody wants them.");
            assertThat(answered.get("report").asText()).contains("heat pumps");
            assertThat(find(result.get("found"), "topic", "everything")
                            .get("failure")
                            .asText())
                    .startsWith("BUDGET_EXCEEDED");
        }
    }

    private static List<String> people(JsonNode told) {
        return told.get("decisions").findValuesAsText("person");
    }

    private static JsonNode find(JsonNode all, String member, String value) {
        return StreamSupport.stream(all.spliterator(), false)
                .filter(each -> each.get(member).asText().equals(value))
                .findFirst()
                .orElseThrow();
    }
}
