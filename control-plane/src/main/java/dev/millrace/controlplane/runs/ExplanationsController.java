package dev.millrace.controlplane.runs;

import dev.millrace.controlplane.api.ExplanationsApi;
import dev.millrace.controlplane.api.model.RunExplanation;
import dev.millrace.controlplane.api.model.WorkflowExplanation;
import dev.millrace.controlplane.rest.Answers;
import dev.millrace.controlplane.tenancy.Caller;
import dev.millrace.controlplane.tenancy.Permission;
import dev.millrace.controlplane.tenancy.RequiresPermission;
import dev.millrace.engine.RunId;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Controller;
import java.util.Optional;
import java.util.UUID;
import reactor.core.publisher.Mono;

/** Why something waits, over REST. */
@Controller
class ExplanationsController implements ExplanationsApi {
    private final Caller caller;
    private final Explanations explanations;
    private final Answers answers;

    ExplanationsController(Caller caller, Explanations explanations, Answers answers) {
        this.caller = caller;
        this.explanations = explanations;
        this.answers = answers;
    }

    @Override
    @RequiresPermission(Permission.RUNS_READ)
    public Mono<HttpResponse<RunExplanation>> explainRun(UUID runId, String step, Integer element) {
        return answers.of(explanations.of(
                        caller.principal().tenant(),
                        new RunId(runId),
                        Optional.ofNullable(step),
                        Optional.ofNullable(element)))
                .map(HttpResponse::ok);
    }

    @Override
    @RequiresPermission(Permission.RUNS_READ)
    public Mono<HttpResponse<WorkflowExplanation>> explainWorkflow(String workflow) {
        return answers.of(explanations.of(caller.principal(), workflow)).map(HttpResponse::ok);
    }
}
