package dev.millrace.controlplane.triggers.events;

import dev.millrace.controlplane.api.EventsApi;
import dev.millrace.controlplane.api.model.EventDetail;
import dev.millrace.controlplane.api.model.EventItem;
import dev.millrace.controlplane.api.model.EventOutcome;
import dev.millrace.controlplane.api.model.EventPage;
import dev.millrace.controlplane.api.model.EventSummary;
import dev.millrace.controlplane.api.model.FilterOutcome;
import dev.millrace.controlplane.api.model.PublishEvents;
import dev.millrace.controlplane.api.model.PublishEventsItem;
import dev.millrace.controlplane.api.model.PublishEventsResult;
import dev.millrace.controlplane.api.model.PublishedEvent;
import dev.millrace.controlplane.api.model.SatisfiedWait;
import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.controlplane.errors.Problems;
import dev.millrace.controlplane.payloads.RawJson;
import dev.millrace.controlplane.rest.Answers;
import dev.millrace.controlplane.rest.Cursor;
import dev.millrace.controlplane.tenancy.Caller;
import dev.millrace.controlplane.tenancy.Permission;
import dev.millrace.controlplane.tenancy.RequiresPermission;
import dev.millrace.controlplane.triggers.events.LogEntry.Outcome;
import dev.millrace.controlplane.triggers.events.Publisher.Result;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Controller;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import reactor.core.publisher.Mono;

/** Events over REST. */
@Controller
class EventsController implements EventsApi {
    private static final UUID FIRST = new UUID(0, 0);

    private final Caller caller;
    private final Publisher publisher;
    private final EventRows rows;
    private final Answers answers;

    EventsController(Caller caller, Publisher publisher, EventRows rows, Answers answers) {
        this.caller = caller;
        this.publisher = publisher;
        this.rows = rows;
        this.answers = answers;
    }

    @Override
    @RequiresPermission(Permission.EVENTS_PUBLISH)
    public Mono<HttpResponse<PublishEventsResult>> publishEvents(PublishEvents wish) {
        var who = caller.principal();
        // One that cannot even be read as an event keeps its place, so that the answers are in the order of the items.
        List<NewEvent> events = new ArrayList<>();
        List<Optional<ApiException>> unreadable = new ArrayList<>();
        for (int i = 0; i < wish.getItems().size(); i++) {
            try {
                events.add(event(wish.getItems().get(i), "$.items[" + i + "]"));
                unreadable.add(Optional.empty());
            } catch (ApiException e) {
                unreadable.add(Optional.of(e));
            }
        }
        return answers.of(publisher.publish(who.tenant(), who.service(), events))
                .map(results -> {
                    var next = results.iterator();
                    return HttpResponse.ok(new PublishEventsResult(unreadable.stream()
                            .map(refused -> view(
                                    refused.<Result>map(Result.Refused::new).orElseGet(next::next)))
                            .collect(Collectors.toList())));
                });
    }

    private static NewEvent event(EventItem item, String path) {
        return new NewEvent(
                item.getId() == null ? "" : item.getId(),
                item.getName(),
                item.getScope() == null ? "" : item.getScope(),
                item.getMetadata() == null ? Map.of() : item.getMetadata(),
                item.getData().bytes(),
                Optional.empty(),
                path);
    }

    @Override
    @RequiresPermission(Permission.EVENTS_READ)
    public Mono<HttpResponse<EventPage>> listEvents(
            String name, Instant from, Instant to, String cursor, Integer limit) {
        var tenant = caller.principal().tenant();
        if (from != null && to != null && from.isAfter(to)) {
            throw new ApiException(
                    ErrorCode.PARAM_INVALID,
                    "Parameter from is " + from + ", which is after to (" + to + "). Exchange them.",
                    "from");
        }
        var end = to == null ? EventRows.Page.END : firstIdAt(to);
        var page = new EventRows.Page(
                Optional.ofNullable(name),
                from == null ? FIRST : firstIdAt(from),
                cursor == null ? end : position(cursor),
                limit + 1);
        return answers.blocking(() -> {
            var found = rows.list(tenant, page);
            var answer = new EventPage(
                    found.stream().limit(limit).map(EventsController::summary).collect(Collectors.toList()));
            if (found.size() > limit) {
                answer.setNextCursor(Cursor.of(found.get(limit - 1).id().toString()));
            }
            return HttpResponse.ok(answer);
        });
    }

