package dev.millrace.controlplane.runs;

import dev.millrace.controlplane.api.TasksApi;
import dev.millrace.controlplane.api.model.CompleteTask;
import dev.millrace.controlplane.api.model.SettleTask;
import dev.millrace.controlplane.api.model.SettledTask;
import dev.millrace.controlplane.api.model.TaskState;
import dev.millrace.controlplane.payloads.RawJson;
import dev.millrace.controlplane.rest.Answers;
import dev.millrace.controlplane.tenancy.Caller;
import dev.millrace.controlplane.tenancy.Permission;
import dev.millrace.controlplane.tenancy.RequiresPermission;
import dev.millrace.engine.Command.Settlement;
import dev.millrace.engine.RunId;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Controller;
import java.util.Optional;
import java.util.UUID;
import reactor.core.publisher.Mono;

/** What an operator does to single tasks, over REST. */
@Controller
class TasksController implements TasksApi {
    private final Caller caller;
    private final Settlements settlements;
    private final Answers answers;

    TasksController(Caller caller, Settlements settlements, Answers answers) {
        this.caller = caller;
        this.settlements = settlements;
        this.answers = answers;
    }

    @Override
    @RequiresPermission(Permission.RUNS_CANCEL)
    public Mono<HttpResponse<SettledTask>> cancelTask(UUID runId, String step, SettleTask wish) {
        return settle(named(runId, step, wish), wish.getReason(), new Settlement.Cancel())
                .map(settled -> HttpResponse.accepted().body(settled));
    }

    @Override
    @RequiresPermission(Permission.RUNS_REPAIR)
    public Mono<HttpResponse<SettledTask>> completeTask(UUID runId, String step, CompleteTask wish) {
        var task = new Settlements.TaskName(new RunId(runId), step, Optional.ofNullable(wish.getElement()));
        var result = Optional.ofNullable(wish.getResult()).map(RawJson::bytes).orElse(new byte[0]);
        return answers.of(settlements.complete(caller.principal(), task, result, wish.getReason()))
                .map(state -> HttpResponse.ok(view(task, state)));
    }

    @Override
    @RequiresPermission(Permission.RUNS_REPAIR)
    public Mono<HttpResponse<SettledTask>> failTask(UUID runId, String step, SettleTask wish) {
        return settle(named(runId, step, wish), wish.getReason(), new Settlement.Fail())
                .map(HttpResponse::ok);
    }

    @Override
    @RequiresPermission(Permission.RUNS_REPAIR)
    public Mono<HttpResponse<SettledTask>> skipTask(UUID runId, String step, SettleTask wish) {
        return settle(named(runId, step, wish), wish.getReason(), new Settlement.Skip())
                .map(HttpResponse::ok);
    }

    private Mono<SettledTask> settle(Settlements.TaskName task, String reason, Settlement settlement) {
        return answers.of(settlements.settle(caller.principal(), task, settlement, reason))
                .map(state -> view(task, state));
    }

    private static Settlements.TaskName named(UUID runId, String step, SettleTask wish) {
        return new Settlements.TaskName(new RunId(runId), step, Optional.ofNullable(wish.getElement()));
    }

    private static SettledTask view(Settlements.TaskName task, dev.millrace.engine.TaskState state) {
        var settled = new SettledTask(task.run().value(), task.step(), TaskState.fromValue(state.name()));
        task.element().ifPresent(settled::setElement);
        return settled;
    }
}
