package dev.millrace.controlplane.items;

import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.controlplane.items.RunStreams.Wanted;
import dev.millrace.controlplane.tenancy.Caller;
import dev.millrace.controlplane.tenancy.Permission;
import dev.millrace.controlplane.tenancy.RequiresPermission;
import dev.millrace.engine.RunId;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Header;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.Produces;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.http.sse.Event;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Streams as server-sent events. The contract tells of them where it tells of the pages, since it cannot describe events. */
@Controller
class StreamEventsController {
    private static final Duration HEARTBEAT = Duration.ofSeconds(15);
    private static final Duration LOOK = Duration.ofSeconds(10);

    private final Caller caller;
    private final RunStreams streams;

    StreamEventsController(Caller caller, RunStreams streams) {
        this.caller = caller;
        this.streams = streams;
    }

    @Get("/api/v1/runs/{runId}/stream/events")
    @Produces(MediaType.TEXT_EVENT_STREAM)
    @RequiresPermission(Permission.RUNS_READ)
    Publisher<Event<?>> stream(
            @PathVariable("runId") UUID runId,
            @QueryValue("step") @Nullable String step,
            @QueryValue(value = "after", defaultValue = "0") long after,
            @Header("Last-Event-ID") @Nullable String lastEventId) {
        var wanted = new Wanted(
                caller.principal().tenant(),
                new RunId(runId),
                Optional.ofNullable(step).orElse(""),
                Optional.ofNullable(lastEventId)
                        .map(StreamEventsController::position)
                        .orElse(after));
        // Asked first, so that a run that is not there is refused like anywhere else.
        return Mono.fromCompletionStage(streams.page(wanted, 1, Duration.ZERO))
                .timeout(LOOK)
                .flatMapMany(there -> events(wanted));
    }

    private Flux<Event<?>> events(Wanted wanted) {
        return Flux.create(sink -> {
            var following = streams.follow(wanted, new StreamEvents(sink));
            var alive = Flux.interval(HEARTBEAT).subscribe(tick -> sink.next(alive()));
            sink.onRequest(more -> following.wake());
            sink.onDispose(() -> {
                alive.dispose();
                following.stop();
            });
            sink.next(alive()); // the answer begins with its first event, and nothing may be emitted for long
            following.begin();
        });
    }

    /** Nothing but a comment. */
    private static Event<?> alive() {
        return Event.of("").comment("alive");
    }

    private static long position(String lastEventId) {
        try {
            long position = Long.parseLong(lastEventId);
            if (position >= 0) {
                return position;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new ApiException(
                ErrorCode.PARAM_INVALID,
                "The header Last-Event-ID is \"" + lastEventId
                        + "\"; it has to be the id of an event of this stream, which is a position.",
                "Last-Event-ID");
    }
}
