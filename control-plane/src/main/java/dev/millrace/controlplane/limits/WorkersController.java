package dev.millrace.controlplane.limits;

import dev.millrace.controlplane.api.WorkersApi;
import dev.millrace.controlplane.api.model.ServedVersion;
import dev.millrace.controlplane.api.model.SlotKindView;
import dev.millrace.controlplane.api.model.WorkerList;
import dev.millrace.controlplane.api.model.WorkerState;
import dev.millrace.controlplane.api.model.WorkerView;
import dev.millrace.controlplane.limits.SettingRows.Pausable;
import dev.millrace.controlplane.rest.Answers;
import dev.millrace.controlplane.tenancy.Caller;
import dev.millrace.controlplane.tenancy.Permission;
import dev.millrace.controlplane.tenancy.RequiresPermission;
import dev.millrace.engine.WorkerId;
import dev.millrace.engine.WorkerStatus;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Controller;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import reactor.core.publisher.Mono;

/** The workers of a tenant over REST. */
@Controller
class WorkersController implements WorkersApi {
    private final Caller caller;
    private final RunTimeSettings settings;
    private final Answers answers;

    WorkersController(Caller caller, RunTimeSettings settings, Answers answers) {
        this.caller = caller;
        this.settings = settings;
        this.answers = answers;
    }

    @Override
    @RequiresPermission(Permission.WORKERS_READ)
    public Mono<HttpResponse<WorkerList>> listWorkers() {
        return answers.of(settings.workers(caller.principal().tenant()))
                .map(workers -> HttpResponse.ok(new WorkerList(
                        workers.stream().map(WorkersController::view).toList())));
    }

    @Override
    @RequiresPermission(Permission.WORKERS_WRITE)
    public Mono<HttpResponse<WorkerView>> pauseWorker(UUID workerId) {
        return change(workerId, true);
    }

    @Override
    @RequiresPermission(Permission.WORKERS_WRITE)
    public Mono<HttpResponse<WorkerView>> resumeWorker(UUID workerId) {
        return change(workerId, false);
    }

    @Override
    @RequiresPermission(Permission.WORKERS_WRITE)
    public Mono<HttpResponse<WorkerView>> drainWorker(UUID workerId) {
        var by = caller.principal();
        var id = new WorkerId(workerId);
        return answers.of(settings.worker(by.tenant(), id))
                .flatMap(known -> answers.blocking(() -> {
                    settings.noteDrain(by, workerId.toString());
                    return known;
                }))
                .flatMap(known -> answers.of(settings.drain(by, id)))
                .map(worker -> HttpResponse.ok(view(worker)));
    }

    private Mono<HttpResponse<WorkerView>> change(UUID workerId, boolean pause) {
        var by = caller.principal();
        var id = new WorkerId(workerId);
        return answers.of(settings.worker(by.tenant(), id))
                .flatMap(known -> answers.blocking(() -> {
                    if (pause) {
                        settings.pause(by, Pausable.WORKER, workerId.toString());
                    } else {
                        settings.resume(by, Pausable.WORKER, workerId.toString());
                    }
                    return known;
                }))
                .flatMap(known -> answers.of(settings.worker(by.tenant(), id)))
                .map(worker -> HttpResponse.ok(view(worker)));
    }

    private static WorkerView view(WorkerStatus status) {
        var info = status.info();
        var view = new WorkerView(
                info.id().value(),
                info.name(),
                state(status),
                info.slots(),
                status.slotsTaken(),
                info.labels(),
                info.versions().stream()
                        .map(ref -> new ServedVersion(ref.workflow(), ref.hash()))
                        .toList());
        if (!status.connected().equals(Instant.MIN)) {
            view.setConnectedAt(status.connected());
        }
        if (!info.slotKinds().isEmpty()) {
            view.setSlotKinds(info.slotKinds().entrySet().stream()
                    .sorted(Map.Entry.comparingByKey())
                    .map(kind -> new SlotKindView(
                            kind.getKey(), kind.getValue(), status.kindsTaken().getOrDefault(kind.getKey(), 0)))
                    .toList());
        }
        return view;
    }

    private static WorkerState state(WorkerStatus status) {
        if (status.connected().equals(Instant.MIN)) {
            return WorkerState.AWAY;
        } else if (status.draining()) {
            return WorkerState.DRAINING;
        }
        return status.paused() ? WorkerState.PAUSED : WorkerState.CONNECTED;
    }
}
