package dev.millrace.controlplane.waits;

import dev.millrace.controlplane.runs.Refusals;
import dev.millrace.controlplane.shard.Shards;
import dev.millrace.controlplane.tenancy.AuditEntry;
import dev.millrace.controlplane.tenancy.Principal;
import dev.millrace.controlplane.tenancy.RequestDatabase;
import dev.millrace.engine.Command;
import dev.millrace.engine.Reply;
import dev.millrace.engine.RunId;
import io.micronaut.scheduling.TaskExecutors;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;

/** Lets runs use more. Safe for use by several threads; nothing blocks. */
@Singleton
final class RaisedBudgets {
    private static final Duration DEADLINE = Duration.ofSeconds(15);
    /** What every reader of JSON takes for the same number. */
    static final long MOST = 9_007_199_254_740_991L;

    private final Shards shards;
    private final RequestDatabase database;
    private final Clock clock;
    private final ExecutorService blocking;

    RaisedBudgets(
            Shards shards,
            RequestDatabase database,
            Clock clock,
            @Named(TaskExecutors.BLOCKING) ExecutorService blocking) {
        this.shards = shards;
        this.database = database;
        this.clock = clock;
        this.blocking = blocking;
    }

    /**
     * Completes when it is stored, in the run and in the audit.
     *
     * @param limit how much the run may use in all
     * @param by who did it, for the run's history
     */
    CompletionStage<Reply.BudgetRaised> raise(
            Principal who, RunId run, String budget, long limit, String by, String reason) {
        return shards.ask(
                        who.tenant(),
                        replyTo -> new Command.RaiseBudget(replyTo, who.tenant(), run, budget, limit, by, reason),
                        DEADLINE)
                .thenApplyAsync(
                        reply -> {
                            if (reply instanceof Reply.BudgetRaised raised) {
                                audit(who, run, raised, by + ": " + reason);
                                return raised;
                            }
                            throw Refusals.of(reply);
                        },
                        blocking);
    }

    private void audit(Principal who, RunId run, Reply.BudgetRaised raised, String detail) {
        database.inTenant(who.tenant(), connection -> {
            new AuditEntry(
                            who.tenant(),
                            who.tokenId(),
                            clock.instant(),
                            "run.budget",
                            run.toString(),
                            raised.budget() + " to " + raised.limit() + " by " + detail)
                    .store(connection);
            return raised;
        });
    }
}
