package dev.millrace.client;

import dev.millrace.TypeRef;
import dev.millrace.codec.Codec;
import dev.millrace.connection.ControlPlane;
import dev.millrace.connection.CurrentRun;
import dev.millrace.connection.MillraceException;
import dev.millrace.connection.UnavailableException;
import dev.millrace.rest.EventsApi;
import dev.millrace.rest.RawJson;
import dev.millrace.rest.model.EventItem;
import dev.millrace.rest.model.PublishEvents;
import dev.millrace.rest.model.PublishEventsItem;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Publishes events. An event that could not be published is sent again until the answer timeout has passed; each has an id, given or
 * made, so that one which was stored although its answer was lost is not stored twice.
 *
 * <p>What a step publishes on its own thread gets the labels of the step's run too, as far as there is room, and says which run it comes
 * from: a chain of more than 16 events and runs that start each other is cut ({@code CHAIN_DEPTH}). Safe for use by many threads; methods
 * block.
 */
public final class Events {
    private static final int MOST_OF_A_REQUEST = 1_000;
    private static final int MOST_BYTES_OF_A_REQUEST = 2 << 20;

    private final EventsApi api;
    private final Codec codec;
    private final Insisting insisting;
    private final CurrentRun currentRun;

    Events(ControlPlane controlPlane, Codec codec, Duration answerTimeout) {
        this.api = new EventsApi(controlPlane.rest());
        this.codec = codec;
        this.currentRun = controlPlane.currentRun();
        this.insisting = new Insisting(answerTimeout);
    }

    /**
     * Publishes an event.
     *
     * @return once it is stored
     * @throws EventRefusedException if it cannot be an event
     * @throws UnavailableException if the control plane did not answer in time; the event may be stored all the same
     */
    public PublishedEvent publish(String name, Object data) {
        return publish(Event.of(name, data));
    }

    /** As {@link #publish(String, Object)}. */
    public PublishedEvent publish(Event event) {
        return publishAll(List.of(event)).get(0).orElseThrow();
    }

    /**
     * Publishes any number of events, in requests of up to 1,000 events and 2 MiB.
     *
     * @return one result for each, in order, once they are stored
     * @throws UnavailableException if the control plane did not answer in time; all before the ones under way are stored, and those may
     *     be
     */
    public List<EventResult> publishAll(Collection<Event> events) {
        List<EventResult> results = new ArrayList<>(events.size());
        List<EventItem> request = new ArrayList<>();
        int bytes = 0;
        for (var event : events) {
            var item = item(event);
            int size = item.getData().text().length();
            if (request.size() == MOST_OF_A_REQUEST || !request.isEmpty() && bytes + size > MOST_BYTES_OF_A_REQUEST) {
                results.addAll(send(request));
                request.clear();
                bytes = 0;
            }
            request.add(item);
            bytes += size;
        }
        if (!request.isEmpty()) {
            results.addAll(send(request));
        }
        return results;
    }

    private EventItem item(Event event) {
        var json = codec.write(event.data(), TypeRef.of(event.data().getClass()));
        var item = new EventItem()
                .name(event.name())
                .id(event.id().orElseGet(() -> UUID.randomUUID().toString()))
                .scope(event.scope().orElse(null))
                .data(new RawJson(new String(json, StandardCharsets.UTF_8)));
        var labels = currentRun.labels(event.metadata());
        return labels.isEmpty() ? item : item.metadata(labels);
    }

    private List<EventResult> send(List<EventItem> items) {
        var answer = insisting.on(
                () -> api.publishEvents(new PublishEvents().items(items)),
                "The thread was interrupted while it waited to publish events again; they may be stored.");
        return results(items, answer.getItems());
    }

    private static List<EventResult> results(List<EventItem> items, List<PublishEventsItem> answers) {
        if (answers.size() != items.size()) {
            throw new MillraceException(
                    "PROTOCOL_VIOLATION",
                    "The control plane answered " + answers.size() + " of " + items.size() + " events. Upgrade it.");
        }
        List<EventResult> results = new ArrayList<>(answers.size());
        for (var answer : answers) {
            results.add(
                    answer.getEvent() != null
                            ? new EventResult(
                                    Optional.of(new PublishedEvent(
                                            answer.getEvent().getEventId().toString(),
                                            answer.getEvent().getDuplicate())),
                                    Optional.empty())
                            : new EventResult(
                                    Optional.empty(),
                                    Optional.of(new EventRefusedException(
                                            answer.getError().getCode(),
                                            answer.getError().getDetail()))));
        }
        return results;
    }
}
