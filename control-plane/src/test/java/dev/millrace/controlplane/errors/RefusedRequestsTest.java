package dev.millrace.controlplane.errors;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.controlplane.testing.TestControlPlane;
import dev.millrace.controlplane.testing.Workflow;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What no operation takes is answered with the reason, never with an error of ours. */
class RefusedRequestsTest {
    private static final TestControlPlane PLANE = TestControlPlane.shared();

    @Test
    void aPathThatLeadsNowhereIsNotFound() {
        for (var path : new String[] {"/", "/api/v1/nothing", "/api/v1/runs/x/y/z"}) {
            var answer = PLANE.ask("GET", path, "");
            assertThat(answer.status()).as(path).isEqualTo(404);
            assertThat(answer.code()).isEqualTo("NOT_FOUND");
            assertThat(answer.text("detail")).contains(path);
        }
    }

    @Test
    void aMethodThatAPathDoesNotHaveIsNotAllowed() {
        var answer = PLANE.ask("DELETE", "/api/v1/runs", "");
        assertThat(answer.status()).isEqualTo(405);
        assertThat(answer.code()).isEqualTo("METHOD_NOT_ALLOWED");
        assertThat(answer.headers().firstValue("Allow"))
                .hasValueSatisfying(allowed -> assertThat(allowed).contains("GET"));
    }

    @Test
    void aBodyOfAnotherTypeIsRefusedByItsType() throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(PLANE.url() + "/api/v1/services"))
                .timeout(Duration.ofSeconds(30))
                .header("Authorization", "Bearer " + PLANE.token())
                .header("Content-Type", "text/plain")
                .POST(HttpRequest.BodyPublishers.ofString("{\"name\":\"x\"}"))
                .build();
        var answer = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(415);
        assertThat(answer.body()).contains("UNSUPPORTED_MEDIA_TYPE", "application/json");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            "priority":"HIHG"           | $.priority       | one of LOW, NORMAL, HIGH, CRITICAL
            "metadata":{"a":null}       | $.metadata.a     | is missing or null
            "idempotencyKey":""         | $.idempotencyKey | its size must be between 1 and 128
            "inptu":1                   | $.inptu          | Known are
            """)
    void aMemberThatCannotBeIsNamedWithWhatItMayBe(String member, String path, String reason) {
        var workflow = "refused-" + UUID.randomUUID();
        Workflow.register(PLANE, Workflow.chain(workflow, "only"), PLANE.token());
        var answer = PLANE.ask("POST", "/api/v1/workflows/" + workflow + "/runs", "{\"input\":{}," + member + "}");
        assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        assertThat(answer.text("path")).isEqualTo(path);
        assertThat(answer.text("detail")).startsWith(path).contains(reason);
    }
}
