package dev.millrace.controlplane.items;

import dev.millrace.controlplane.api.StreamsApi;
import dev.millrace.controlplane.api.model.StreamPage;
import dev.millrace.controlplane.items.RunStreams.Wanted;
import dev.millrace.controlplane.rest.Answers;
import dev.millrace.controlplane.tenancy.Caller;
import dev.millrace.controlplane.tenancy.Permission;
import dev.millrace.controlplane.tenancy.RequiresPermission;
import dev.millrace.engine.RunId;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Controller;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import reactor.core.publisher.Mono;

/** Streams over REST, page by page. */
@Controller
class StreamsController implements StreamsApi {
    private final Caller caller;
    private final RunStreams streams;
    private final Answers answers;

    StreamsController(Caller caller, RunStreams streams, Answers answers) {
        this.caller = caller;
        this.streams = streams;
        this.answers = answers;
    }

    @Override
    @RequiresPermission(Permission.RUNS_READ)
    public Mono<HttpResponse<StreamPage>> getRunStream(
            UUID runId, String step, Long after, Integer limit, Integer waitSeconds) {
        var wanted = new Wanted(
                caller.principal().tenant(),
                new RunId(runId),
                Optional.ofNullable(step).orElse(""),
                after);
        return answers.of(streams.page(wanted, limit, Duration.ofSeconds(waitSeconds)))
                .map(HttpResponse::ok);
    }
}