    @Override
    @RequiresPermission(Permission.EVENTS_READ)
    public Mono<HttpResponse<EventDetail>> getEvent(UUID eventId) {
        var tenant = caller.principal().tenant();
        return answers.blocking(
                () -> HttpResponse.ok(detail(rows.find(tenant, eventId).orElseThrow(() -> missing(eventId)))));
    }

    @Override
    @RequiresPermission(Permission.EVENTS_PUBLISH)
    public Mono<HttpResponse<PublishedEvent>> replayEvent(UUID eventId) {
        var who = caller.principal();
        return answers.blocking(() -> rows.find(who.tenant(), eventId).orElseThrow(() -> missing(eventId)))
                .flatMap(event -> answers.of(publisher.publish(
                        who.tenant(),
                        who.service(),
                        List.of(new NewEvent(
                                "",
                                event.name(),
                                event.scope(),
                                event.metadata(),
                                event.data(),
                                Optional.of(eventId),
                                "$")))))
                .map(results -> {
                    if (results.get(0) instanceof Result.Published published) {
                        return HttpResponse.created(new PublishedEvent(published.event(), false));
                    }
                    throw ((Result.Refused) results.get(0)).refusal();
                });
    }

    private static ApiException missing(UUID event) {
        return new ApiException(
                ErrorCode.EVENT_NOT_FOUND, "There is no event " + event + ". It may be past its retention.");
    }

    private static UUID position(String cursor) {
        try {
            return UUID.fromString(Cursor.text(cursor));
        } catch (IllegalArgumentException e) {
            throw Cursor.invalid(cursor);
        }
    }

    /** The smallest id that an event published at this instant can have. */
    private static UUID firstIdAt(Instant at) {
        long millis = Math.max(0, Math.min(at.toEpochMilli(), (1L << 48) - 1));
        return new UUID(millis << 16, 0);
    }

    private static PublishEventsItem view(Result result) {
        var item = new PublishEventsItem();
        if (result instanceof Result.Published published) {
            item.setEvent(new PublishedEvent(published.event(), published.duplicate()));
        } else if (result instanceof Result.Refused refused) {
            item.setError(Problems.of(refused.refusal()));
        }
        return item;
    }

    private static EventSummary summary(StoredEvent event) {
        var view = new EventSummary(
                event.id(), event.name(), event.publishedAt(), (int) event.count(Outcome.STARTED), event.isOpen());
        if (!event.scope().isEmpty()) {
            view.setScope(event.scope());
        }
        if (!event.key().isEmpty()) {
            view.setId(event.key());
        }
        return view;
    }

    private static EventDetail detail(StoredEvent event) {
        var view = new EventDetail(
                event.id(),
                event.name(),
                event.publishedAt(),
                event.isOpen(),
                RawJson.ofChecked(event.data()),
                event.log().entries().stream().map(EventsController::outcome).collect(Collectors.toList()),
                event.log().unlisted());
        if (!event.scope().isEmpty()) {
            view.setScope(event.scope());
        }
        if (!event.key().isEmpty()) {
            view.setId(event.key());
        }
        if (!event.metadata().isEmpty()) {
            view.setMetadata(event.metadata());
        }
        event.replayOf().ifPresent(view::setReplayOf);
        if (!event.log().satisfied().isEmpty()) {
            view.setSatisfied(event.log().satisfied().stream()
                    .map(wait -> new SatisfiedWait(wait.run(), wait.workflow(), wait.awaited()))
                    .collect(Collectors.toList()));
        }
        return view;
    }

    private static FilterOutcome outcome(LogEntry entry) {
        var view = new FilterOutcome(
                entry.filter(),
                entry.workflow(),
                EventOutcome.fromValue(entry.outcome().name()));
        entry.run().ifPresent(view::setRunId);
        if (!entry.code().isEmpty()) {
            view.setCode(entry.code());
            view.setMessage(entry.message());
        }
        return view;
    }
}
