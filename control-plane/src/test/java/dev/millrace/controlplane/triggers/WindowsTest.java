package dev.millrace.controlplane.triggers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.controlplane.testing.TestControlPlane;
import dev.millrace.controlplane.testing.TestControlPlane.Answer;
import dev.millrace.controlplane.testing.Workflow;
import dev.millrace.manifest.CollectSpec;
import dev.millrace.manifest.DebounceSpec;
import dev.millrace.manifest.EventTrigger;
import dev.millrace.manifest.Input;
import dev.millrace.manifest.Json;
import dev.millrace.manifest.JsonValue;
import dev.millrace.manifest.ThrottleSpec;
import dev.millrace.manifest.Triggers;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** Windows in front of starts, through the doors: calls, events, and what people are told of them. */
class WindowsTest {
    private static final TestControlPlane PLANE = TestControlPlane.shared();
    private static final Duration LIMIT = Duration.ofSeconds(20);
    /** Longer than any of these tests takes. */
    private static final Duration LONG = Duration.ofHours(1);

    private final String workflow = "w-" + UUID.randomUUID();
    private final String event = "e" + UUID.randomUUID();

    private void register(
            Optional<CollectSpec> collect, Optional<DebounceSpec> debounce, Optional<ThrottleSpec> throttle) {
        var plain = Workflow.chain(workflow, "only");
        var list = Json.read("{\"type\":\"array\",\"items\":" + Json.write(Workflow.ORDER) + "}");
        Workflow.register(
                PLANE,
                plain.toBuilder()
                        .input(collect.isPresent() ? new Input("List<Order>", list) : plain.input())
                        .triggers(new Triggers(
                                List.of(new EventTrigger(event, "")), List.of(), collect, debounce, throttle))
                        .build(),
                PLANE.token());
    }

    private void debounced(Duration quiet) {
        register(
                Optional.empty(),
                Optional.of(new DebounceSpec(quiet, Optional.of(LONG), "has(input.note) ? input.note : ''")),
                Optional.empty());
    }

    private Answer start(String input) {
        return PLANE.ask("POST", "/api/v1/workflows/" + workflow + "/runs", "{\"input\":" + input + "}");
    }

    private static String run(Answer answer) {
        return ((JsonValue.Text) answer.json().members().get("runId")).value();
    }

