package dev.millrace.cli.demo.orders;

import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.millrace.client.Event;
import dev.millrace.client.Millrace;
import dev.millrace.rest.EventsApi;
import dev.millrace.rest.WebhooksApi;
import dev.millrace.rest.model.CreateWebhook;
import dev.millrace.rest.model.EventOutcome;
import dev.millrace.rest.model.FilterOutcome;
import dev.millrace.rest.model.SignatureAlgorithm;
import dev.millrace.rest.model.SignatureEncoding;
import dev.millrace.rest.model.WebhookSource;
import dev.millrace.samples.orders.Order;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiConsumer;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The ways in beside the client: events that start the workflow because it asks for them, and a webhook of the shop. For one thread. */
final class Doors {
    private static final String EVENT = "order.placed";
    private static final String WORKFLOW = "order-fulfilment";
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration LOOK = Duration.ofMillis(20);
    private static final int PAGE = 100;
    private static final JsonMapper JSON = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .build();

    private final Millrace millrace;
    private final EventsApi events;
    private final URI controlPlane;
    /** Orders of an earlier demo have the same numbers, and an event is stored once. */
    private final String demo = Long.toString(System.currentTimeMillis(), Character.MAX_RADIX);

    Doors(Millrace millrace, URI controlPlane) {
        this.millrace = millrace;
        this.events = new EventsApi(millrace.rest());
        this.controlPlane = controlPlane;
    }

    /**
     * Publishes orders as events.
     *
     * @param started told of each order and the run that its event started
     * @return what went wrong, one sentence each
     */
    List<String> publish(List<Order> orders, BiConsumer<Order, String> started) throws InterruptedException {
        var results = millrace.events()
                .publishAll(orders.stream()
                        .map(order -> Event.of(EVENT, order).id(name(order)))
                        .toList());
        Map<Order, UUID> published = new HashMap<>();
        var problems = new ArrayList<String>();
        for (int i = 0; i < orders.size(); i++) {
            var order = orders.get(i);
            results.get(i).event().ifPresent(event -> published.put(order, UUID.fromString(event.eventId())));
            results.get(i)
                    .refusal()
                    .ifPresent(refusal ->
                            problems.add("The event of order " + order.id() + " was refused: " + refusal.getMessage()));
        }
        problems.addAll(follow(published, started));
        return problems;
    }

    /** As {@link #publish}, by deliveries to a webhook that the shop signs. */
    List<String> deliver(List<Order> orders, BiConsumer<Order, String> started) throws InterruptedException {
        var began = Instant.now().minusSeconds(1);
        var secret = UUID.randomUUID().toString();
        var webhook = new WebhooksApi(millrace.rest())
                .createWebhook(new CreateWebhook()
                        .name("checkout-" + demo)
                        .source(WebhookSource.HMAC)
                        .addSecretsItem(secret)
                        .header("X-Checkout-Signature")
                        .algorithm(SignatureAlgorithm.SHA256)
                        .encoding(SignatureEncoding.HEX)
                        .idHeader("X-Checkout-Delivery")
                        .eventName("'" + EVENT + "'"));
        var address = controlPlane.resolve(webhook.getPath());
        Map<String, Order> delivered = new HashMap<>();
        var problems = new ArrayList<String>();
        var http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        for (var order : orders) {
            int status = post(http, address, secret, order);
            if (status == 200) {
                delivered.put(name(order), order);
            } else {
                problems.add("The delivery of order " + order.id() + " was answered " + status + ".");
            }
        }
        problems.addAll(follow(find(delivered, began), started));
        new WebhooksApi(millrace.rest()).deleteWebhook(webhook.getWebhookId());
        return problems;
    }

    private int post(HttpClient http, URI address, String secret, Order order) throws InterruptedException {
        try {
            var body = JSON.writeValueAsBytes(order);
            var request = HttpRequest.newBuilder(address)
                    .timeout(PATIENCE)
                    .header("Content-Type", "application/json")
                    .header("X-Checkout-Delivery", name(order))
                    .header("X-Checkout-Signature", signature(secret, body))
                    .POST(HttpRequest.BodyPublishers.ofByteArray(body));
            return http.send(request.build(), HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        } catch (IOException e) {
            return 0;
        }
    }

    private static String signature(String secret, byte[] body) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return HexFormat.of().formatHex(mac.doFinal(body));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every JDK has HmacSHA256, but this one does not.", e);
        }
    }

    /** The events that became of deliveries. */
    private Map<Order, UUID> find(Map<String, Order> delivered, Instant began) {
        Map<Order, UUID> found = new HashMap<>();
        Optional<String> cursor = Optional.empty();
        do {
            var after = cursor;
            var page = events.listEvents(options -> {
                options.name(EVENT).from(began).limit(PAGE);
                after.ifPresent(options::cursor);
            });
            for (var event : page.getItems()) {
                delivered.forEach((name, order) -> {
                    if (event.getId() != null && event.getId().endsWith(name)) {
                        found.put(order, event.getEventId());
                    }
                });
            }
            cursor = Optional.ofNullable(page.getNextCursor());
        } while (cursor.isPresent() && found.size() < delivered.size());
        return found;
    }

    /** Waits until each event has started what it was to start. */
    private List<String> follow(Map<Order, UUID> published, BiConsumer<Order, String> started)
            throws InterruptedException {
        var problems = new ArrayList<String>();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        for (var entry : published.entrySet()) {
            var outcome = outcome(entry.getValue());
            while (outcome.filter(found -> found.getOutcome() == EventOutcome.PENDING)
                            .isPresent()
                    && System.nanoTime() < deadline) {
                Thread.sleep(LOOK.toMillis());
                outcome = outcome(entry.getValue());
            }
            if (outcome.isPresent() && outcome.get().getOutcome() == EventOutcome.STARTED) {
                started.accept(entry.getKey(), outcome.get().getRunId().toString());
            } else {
                problems.add("The event of order " + entry.getKey().id() + " did not start a run: "
                        + outcome.map(found -> found.getOutcome() + " " + found.getMessage())
                                .orElse("no filter asked for it")
                        + ".");
            }
        }
        return problems;
    }

    private Optional<FilterOutcome> outcome(UUID event) {
        return events.getEvent(event).getOutcomes().stream()
                .filter(outcome -> WORKFLOW.equals(outcome.getWorkflow()))
                .findFirst();
    }

    private String name(Order order) {
        return order.id() + "-" + demo;
    }
}
