package dev.millrace.controlplane.waits;

import dev.millrace.controlplane.api.WaitsApi;
import dev.millrace.controlplane.api.model.RequestAnswer;
import dev.millrace.controlplane.api.model.RunStateView;
import dev.millrace.controlplane.api.model.SendSignal;
import dev.millrace.controlplane.api.model.SentSignal;
import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.controlplane.payloads.RawJson;
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

/** What steps wait for, over REST. */
@Controller
class WaitsController implements WaitsApi {
    private final Caller caller;
    private final SentSignals signals;
    private final ShownStates states;
    private final Answers answers;

    WaitsController(Caller caller, SentSignals signals, ShownStates states, Answers answers) {
        this.caller = caller;
        this.signals = signals;
        this.states = states;
        this.answers = answers;
    }

    @Override
    @RequiresPermission(Permission.RUNS_READ)
    public Mono<HttpResponse<RunStateView>> getRunState(UUID runId) {
        return answers.of(states.of(caller.principal().tenant(), new RunId(runId)))
                .map(shown -> HttpResponse.ok(new RunStateView(runId, shown)));
    }

    @Override
    @RequiresPermission(Permission.RUNS_SIGNAL)
    public Mono<HttpResponse<SentSignal>> sendSignal(UUID runId, String name, SendSignal wish) {
        var request = request(name, wish);
        var data = wish.getData().bytes();
        return answers.of(signals.send(caller.principal().tenant(), new RunId(runId), name, request, data))
                .map(known -> HttpResponse.accepted().body(new SentSignal(runId, name, request, known)));
    }

    @Override
    @RequiresPermission(Permission.RUNS_SIGNAL)
    public Mono<HttpResponse<RequestAnswer>> sendRequest(
            UUID runId, String name, SendSignal wish, Integer waitSeconds) {
        var request = request(name, wish);
        var tenant = caller.principal().tenant();
        var run = new RunId(runId);
        return answers.of(signals.send(
                                tenant, run, name, request, wish.getData().bytes())
                        .thenCompose(sent ->
                                signals.answer(tenant, run, request, Duration.ofSeconds(Math.max(1, waitSeconds)))))
                .map(json -> {
                    var answer = new RequestAnswer(runId, name, request, json.isPresent());
                    json.ifPresent(bytes -> answer.setAnswer(RawJson.ofChecked(bytes)));
                    return json.isPresent()
                            ? HttpResponse.ok(answer)
                            : HttpResponse.accepted().body(answer);
                });
    }

    private static String request(String name, SendSignal wish) {
        if (name.isBlank()) {
            throw new ApiException(ErrorCode.PARAM_INVALID, "The name of a signal cannot be blank.", "name");
        }
        var request = Optional.ofNullable(wish.getRequestId())
                .orElseGet(() -> UUID.randomUUID().toString());
        if (request.isBlank()) {
            throw new ApiException(ErrorCode.FIELD_INVALID, "$.requestId cannot be blank.", "$.requestId");
        }
        return request;
    }
}