    private static JsonValue.Object await(String path, Predicate<JsonValue.Object> done) {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            var answer = PLANE.ask("GET", path, "");
            if (answer.status() == 200 && done.test(answer.json())) {
                return answer.json();
            }
            assertThat(System.nanoTime()).as(answer.body()).isLessThan(end);
            LockSupport.parkNanos(5_000_000);
        }
    }

    private static JsonValue.Object begun(String run) {
        return await("/api/v1/runs/" + run, detail -> !detail.members().containsKey("window"));
    }

    private JsonValue.Object publish(String data) {
        var answer =
                PLANE.ask("POST", "/api/v1/events", "{\"items\":[{\"name\":\"" + event + "\",\"data\":" + data + "}]}");
        var item = (JsonValue.Object)
                ((JsonValue.Array) answer.json().members().get("items")).items().get(0);
        var id = ((JsonValue.Text) ((JsonValue.Object) item.members().get("event"))
                        .members()
                        .get("eventId"))
                .value();
        var ended = await(
                "/api/v1/events/" + id, found -> found.members().get("open").equals(JsonValue.FALSE));
        return (JsonValue.Object)
                ((JsonValue.Array) ended.members().get("outcomes")).items().get(0);
    }

    @Test
    void callsAndEventsOfABurstAreOneRunWithTheLastInput() {
        debounced(Duration.ofSeconds(2));
        var first = start("{\"cents\":1,\"note\":\"a\"}");
        assertThat(first.status()).isEqualTo(201);
        assertThat(first.json().members()).doesNotContainKey("joined");
        var told = publish("{\"cents\":2,\"note\":\"a\"}");
        assertThat(told.members())
                .containsEntry("runId", JsonValue.of(run(first)))
                .containsEntry("outcome", JsonValue.of("STARTED"))
                .containsEntry("code", JsonValue.of("JOINED"));
        var last = start("{\"cents\":3,\"note\":\"a\"}");
        assertThat(last.status()).isEqualTo(200);
        assertThat(last.json().members())
                .containsEntry("runId", JsonValue.of(run(first)))
                .containsEntry("joined", JsonValue.TRUE)
                .containsEntry("created", JsonValue.FALSE);
        assertThat(run(start("{\"cents\":3,\"note\":\"b\"}"))).isNotEqualTo(run(first));
        assertThat(begun(run(first)).members().get("input")).isEqualTo(Json.read("{\"cents\":3,\"note\":\"a\"}"));
    }

    @Test
    void anOpenWindowIsShownAndMayBeCancelled() {
        debounced(LONG);
        var run = run(start("{\"cents\":1,\"note\":\"a\"}"));
        start("{\"cents\":2,\"note\":\"a\"}");
        var window = (JsonValue.Object)
                await("/api/v1/runs/" + run, detail -> detail.members().containsKey("window"))
                        .members()
                        .get("window");
        assertThat(window.members())
                .containsEntry("key", JsonValue.of("a"))
                .containsEntry("starts", JsonValue.of(2))
                .containsKey("closesAt");
        assertThat(PLANE.ask("GET", "/api/v1/runs/" + run + "/explain", "").body())
                .contains("\"gate\":\"WINDOW\"", "it stands for 2 starts");
        assertThat(PLANE.ask("GET", "/api/v1/workflows/" + workflow + "/explain", "")
                        .body())
                .contains("\"gate\":\"WINDOW\"", "of key 'a'");
        assertThat(PLANE.ask("POST", "/api/v1/runs/" + run + "/cancel", "{\"reason\":\"not wanted\"}")
                        .status())
                .isLessThan(300);
        await("/api/v1/runs/" + run, detail -> detail.members().get("state").equals(JsonValue.of("CANCELLED")));
        assertThat(run(start("{\"cents\":3,\"note\":\"a\"}"))).isNotEqualTo(run);
        assertThat(PLANE.ask("POST", "/api/v1/runs/" + run + "/replay", "{\"reason\":\"again\",\"from\":\"START\"}")
                        .body())
                .contains("waited in its window");
    }

    @Test
    void gatheredStartsAreTheInputOfOneRun() {
        register(Optional.of(new CollectSpec(3, LONG, "")), Optional.empty(), Optional.empty());
        var large = "{\"cents\":2,\"note\":\"" + "x".repeat(5_000) + "\"}";
        var run = run(start("{\"cents\":1}"));
        assertThat(run(start(large))).isEqualTo(run);
        publish("{\"cents\":3}");
        assertThat(begun(run).members().get("input"))
                .isEqualTo(Json.read("[{\"cents\":1}," + large + ",{\"cents\":3}]"));
        assertThat(run(start("{\"cents\":4}"))).isNotEqualTo(run);
    }

    @Test
    void whatCannotBeAnElementIsRefusedWithItsOwnPath() {
        register(Optional.of(new CollectSpec(3, LONG, "")), Optional.empty(), Optional.empty());
        var refused = start("{\"cents\":-1}");
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.body()).contains("\"path\":\"$.input.cents\"");
        assertThat(start("[{\"cents\":1}]").status()).isEqualTo(422);
    }

    @Test
    void whatIsTooMuchIsDroppedAndSaysWhenToComeAgain() {
        register(Optional.empty(), Optional.empty(), Optional.of(new ThrottleSpec(1, LONG, "")));
        assertThat(start("{\"cents\":1}").status()).isEqualTo(201);
        var refused = start("{\"cents\":2}");
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.body()).contains("\"code\":\"THROTTLED\"", workflow);
        assertThat(Long.parseLong(refused.headers().firstValue("Retry-After").orElseThrow()))
                .isBetween(3_500L, 3_600L);
        var told = publish("{\"cents\":3}");
        assertThat(told.members())
                .containsEntry("outcome", JsonValue.of("REFUSED"))
                .containsEntry("code", JsonValue.of("THROTTLED"));
    }

    @Test
    void aStartWhoseKeyHasNoValueIsARunThatFailsWithTheReason() {
        register(
                Optional.empty(),
                Optional.of(new DebounceSpec(LONG, Optional.of(LONG), "input.note")),
                Optional.empty());
        var run = run(start("{\"cents\":1}"));
        await("/api/v1/runs/" + run, detail -> detail.members().get("state").equals(JsonValue.of("FAILED")));
        assertThat(PLANE.ask("GET", "/api/v1/runs/" + run, "").body()).contains("KEY_EXPRESSION_ERROR");
    }
}
