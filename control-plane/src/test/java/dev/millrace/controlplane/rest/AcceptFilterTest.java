package dev.millrace.controlplane.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.controlplane.testing.TestControlPlane;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class AcceptFilterTest {
    private static final TestControlPlane PLANE = TestControlPlane.shared();

    @Test
    void whoTakesJsonMayDeleteAndIsToldWhatIsWrong() throws Exception {
        var request = HttpRequest.newBuilder(PLANE.url().resolve("/api/v1/schedules/" + UUID.randomUUID()))
                .header("Authorization", "Bearer " + PLANE.token())
                .header("Accept", "application/json")
                .DELETE()
                .build();
        var answer = HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(404);
        assertThat(answer.body()).contains("SCHEDULE_NOT_FOUND");
    }
}
