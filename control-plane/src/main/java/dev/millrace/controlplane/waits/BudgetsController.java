package dev.millrace.controlplane.waits;

import dev.millrace.controlplane.api.BudgetsApi;
import dev.millrace.controlplane.api.model.RaiseBudget;
import dev.millrace.controlplane.api.model.RaisedBudget;
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

/** What runs may use, over REST. */
@Controller
class BudgetsController implements BudgetsApi {
    private final Caller caller;
    private final RaisedBudgets budgets;
    private final Answers answers;

    BudgetsController(Caller caller, RaisedBudgets budgets, Answers answers) {
        this.caller = caller;
        this.budgets = budgets;
        this.answers = answers;
    }

    @Override
    @RequiresPermission(Permission.APPROVALS_ANSWER)
    public Mono<HttpResponse<RaisedBudget>> raiseBudget(UUID runId, RaiseBudget wish) {
        var who = caller.principal();
        var reason = Optional.ofNullable(wish.getReason()).orElse("no reason given");
        return answers.of(budgets.raise(
                        who,
                        new RunId(runId),
                        wish.getBudget(),
                        wish.getLimit(),
                        ByWhomText.of(who, wish.getBy()),
                        reason))
                .map(raised ->
                        HttpResponse.ok(new RaisedBudget(runId, raised.budget(), raised.used(), raised.limit())));
    }
}
