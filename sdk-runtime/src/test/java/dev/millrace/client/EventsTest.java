package dev.millrace.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.millrace.connection.UnavailableException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EventsTest {
    private static final Pattern ITEM = Pattern.compile("\"name\":\"([^\"]+)\"");

    private final List<String> bodies = new CopyOnWriteArrayList<>();
    private final AtomicInteger refusals = new AtomicInteger();
    private final HttpServer server;
    private final Millrace millrace;

    EventsTest() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/api/v1/events", exchange -> {
            var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            bodies.add(body);
            boolean refused = refusals.getAndDecrement() > 0;
            var answer = (refused
                            ? "{\"type\":\"about:blank\",\"title\":\"x\",\"status\":503,\"code\":\"UNAVAILABLE\",\"detail\":\"Later.\"}"
                            : "{\"items\":[" + answers(body) + "]}")
                    .getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(refused ? 503 : 200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
        millrace = Millrace.builder()
                .url("http://127.0.0.1:" + server.getAddress().getPort())
                .token("mr_test")
                .answerTimeout(Duration.ofSeconds(5))
                .connect();
    }

    /** An event named bad is refused; of the others each is stored. */
    private static String answers(String body) {
        List<String> answers = new ArrayList<>();
        Function<String, String> answer = name -> name.equals("bad")
                ? "{\"error\":{\"type\":\"about:blank\",\"title\":\"x\",\"status\":400,\"code\":\"FIELD_INVALID\",\"detail\":\"No.\"}}"
                : "{\"event\":{\"eventId\":\"" + UUID.randomUUID() + "\",\"duplicate\":false}}";
        var items = ITEM.matcher(body);
        while (items.find()) {
            answers.add(answer.apply(items.group(1)));
        }
        return String.join(",", answers);
    }

    @AfterEach
    void stop() {
        millrace.close();
        server.stop(0);
    }

    record Order(int cents) {}

    @Test
    void anEventIsPublishedWithAnIdOfItsOwn() {
        var published = millrace.events().publish("order.placed", new Order(5));

        assertThat(UUID.fromString(published.eventId()).toString()).isEqualTo(published.eventId());
        assertThat(published.duplicate()).isFalse();
        assertThat(bodies).hasSize(1);
        assertThat(bodies.get(0)).contains("\"data\":{\"cents\":5}").containsPattern("\"id\":\"[0-9a-f-]{36}\"");
    }

    @Test
    void whatIsSaidOfAnEventTravelsWithIt() {
        millrace.events()
                .publish(Event.of("order.placed", 1).id("o-1").scope("eu").label("team", "a"));

        assertThat(bodies.get(0))
                .contains("\"id\":\"o-1\"")
                .contains("\"scope\":\"eu\"")
                .contains("\"metadata\":{\"team\":\"a\"}");
    }

    @Test
    void eachOfSeveralEventsHasAResultOfItsOwn() {
        var results = millrace.events().publishAll(List.of(Event.of("a", 1), Event.of("bad", 2), Event.of("c", 3)));

        assertThat(results).extracting(result -> result.event().isPresent()).containsExactly(true, false, true);
        assertThatThrownBy(() -> results.get(1).orElseThrow())
                .isInstanceOf(EventRefusedException.class)
                .hasMessage("No.");
        assertThatThrownBy(() -> millrace.events().publish("bad", 1)).isInstanceOf(EventRefusedException.class);
    }

    @Test
    void manyEventsGoInSeveralRequests() {
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < 2_100; i++) {
            events.add(Event.of("a", i));
        }

        assertThat(millrace.events().publishAll(events)).hasSize(2_100);
        assertThat(bodies).hasSize(3);
        assertThat(millrace.events().publishAll(List.of())).isEmpty();
        assertThat(bodies).hasSize(3);
    }

    @Test
    void anEventIsSentAgainUnderTheSameIdUntilItIsStored() {
        refusals.set(2);

        millrace.events().publish("order.placed", 1);

        assertThat(bodies).hasSize(3);
        assertThat(bodies.stream().distinct()).hasSize(1);
    }

    @Test
    void inTheEndAnEventThatCannotBeStoredIsGivenUp() {
        refusals.set(1_000);

        assertThatThrownBy(() -> millrace.events().publish("order.placed", 1)).isInstanceOf(UnavailableException.class);
        assertThat(bodies.size()).isGreaterThan(2);
    }
}
