package dev.millrace.controlplane.triggers.filters;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.controlplane.testing.TestControlPlane;
import dev.millrace.controlplane.testing.TestControlPlane.Answer;
import dev.millrace.controlplane.testing.Workflow;
import dev.millrace.controlplane.triggers.filters.Filter.Source;
import dev.millrace.engine.ServiceId;
import dev.millrace.manifest.EventTrigger;
import dev.millrace.manifest.JsonValue;
import dev.millrace.manifest.Manifest;
import dev.millrace.manifest.Triggers;
import dev.millrace.manifest.Visibility;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FiltersTest {
    private static final TestControlPlane PLANE = TestControlPlane.shared();
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final String name = "test." + UUID.randomUUID();
    private final String workflow = "w-" + UUID.randomUUID();

    private static Manifest triggered(String workflow, EventTrigger... triggers) {
        return Workflow.chain(workflow, "only").toBuilder()
                .triggers(new Triggers(
                        List.of(triggers), List.of(), Optional.empty(), Optional.empty(), Optional.empty()))
                .build();
    }

    private Answer create(String more) {
        return PLANE.ask(
                "POST",
                "/api/v1/filters",
                "{\"workflow\":\"" + workflow + "\",\"event\":\"" + name + "\"" + more + "}");
    }

    /** What the filters make of an event, by its outcomes. */
    private List<String> published(String more) {
        var answer = PLANE.ask(
                "POST",
                "/api/v1/events",
                "{\"items\":[{\"name\":\"" + name + "\",\"data\":{\"cents\":7}" + more + "}]}");
        var item = (JsonValue.Object)
                ((JsonValue.Array) answer.json().members().get("items")).items().get(0);
        var event = text((JsonValue.Object) item.members().get("event"), "eventId");
        long end = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            var detail = PLANE.ask("GET", "/api/v1/events/" + event, "");
            if (detail.json().members().get("open").equals(JsonValue.FALSE)) {
                List<String> outcomes = new ArrayList<>();
                for (var outcome : ((JsonValue.Array) detail.json().members().get("outcomes")).items()) {
                    outcomes.add(text((JsonValue.Object) outcome, "outcome"));
                }
                return outcomes;
            }
            assertThat(System.nanoTime()).isLessThan(end);
            LockSupport.parkNanos(5_000_000);
        }
    }

    private static String text(JsonValue.Object object, String member) {
        return object.members().get(member) instanceof JsonValue.Text text ? text.value() : "";
    }

    private List<JsonValue.Object> listed() {
        List<JsonValue.Object> found = new ArrayList<>();
        var page = PLANE.ask("GET", "/api/v1/filters?workflow=" + workflow, "");
        for (var item : ((JsonValue.Array) page.json().members().get("items")).items()) {
            found.add((JsonValue.Object) item);
        }
        return found;
    }

    @Test
    void aFilterIsEffectiveWithTheNextEventAndSoIsEachChangeOfIt() {
        Workflow.register(PLANE, Workflow.chain(workflow, "only"), PLANE.token());
        assertThat(published("")).isEmpty();

        var created = create(",\"where\":\"event.cents > 5\"");
        assertThat(created.status()).as(created.body()).isEqualTo(201);
        var path = "/api/v1/filters/" + created.text("filterId");
        assertThat(published("")).containsExactly("STARTED");

        PLANE.ask("PATCH", path, "{\"where\":\"event.cents > 7\"}");
        assertThat(published("")).containsExactly("NOT_MATCHED");
        PLANE.ask("PATCH", path, "{\"where\":\"\",\"enabled\":false}");
        assertThat(published("")).containsExactly("DISABLED");
        assertThat(PLANE.ask("PATCH", path, "{\"enabled\":true}").status()).isEqualTo(200);
        assertThat(published("")).containsExactly("STARTED");
        assertThat(PLANE.ask("GET", path, "").text("source")).isEqualTo("RUNTIME");
        assertThat(PLANE.ask("DELETE", path, "").status()).isEqualTo(204);
        assertThat(published("")).isEmpty();
        assertThat(PLANE.ask("GET", path, "").code()).isEqualTo("FILTER_NOT_FOUND");
        assertThat(PLANE.ask("DELETE", path, "").code()).isEqualTo("FILTER_NOT_FOUND");
    }

    @Test
    void aScopeSeparates() {
        Workflow.register(PLANE, Workflow.chain(workflow, "only"), PLANE.token());
        create(",\"scope\":\"eu\"");
        create(",\"scope\":\"us\"");
        assertThat(published("")).isEmpty();
        assertThat(published(",\"scope\":\"eu\"")).containsExactly("STARTED");
        create("");
        assertThat(published("")).containsExactly("STARTED");
        assertThat(published(",\"scope\":\"eu\"")).containsExactly("STARTED", "STARTED");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                ",\"where\":\"event.cent > 5\"|400|EXPRESSION_INVALID|column 7: Order has no 'cent'",
                ",\"where\":\"event.cents\"|400|EXPRESSION_INVALID|It must be true or false",
                ",\"where\":\"event.cents >\"|400|EXPRESSION_INVALID|ends too early",
                ",\"scope\":\"a b\"|400|FIELD_INVALID|$.scope",
                ",\"colour\":\"red\"|400|UNKNOWN_FIELD|colour",
            })
    void aFilterThatCannotDecideIsRefused(String more, int status, String code, String said) {
        Workflow.register(PLANE, Workflow.chain(workflow, "only"), PLANE.token());

        var answer = create(more);

        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.code()).isEqualTo(code);
        assertThat(answer.text("detail")).contains(said);
        assertThat(listed()).isEmpty();
    }

    @Test
    void aPatternHasStarsInThePlaceOfWholePartsOnly() {
        Workflow.register(PLANE, Workflow.chain(workflow, "only"), PLANE.token());
        for (var bad : List.of("order.pla*", "**", "a..b*", "order placed")) {
            var answer = PLANE.ask(
                    "POST", "/api/v1/filters", "{\"workflow\":\"" + workflow + "\",\"event\":\"" + bad + "\"}");
            assertThat(answer.code()).as(bad).isEqualTo("FIELD_INVALID");
        }
    }

    @Test
    void aNewVersionReplacesTheFiltersOfTheManifestAndNoOthers() {
        Workflow.register(
                PLANE,
                triggered(workflow, new EventTrigger(name, ""), new EventTrigger(name + ".b", "")),
                PLANE.token());
        create(",\"where\":\"event.cents == 7\"");
        assertThat(published("")).containsExactly("STARTED", "STARTED");
        var kept = listed().stream()
                .filter(filter -> text(filter, "event").equals(name)
                        && text(filter, "source").equals("MANIFEST"))
                .map(filter -> text(filter, "filterId"))
                .findFirst()
                .orElseThrow();
        assertThat(PLANE.ask("PATCH", "/api/v1/filters/" + kept, "{\"enabled\":false}")
                        .status())
                .isEqualTo(200);
        assertThat(PLANE.ask("PATCH", "/api/v1/filters/" + kept, "{\"where\":\"true\"}")
                        .code())
                .isEqualTo("FROM_MANIFEST");
        assertThat(PLANE.ask("DELETE", "/api/v1/filters/" + kept, "").code()).isEqualTo("FROM_MANIFEST");

        Workflow.register(
                PLANE,
                triggered(workflow, new EventTrigger(name, ""), new EventTrigger(name + ".c", "")).toBuilder()
                        .description("another version")
                        .build(),
                PLANE.token());

        assertThat(listed())
                .extracting(filter -> text(filter, "event").replace(name, "n") + " " + text(filter, "source") + " "
                        + filter.members().get("enabled").equals(JsonValue.TRUE))
                .containsExactlyInAnyOrder("n MANIFEST false", "n.c MANIFEST true", "n RUNTIME true");
        assertThat(published("")).containsExactlyInAnyOrder("DISABLED", "STARTED");
    }

    @Test
    void aPrivateWorkflowOfAnotherServiceIsNotThere() {
        Workflow.register(PLANE, Workflow.chain(workflow, Visibility.PRIVATE, "only"), PLANE.token());
        var filter = create("").text("filterId");
        PLANE.ask("POST", "/api/v1/services", "{\"name\":\"" + workflow + "\"}");
        var other = PLANE.ask(
                        "POST",
                        "/api/v1/services/" + workflow + "/tokens",
                        "{\"name\":\"t\",\"permissions\":[\"triggers:write\",\"triggers:read\"]}")
                .text("token");
        var body = "{\"workflow\":\"" + workflow + "\",\"event\":\"" + name + "\"}";

        assertThat(PLANE.ask("POST", "/api/v1/filters", body, other).code()).isEqualTo("WORKFLOW_NOT_FOUND");
        assertThat(PLANE.ask("GET", "/api/v1/filters/" + filter, "", other).code())
                .isEqualTo("FILTER_NOT_FOUND");
        assertThat(PLANE.ask("DELETE", "/api/v1/filters/" + filter, "", other).code())
                .isEqualTo("FILTER_NOT_FOUND");
        assertThat(PLANE.ask("GET", "/api/v1/filters?workflow=" + workflow, "", other)
                        .json()
                        .members()
                        .get("items"))
                .isEqualTo(new JsonValue.Array(List.of()));
    }

    @Test
    void theFiltersOfANameAreFoundByItsParts() {
        List<Candidate> candidates = new ArrayList<>();
        for (var pattern : List.of("order.placed", "order.*", "*.placed", "*", "*.*", "order.placed.eu", "order")) {
            candidates.add(new Candidate(
                    new Filter(
                            UUID.randomUUID(),
                            pattern,
                            new ServiceId(UUID.randomUUID()),
                            Source.RUNTIME,
                            pattern,
                            "",
                            "",
                            true,
                            Instant.EPOCH,
                            Instant.EPOCH),
                    null));
        }
        var index = new FilterIndex(candidates, Map.of());

        assertThat(names(index, "order.placed"))
                .containsExactlyInAnyOrder("order.placed", "order.*", "*.placed", "*.*");
        assertThat(names(index, "order")).containsExactlyInAnyOrder("order", "*");
        assertThat(names(index, "order.placed.eu")).containsExactly("order.placed.eu");
        assertThat(names(index, "a.b.c.d")).isEmpty();
    }

    private static List<String> names(FilterIndex index, String event) {
        return index.of(event, "").stream()
                .map(candidate -> candidate.filter().pattern())
                .toList();
    }
}
