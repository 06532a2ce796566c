package dev.millrace.controlplane.triggers.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.controlplane.testing.Tenants;
import dev.millrace.controlplane.testing.TestControlPlane;
import dev.millrace.controlplane.testing.TestControlPlane.Answer;
import dev.millrace.controlplane.testing.Workflow;
import dev.millrace.manifest.EventTrigger;
import dev.millrace.manifest.Json;
import dev.millrace.manifest.JsonValue;
import dev.millrace.manifest.Manifest;
import dev.millrace.manifest.Triggers;
import dev.millrace.manifest.Visibility;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Events, what they start, and what they do not. Where each kind of bad input on what starts runs is shown:
 *
 * <ul>
 *   <li>an event without a name, with a long one, with a pattern in it: {@link #anEventThatCannotBeIsRefusedAndTheOthersAreNot}; too large, too
 *       many: {@link #whatIsTooLargeOrTooManyIsRefused}; a storm: {@link #aStormOfTenThousandEventsIsStoredOrToldToComeAgain}, {@link EventQuotaTest}; the same id:
 *       {@link #anEventThatIsPublishedAgainIsTheSameEvent};
 *       a chain without an end: {@link #aChainOfEventsThatIsTooLongStartsNothingAndItsRunSaysSo}
 *   <li>an expression with a mistake: {@code FiltersTest.aFilterThatCannotDecideIsRefused}, {@code CelControllerTest.aMistakeIsToldWithItsColumn};
 *       a costly one: {@code CelControllerTest.whatCostsTooMuchFailsAndHurtsNobody}; a missing member: {@link
 *       #whyAnEventStartsNothingIsToldForEachFilter}
 *   <li>a cron, zone, duration or instant that is none: {@code SchedulesTest.whatIsNoTimeIsRefused}; where clocks change: {@code
 *       TicksTest.whereClocksChangeEachTimeOfTheWallClockIsOneTick}
 *   <li>a delivery that proves nothing, is old, of another type, no JSON, packed, too large, with ten thousand headers, too often, and a
 *       challenge: {@code WebhooksTest}; while the database is down: {@code DatabaseDownTest}
 * </ul>
 */
class EventsTest {
    private static final TestControlPlane PLANE = TestControlPlane.shared();
    private static final Duration LIMIT = Duration.ofSeconds(20);

    /** A name that no other test's filters ask for. */
    private final String family = "e" + UUID.randomUUID();

    private final String name = family + ".placed";

    private final String workflow = "w-" + UUID.randomUUID();

    private static Manifest triggered(String workflow, EventTrigger... triggers) {
        return Workflow.chain(workflow, "only").toBuilder()
                .triggers(new Triggers(
                        List.of(triggers), List.of(), Optional.empty(), Optional.empty(), Optional.empty()))
                .build();
    }

    private static void register(Manifest manifest) {
        Workflow.register(PLANE, manifest, PLANE.token());
    }

    private Answer publish(String more) {
        var answer = PLANE.ask("POST", "/api/v1/events", "{\"items\":[{\"name\":\"" + name + "\"" + more + "}]}");
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer;
    }

    private static JsonValue.Object only(Answer answer) {
        return (JsonValue.Object)
                ((JsonValue.Array) answer.json().members().get("items")).items().get(0);
    }

    private static String eventId(Answer published) {
        return text((JsonValue.Object) only(published).members().get("event"), "eventId");
    }

    private static String text(JsonValue.Object object, String member) {
        return object.members().get(member) instanceof JsonValue.Text text ? text.value() : "";
    }

    /** What became of an event, once everything that it starts is started. */
    private static List<JsonValue.Object> outcomes(String event) {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            var answer = PLANE.ask("GET", "/api/v1/events/" + event, "");
            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
            if (answer.json().members().get("open").equals(JsonValue.FALSE)) {
                List<JsonValue.Object> outcomes = new ArrayList<>();
                for (var outcome : ((JsonValue.Array) answer.json().members().get("outcomes")).items()) {
                    outcomes.add((JsonValue.Object) outcome);
                }
                return outcomes;
            }
            assertThat(System.nanoTime()).as("still open: " + answer.body()).isLessThan(end);
            LockSupport.parkNanos(5_000_000);
        }
    }

    private List<String> told(String event) {
        return outcomes(event).stream()
                .map(outcome -> text(outcome, "workflow").replace(workflow, "w") + " " + text(outcome, "outcome"))
                .toList();
    }

    private List<String> runsOf(String started) {
        List<String> runs = new ArrayList<>();
        // Lists follow the journal within the projection's lag.
        long end = System.nanoTime() + LIMIT.toNanos();
        while (runs.isEmpty() && System.nanoTime() < end) {
            var page = PLANE.ask("GET", "/api/v1/runs?workflow=" + started, "");
            for (var item : ((JsonValue.Array) page.json().members().get("items")).items()) {
                runs.add(text((JsonValue.Object) item, "runId"));
            }
            LockSupport.parkNanos(10_000_000);
        }
        return runs;
    }

    @Test
    void aChainOfEventsThatIsTooLongStartsNothingAndItsRunSaysSo() {
        register(triggered(workflow, new EventTrigger(name, "")));
        var first = outcomes(eventId(publish(",\"data\":{\"cents\":1},\"metadata\":{\"millrace.depth\":\"16\"}")));
        assertThat(text(first.get(0), "outcome")).isEqualTo("STARTED");
        var parent = text(first.get(0), "runId");
        assertThat(PLANE.ask("GET", "/api/v1/runs/" + parent, "").body()).contains("\"millrace.depth\":\"16\"");

        var cut = outcomes(
                eventId(publish(",\"data\":{\"cents\":1},\"metadata\":{\"millrace.depth\":\"17\",\"millrace.cause\":\""
                        + parent + "\"}")));

        assertThat(text(cut.get(0), "outcome")).isEqualTo("REFUSED");
        assertThat(text(cut.get(0), "code")).isEqualTo("CHAIN_DEPTH");
        long end = System.nanoTime() + LIMIT.toNanos();
        var history = "";
        while (!history.contains("CHAIN_DEPTH")) {
            assertThat(System.nanoTime()).as(history).isLessThan(end);
            LockSupport.parkNanos(5_000_000);
            history =
                    PLANE.ask("GET", "/api/v1/runs/" + parent + "/history", "").body();
        }
        assertThat(history).contains(name);
    }

    @Test
    void labelsOfTheControlPlaneThatCannotBeAreRefused() {
        var answer = PLANE.ask(
                "POST",
                "/api/v1/events",
                "{\"items\":[{\"name\":\"" + name + "\",\"data\":{},\"metadata\":{\"millrace.depth\":\"deep\"}}]}");
        assertThat(answer.body()).contains("FIELD_INVALID", "millrace.depth");
    }

    @Test
    void anEventStartsEachWorkflowThatAsksForItOnce() {
        register(triggered(workflow + "-a", new EventTrigger(name, "event.cents > 100 && metadata['region'] == 'eu'")));
        register(triggered(workflow + "-b", new EventTrigger(family + ".*", "name == '" + name + "'")));
        register(triggered(workflow + "-c", new EventTrigger(name + ".other", "")));

        var event = eventId(publish(",\"data\":{\"cents\":101},\"metadata\":{\"region\":\"eu\"}"));

        assertThat(told(event)).contains("w-a STARTED", "w-b STARTED").doesNotContain("w-c STARTED");
        var run = outcomes(event).stream()
                .filter(outcome -> text(outcome, "workflow").equals(workflow + "-a"))
                .map(outcome -> text(outcome, "runId"))
                .findFirst()
                .orElseThrow();
        var detail = PLANE.ask("GET", "/api/v1/runs/" + run, "");
        assertThat(detail.json().members().get("input")).isEqualTo(Json.read("{\"cents\":101}"));
        assertThat(detail.body()).contains("\"region\":\"eu\"").contains(event);
        assertThat(runsOf(workflow + "-a")).containsExactly(run);
    }

    @Test
    void anEventThatIsPublishedAgainIsTheSameEvent() {
        register(triggered(workflow, new EventTrigger(name, "")));
        var id = ",\"id\":\"order-" + workflow + "\"";

        var first = eventId(publish(",\"data\":{\"cents\":1}" + id));
        var again = publish(",\"data\":{\"cents\":1}" + id);

        assertThat(eventId(again)).isEqualTo(first);
        assertThat(((JsonValue.Object) only(again).members().get("event"))
                        .members()
                        .get("duplicate"))
                .isEqualTo(JsonValue.TRUE);
        assertThat(told(first)).containsExactly("w STARTED");
        assertThat(runsOf(workflow)).hasSize(1);
    }

    @Test
    void ofTwoEventsOfOneRequestWithTheSameIdTheFirstCounts() {
        register(triggered(workflow, new EventTrigger(name, "")));
        var item = "{\"name\":\"" + name + "\",\"id\":\"" + workflow + "\",\"data\":{\"cents\":1}}";

        var answer = PLANE.ask("POST", "/api/v1/events", "{\"items\":[" + item + "," + item + "]}");

        var items = ((JsonValue.Array) answer.json().members().get("items")).items();
        assertThat(items).hasSize(2);
        assertThat(answer.body()).contains("\"duplicate\":false").contains("\"duplicate\":true");
        assertThat(told(eventId(answer))).containsExactly("w STARTED");
        assertThat(runsOf(workflow)).hasSize(1);
    }

    @Test
    void whyAnEventStartsNothingIsToldForEachFilter() {
        register(triggered(workflow + "-no", new EventTrigger(name, "event.cents > 1000")));
        register(triggered(workflow + "-fails", new EventTrigger(name, "event.note == 'x'")));
        register(triggered(workflow + "-bad", new EventTrigger(name, "")));

        var event = eventId(publish(",\"data\":{\"cents\":-1}"));

        assertThat(told(event))
                .containsExactlyInAnyOrder("w-no NOT_MATCHED", "w-fails CONDITION_FAILED", "w-bad REFUSED");
        var refused = outcomes(event).stream()
                .filter(outcome -> text(outcome, "outcome").equals("REFUSED"))
                .findFirst()
                .orElseThrow();
        assertThat(text(refused, "code")).isEqualTo("SCHEMA_MISMATCH");
        assertThat(text(refused, "message")).contains("cents");
        assertThat(told(eventId(PLANE.ask(
                        "POST", "/api/v1/events", "{\"items\":[{\"name\":\"" + name + "x\",\"data\":null}]}"))))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"name\":\"order.*\",\"data\":1}|FIELD_INVALID|$.items[1].name",
                "{\"name\":\"\",\"data\":1}|FIELD_INVALID|$.items[1].name",
                "{\"name\":\"order placed\",\"data\":1}|FIELD_INVALID|$.items[1].name",
                "{\"name\":\"a\",\"scope\":\"a b\",\"data\":1}|FIELD_INVALID|$.items[1].scope",
                "{\"name\":\"a\",\"id\":\"a\\u0001\",\"data\":1}|FIELD_INVALID|$.items[1].id",
                "{\"name\":\"a\",\"metadata\":{\"\":\"x\"},\"data\":1}|FIELD_INVALID|$.items[1].metadata",
            })
    void anEventThatCannotBeIsRefusedAndTheOthersAreNot(String bad, String code, String path) {
        var good = "{\"name\":\"" + name + "\",\"data\":1}";

        var answer = PLANE.ask("POST", "/api/v1/events", "{\"items\":[" + good + "," + bad + "," + good + "]}");

        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        var items = ((JsonValue.Array) answer.json().members().get("items")).items();
        assertThat(((JsonValue.Object) items.get(0)).members()).containsOnlyKeys("event");
        assertThat(((JsonValue.Object) items.get(2)).members()).containsOnlyKeys("event");
        var error =
                (JsonValue.Object) ((JsonValue.Object) items.get(1)).members().get("error");
        assertThat(text(error, "code")).isEqualTo(code);
        assertThat(text(error, "path")).isEqualTo(path);
    }

    /** Each request is stored whole or told to come again; nothing is lost in between, and the server goes on. */
    @Test
    void aStormOfTenThousandEventsIsStoredOrToldToComeAgain() {
        var storm = "storm." + UUID.randomUUID();
        var item = "{\"name\":\"" + storm + "\",\"data\":{\"cents\":1}}";
        var thousand = "{\"items\":[" + (item + ",").repeat(999) + item + "]}";
        var answers = IntStream.range(0, 10)
                .parallel()
                .mapToObj(any -> PLANE.ask("POST", "/api/v1/events", thousand))
                .toList();

        assertThat(answers).allSatisfy(answer -> assertThat(answer.status()).isIn(200, 429, 503));
        long stored = answers.stream().filter(answer -> answer.status() == 200).count();
        assertThat(stored).isPositive();
        assertThat(answers)
                .filteredOn(answer -> answer.status() == 200)
                .allSatisfy(answer -> assertThat(
                                ((JsonValue.Array) answer.json().members().get("items")).items())
                        .hasSize(1_000)
                        .allSatisfy(one ->
                                assertThat(((JsonValue.Object) one).members()).containsOnlyKeys("event")));
        assertThat(PLANE.ask("GET", "/api/v1/events?name=" + storm + "&limit=1", "")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void whatIsTooLargeOrTooManyIsRefused() {
        var large = publish(",\"data\":\"" + "x".repeat(NewEvent.MAX_BYTES) + "\"");
        assertThat(large.body()).contains("PAYLOAD_TOO_LARGE");
        var many = "{\"items\":[" + "{\"name\":\"a\",\"data\":1},".repeat(1_000) + "{\"name\":\"a\",\"data\":1}]}";
        assertThat(PLANE.ask("POST", "/api/v1/events", many).status()).isEqualTo(400);
        assertThat(PLANE.ask("POST", "/api/v1/events", "{\"items\":[{\"name\":\"a\"}]}")
                        .status())
                .isEqualTo(400);
        assertThat(PLANE.ask("POST", "/api/v1/events", "{\"items\":[{\"name\":\"a\",\"data\":{\"a\":1,\"a\":2}}]}")
                        .code())
                .isEqualTo("DUPLICATE_KEY");
    }

    @Test
    void aReplayIsANewEventThatTheFiltersOfNowDecideOver() {
        register(triggered(workflow, new EventTrigger(name, "")));
        var first = eventId(publish(",\"data\":{\"cents\":5},\"id\":\"" + workflow + "\""));
        assertThat(told(first)).containsExactly("w STARTED");

        var replay = PLANE.ask("POST", "/api/v1/events/" + first + "/replay", "");

        assertThat(replay.status()).as(replay.body()).isEqualTo(201);
        var second = replay.text("eventId");
        assertThat(second).isNotEqualTo(first);
        assertThat(told(second)).containsExactly("w STARTED");
        assertThat(PLANE.ask("GET", "/api/v1/events/" + second, "").text("replayOf"))
                .isEqualTo(first);
    }

    @Test
    void eventsAreListedNewestFirst() {
        List<String> published = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            published.add(0, eventId(publish(",\"data\":" + i)));
        }
        List<String> found = new ArrayList<>();
        var cursor = "";
        do {
            var page = PLANE.ask("GET", "/api/v1/events?name=" + name + "&limit=2" + cursor, "");
            assertThat(page.status()).as(page.body()).isEqualTo(200);
            for (var item : ((JsonValue.Array) page.json().members().get("items")).items()) {
                found.add(text((JsonValue.Object) item, "eventId"));
            }
            cursor = page.json().members().containsKey("nextCursor") ? "&cursor=" + page.text("nextCursor") : "";
        } while (!cursor.isEmpty());
        assertThat(found).isEqualTo(published);
        assertThat(PLANE.ask("GET", "/api/v1/events?cursor=eA", "").code()).isEqualTo("PARAM_INVALID");
        assertThat(PLANE.ask("GET", "/api/v1/events/" + UUID.randomUUID(), "").code())
                .isEqualTo("EVENT_NOT_FOUND");
    }

    @Test
    void anEventReachesPrivateWorkflowsThatAskForItAndNoOtherTenant() {
        register(triggered(workflow, new EventTrigger(name, "")).toBuilder()
                .visibility(Visibility.PRIVATE)
                .build());
        PLANE.ask("POST", "/api/v1/services", "{\"name\":\"" + workflow + "\"}");
        var publisher = PLANE.ask(
                        "POST",
                        "/api/v1/services/" + workflow + "/tokens",
                        "{\"name\":\"t\",\"permissions\":[\"events:publish\"]}")
                .text("token");
        var body = "{\"items\":[{\"name\":\"" + name + "\",\"data\":{\"cents\":1}}]}";

        assertThat(told(eventId(PLANE.ask("POST", "/api/v1/events", body, publisher))))
                .containsExactly("w STARTED");

        var other = Tenants.create(PLANE, workflow);
        var theirs = PLANE.ask("POST", "/api/v1/events", body, other.token());
        assertThat(PLANE.ask("GET", "/api/v1/events/" + eventId(theirs), "", other.token())
                        .json()
                        .members()
                        .get("outcomes"))
                .isEqualTo(new JsonValue.Array(List.of()));
        assertThat(PLANE.ask("GET", "/api/v1/events/" + eventId(theirs), "").code())
                .isEqualTo("EVENT_NOT_FOUND");
    }
}
