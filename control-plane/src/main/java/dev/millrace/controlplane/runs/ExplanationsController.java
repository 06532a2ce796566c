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
    private final WaitingRows waiting;
    private final Answers answers;

    ExplanationsController(Caller caller, Explanations explanations, WaitingRows waiting, Answers answers) {
        this.caller = caller;
        this.explanations = explanations;
        this.waiting = waiting;
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
        var who = caller.principal();
        return answers.blocking(() -> waiting.of(who.tenant(), workflow))
                .flatMap(elsewhere -> answers.of(explanations.of(who, workflow, elsewhere)))
                .map(HttpResponse::ok);
    }
}
