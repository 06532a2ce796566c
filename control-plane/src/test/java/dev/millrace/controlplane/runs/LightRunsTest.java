package dev.millrace.controlplane.runs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.controlplane.testing.TestControlPlane;
import dev.millrace.controlplane.testing.TestControlPlane.Answer;
import dev.millrace.controlplane.testing.Workflow;
import dev.millrace.manifest.JsonValue;
import dev.millrace.manifest.Weight;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Runs of light workflows: like all others, but left out of lists that do not ask for them. */
class LightRunsTest {
    private static final TestControlPlane PLANE = TestControlPlane.shared();
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final String workflow = "w-" + UUID.randomUUID();

    private void register(Weight weight) {
        Workflow.register(
                PLANE,
                Workflow.chain(workflow, "only").toBuilder().weight(weight).build(),
                PLANE.token());
    }

    private Answer start(int cents) {
        var answer =
                PLANE.ask("POST", "/api/v1/workflows/" + workflow + "/runs", "{\"input\":{\"cents\":" + cents + "}}");
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        return answer;
    }

    private static List<String> listed(String query) {
        var answer = PLANE.ask("GET", "/api/v1/runs?" + query, "");
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        List<String> runs = new ArrayList<>();
        for (var item : ((JsonValue.Array) answer.json().members().get("items")).items()) {
            runs.add(((JsonValue.Text) ((JsonValue.Object) item).members().get("runId")).value());
        }
        return runs;
    }

    /** Lists follow the journal within the projection's lag. */
    private static void awaitListed(String query, String... runs) {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (!listed(query).containsAll(List.of(runs))) {
            assertThat(System.nanoTime()).as("listed: " + listed(query)).isLessThan(end);
            LockSupport.parkNanos(10_000_000);
        }
    }

    @Test
    void aLightRunIsListedOnlyForThoseWhoAskForIt() {
        register(Weight.NORMAL);
        var before = Instant.now().minusSeconds(60);
        var normal = start(1).text("runId");
        register(Weight.LIGHT);
        var light = start(2).text("runId");
        awaitListed("weight=ALL&from=" + before, normal, light);

        assertThat(listed("from=" + before)).contains(normal).doesNotContain(light);
        assertThat(listed("weight=NORMAL")).contains(normal).doesNotContain(light);
        assertThat(listed("weight=LIGHT&to=" + Instant.now().plusSeconds(60)))
                .contains(light)
                .doesNotContain(normal);
        assertThat(listed("workflow=" + workflow)).containsExactly(light, normal);
        assertThat(listed("workflow=" + workflow + "&weight=NORMAL")).containsExactly(normal);
        assertThat(listed("workflow=" + workflow + "&weight=LIGHT&from="
                        + Instant.now().plusSeconds(60)))
                .isEmpty();
        assertThat(PLANE.ask("GET", "/api/v1/runs?weight=HEAVY", "").status()).isEqualTo(400);
    }

    @Test
    void pagesOfBothWeightsAreInTheOrderOfCreation() {
        List<String> started = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            if (i % 3 != 2) {
                register(i % 2 == 0 ? Weight.NORMAL : Weight.LIGHT);
            }
            started.add(0, start(i + 1).text("runId"));
        }
        awaitListed("workflow=" + workflow, started.toArray(String[]::new));

        List<String> paged = new ArrayList<>();
        var cursor = "";
        do {
            var page = PLANE.ask("GET", "/api/v1/runs?limit=2&workflow=" + workflow + cursor, "");
            paged.addAll(listed("limit=2&workflow=" + workflow + cursor));
            var next = page.json().members().get("nextCursor");
            cursor = next instanceof JsonValue.Text text ? "&cursor=" + text.value() : "";
        } while (!cursor.isEmpty());

        assertThat(paged).containsExactlyElementsOf(started);
    }

    @Test
    void aLightRunIsReadCancelledAndCountedAmongTheFailedLikeAnyOther() {
        register(Weight.LIGHT);
        var run = start(5).text("runId");

        var detail = PLANE.ask("GET", "/api/v1/runs/" + run, "");
        assertThat(detail.status()).isEqualTo(200);
        assertThat(Instant.parse(detail.text("createdAt")))
                .isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(60));
        var cancelled = PLANE.ask("POST", "/api/v1/runs/" + run + "/cancel", "{\"reason\":\"enough\"}");
        assertThat(cancelled.status()).as(cancelled.body()).isEqualTo(202);
        awaitListed("weight=LIGHT&state=CANCELLED&workflow=" + workflow, run);
        assertThat(PLANE.ask("GET", "/api/v1/runs/" + run + "/history", "").status())
                .isEqualTo(200);
    }
}
