package dev.millrace.controlplane.limits;

import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.controlplane.limits.SettingRows.LimitKind;
import dev.millrace.controlplane.limits.SettingRows.LimitSetting;
import dev.millrace.controlplane.limits.SettingRows.Pausable;
import dev.millrace.controlplane.shard.Shards;
import dev.millrace.controlplane.tenancy.Principal;
import dev.millrace.engine.Command;
import dev.millrace.engine.LimitStatus;
import dev.millrace.engine.Reply;
import dev.millrace.engine.TenantId;
import dev.millrace.engine.WorkerId;
import dev.millrace.engine.WorkerStatus;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.LongFunction;

/**
 * Changes what people set, and asks how it stands. A change is answered when it is stored and the shard has been told of it. Safe for
 * use by several threads; changes block.
 */
@Singleton
final class RunTimeSettings {
    private static final Duration DEADLINE = Duration.ofSeconds(10);

    private final SettingRows rows;
    private final Shards shards;
    private final Clock clock;

    RunTimeSettings(SettingRows rows, Shards shards, Clock clock) {
        this.rows = rows;
        this.shards = shards;
        this.clock = clock;
    }

    void set(Principal by, LimitSetting setting) {
        rows.set(by, setting, clock.instant());
        shards.configured(by.tenant());
    }

    void reset(Principal by, LimitKind kind, String name) {
        rows.reset(by, kind, name, clock.instant());
        shards.configured(by.tenant());
    }

    void pause(Principal by, Pausable what, String name) {
        rows.pause(by, what, name, clock.instant());
        shards.configured(by.tenant());
    }

    void resume(Principal by, Pausable what, String name) {
        rows.resume(by, what, name, clock.instant());
        shards.configured(by.tenant());
    }

    void noteDrain(Principal by, String worker) {
        rows.drained(by, worker, clock.instant());
    }

    CompletionStage<List<LimitStatus>> limits(TenantId tenant) {
        return shards.ask(tenant, replyTo -> new Command.ReadLimits(replyTo, tenant), DEADLINE)
                .thenApply(reply -> {
                    if (reply instanceof Reply.LimitsRead read) {
                        return read.limits();
                    }
                    throw unexpected(reply);
                });
    }

    CompletionStage<List<WorkerStatus>> workers(TenantId tenant) {
        return workers(tenant, replyTo -> new Command.ReadWorkers(replyTo, tenant));
    }

    private CompletionStage<List<WorkerStatus>> workers(TenantId tenant, LongFunction<Command> command) {
        return shards.ask(tenant, command, DEADLINE).thenApply(reply -> {
            if (reply instanceof Reply.WorkersRead read) {
                return read.workers();
            }
            throw unexpected(reply);
        });
    }

    /**
     * Sends a worker away.
     *
     * @return fails with {@link ErrorCode#WORKER_NOT_FOUND}
     */
    CompletionStage<WorkerStatus> drain(Principal by, WorkerId id) {
        var tenant = by.tenant();
        return workers(tenant, replyTo -> new Command.DrainWorker(replyTo, tenant, id))
                .thenApply(workers -> only(workers, id));
    }

    /** @return fails with {@link ErrorCode#WORKER_NOT_FOUND} */
    CompletionStage<WorkerStatus> worker(TenantId tenant, WorkerId id) {
        return workers(tenant).thenApply(workers -> only(workers, id));
    }

    private static WorkerStatus only(List<WorkerStatus> workers, WorkerId id) {
        return workers.stream()
                .filter(worker -> worker.info().id().equals(id))
                .findFirst()
                .orElseThrow(() -> new ApiException(
                        ErrorCode.WORKER_NOT_FOUND,
                        "No worker of this id is connected. See the list of workers for their ids."));
    }

    private static ApiException unexpected(Reply reply) {
        return reply instanceof Reply.Refused refused
                ? new ApiException(ErrorCode.named(refused.code()), refused.message())
                : new ApiException(ErrorCode.INTERNAL, "The engine answered with " + reply + ".");
    }
}
