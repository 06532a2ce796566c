package dev.millrace.controlplane.runs;

import dev.millrace.controlplane.api.RunsApi;
import dev.millrace.controlplane.api.model.CancelRun;
import dev.millrace.controlplane.api.model.CancelledRun;
import dev.millrace.controlplane.api.model.FailureGroups;
import dev.millrace.controlplane.api.model.RunDetail;
import dev.millrace.controlplane.api.model.RunExport;
import dev.millrace.controlplane.api.model.RunHistory;
import dev.millrace.controlplane.api.model.RunPage;
import dev.millrace.controlplane.api.model.RunResult;
import dev.millrace.controlplane.api.model.RunState;
import dev.millrace.controlplane.api.model.RunWeight;
import dev.millrace.controlplane.api.model.StartItem;
import dev.millrace.controlplane.api.model.StartRun;
import dev.millrace.controlplane.api.model.StartRuns;
import dev.millrace.controlplane.api.model.StartRunsItem;
import dev.millrace.controlplane.api.model.StartRunsResult;
import dev.millrace.controlplane.api.model.StartedRun;
import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.controlplane.errors.Problems;
import dev.millrace.controlplane.payloads.Payloads;
import dev.millrace.controlplane.rest.Answers;
import dev.millrace.controlplane.rest.BoundedDuration;
import dev.millrace.controlplane.shard.Shards;
import dev.millrace.controlplane.tenancy.Caller;
import dev.millrace.controlplane.tenancy.Permission;
import dev.millrace.controlplane.tenancy.RequiresPermission;
import dev.millrace.controlplane.tenancy.UuidV7;
import dev.millrace.controlplane.workflows.Workflows;
import dev.millrace.engine.Command;
import dev.millrace.engine.Priority;
import dev.millrace.engine.Reply;
import dev.millrace.engine.RunId;
import dev.millrace.manifest.Weight;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Controller;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import reactor.core.publisher.Mono;

/** Runs over REST. */
@Controller
class RunsController implements RunsApi {
    private static final Duration CANCEL_DEADLINE = Duration.ofSeconds(15);

    private final Caller caller;
    private final Starts starts;
    private final RunReader reader;
    private final RunList list;
    private final Shards shards;
    private final Workflows workflows;
    private final FailedRuns failed;
    private final Exports exports;
    private final Answers answers;

    RunsController(
            Caller caller,
            Starts starts,
            RunReader reader,
            RunList list,
            Shards shards,
            Workflows workflows,
            FailedRuns failed,
            Exports exports,
            Answers answers) {
        this.caller = caller;
        this.starts = starts;
        this.reader = reader;
        this.list = list;
        this.shards = shards;
        this.workflows = workflows;
        this.failed = failed;
        this.exports = exports;
        this.answers = answers;
    }

    @Override
    @RequiresPermission(Permission.RUNS_START)
    public Mono<HttpResponse<StartedRun>> startRun(String workflow, StartRun wish) {
        var item = new StartItem(wish.getInput());
        item.setVersion(wish.getVersion());
        item.setIdempotencyKey(wish.getIdempotencyKey());
        item.setIdempotencyKeyLife(wish.getIdempotencyKeyLife());
        item.setPriority(wish.getPriority());
        item.setDeadline(wish.getDeadline());
        item.setMetadata(wish.getMetadata());
        item.setRequires(wish.getRequires());
        var request = request(workflow, item, "$");
        return answers.of(starts.start(
                        caller.principal(),
                        requestId(workflow, wish.getRequestId()),
                        wish.getRequestId() != null,
                        List.of(request)))
                .map(results -> {
                    if (results.get(0) instanceof StartResult.Started started) {
                        var run = view(started);
                        return started.existing() || started.joined()
                                ? HttpResponse.ok(run)
                                : HttpResponse.created(run);
                    }
                    throw ((StartResult.Refused) results.get(0)).refusal();
                });
    }

    @Override
    @RequiresPermission(Permission.RUNS_START)
    public Mono<HttpResponse<StartRunsResult>> startRuns(String workflow, StartRuns wish) {
        // An item that cannot even be read as a start keeps its place, so that the answers are in the order of the
        // items.
        List<StartRequest> requests = new ArrayList<>();
        List<Optional<ApiException>> unreadable = new ArrayList<>();
        for (int i = 0; i < wish.getItems().size(); i++) {
            try {
                requests.add(request(workflow, wish.getItems().get(i), "$.items[" + i + "]"));
                unreadable.add(Optional.empty());
            } catch (ApiException e) {
                unreadable.add(Optional.of(e));
            }
        }
        var who = caller.principal();
        var request = requestId(workflow, wish.getRequestId());
        // A workflow that is not there is the whole request's fault, not each item's.
        return answers.of(workflows
                        .find(who, workflow, "", "")
                        .thenCompose(found -> starts.start(who, request, wish.getRequestId() != null, requests)))
                .map(results -> {
                    List<StartRunsItem> items = new ArrayList<>();
                    var next = results.iterator();
                    for (var refused : unreadable) {
                        items.add(view(refused.<StartResult>map(StartResult.Refused::new)
                                .orElseGet(next::next)));
                    }
                    return HttpResponse.ok(new StartRunsResult(items));
                });
    }

    @Override
    @RequiresPermission(Permission.RUNS_READ)
    public Mono<HttpResponse<RunDetail>> getRun(UUID runId) {
        return answers.of(reader.detail(caller.principal().tenant(), new RunId(runId)))
                .map(HttpResponse::ok);
    }

    @Override
    @RequiresPermission(Permission.RUNS_READ)
    public Mono<HttpResponse<RunResult>> getRunResult(UUID runId, Integer waitSeconds) {
        var tenant = caller.principal().tenant();
        var run = new RunId(runId);
        var result = waitSeconds == 0
                ? reader.result(tenant, run)
                : reader.result(tenant, run, Duration.ofSeconds(waitSeconds));
        return answers.of(result).map(found -> switch (found.getState()) {
            case SUCCEEDED, FAILED, CANCELLED, TIMED_OUT -> HttpResponse.ok(found);
            case QUEUED, RUNNING, WAITING -> HttpResponse.accepted().body(found);
        });
    }

    @Override
    @RequiresPermission(Permission.RUNS_READ)
    public Mono<HttpResponse<RunHistory>> getRunHistory(UUID runId, String cursor, Integer limit) {
        return answers.of(reader.history(caller.principal().tenant(), new RunId(runId), cursor, limit))
                .map(HttpResponse::ok);
    }

    @Override
    @RequiresPermission(Permission.RUNS_READ)
    public Mono<HttpResponse<RunPage>> listRuns(
            String workflow,
            List<RunState> state,
            Instant from,
            Instant to,
            UUID parent,
            RunWeight weight,
            String cursor,
            Integer limit) {
        var filter = new RunList.Filter(
                Optional.ofNullable(workflow),
                state == null ? List.of() : state,
                Optional.ofNullable(from),
                Optional.ofNullable(to),
                RunList.Ending.ANY,
                weights(weight, workflow != null || parent != null),
                Optional.ofNullable(parent));
        var tenant = caller.principal().tenant();
        return answers.blocking(() -> list.page(tenant, filter, Optional.ofNullable(cursor), limit))
                .map(HttpResponse::ok);
    }

    /** Who names a workflow wants its runs, whatever they weigh, and who names a parent its children. */
    private static Set<Weight> weights(RunWeight wanted, boolean named) {
        if (wanted == null) {
            return named ? RunList.EVERY_WEIGHT : Set.of(Weight.NORMAL);
        }
        return switch (wanted) {
            case NORMAL -> Set.of(Weight.NORMAL);
            case LIGHT -> Set.of(Weight.LIGHT);
            case ALL -> RunList.EVERY_WEIGHT;
        };
    }

    @Override
    @RequiresPermission(Permission.RUNS_READ)
    public Mono<HttpResponse<FailureGroups>> listFailures(String workflow, Instant from, Instant to, Integer limit) {
        var filter = new RunList.Filter(
                Optional.ofNullable(workflow),
                FailedRuns.STATES,
                Optional.ofNullable(from),
                Optional.ofNullable(to),
                RunList.Ending.ANY,
                RunList.EVERY_WEIGHT,
                Optional.empty());
        var tenant = caller.principal().tenant();
        return answers.blocking(() -> failed.groups(tenant, filter, limit))
                .map(groups -> HttpResponse.ok(new FailureGroups(groups)));
    }

    @Override
    @RequiresPermission(Permission.RUNS_READ)
    public Mono<HttpResponse<RunExport>> exportRun(UUID runId) {
        return answers.of(exports.of(caller.principal().tenant(), new RunId(runId)))
                .map(HttpResponse::ok);
    }

    @Override
    @RequiresPermission(Permission.RUNS_CANCEL)
    public Mono<HttpResponse<CancelledRun>> cancelRun(UUID runId, CancelRun wish) {
        var tenant = caller.principal().tenant();
        return answers.of(shards.ask(
                        tenant,
                        replyTo -> new Command.CancelRun(replyTo, tenant, new RunId(runId), wish.getReason()),
                        CANCEL_DEADLINE))
                .map(reply -> {
                    if (!(reply instanceof Reply.CancelDecided decided)) {
                        throw Refusals.of(reply);
                    }
                    if (!decided.accepted() && decided.state() != dev.millrace.engine.RunState.CANCELLED) {
                        throw new ApiException(ErrorCode.RUN_FINISHED, tooLate(runId, decided.state())).about(runId);
                    }
                    return HttpResponse.accepted()
                            .body(new CancelledRun(
                                    runId, RunState.fromValue(decided.state().name())));
                });
    }

    private static String tooLate(UUID run, dev.millrace.engine.RunState state) {
        return state.isFinal()
                ? "Run " + run + " has ended as " + state + " before; there is nothing to cancel."
                : "Run " + run
                        + " is ending already: its compensations or its failure handler are running. Wait for its end.";
    }

    private static StartRequest request(String workflow, StartItem item, String path) {
        return new StartRequest(
                workflow,
                item.getVersion() == null ? "" : item.getVersion(),
                "",
                item.getInput().bytes(),
                Optional.ofNullable(item.getIdempotencyKey()),
                StartRequest.keyLife(item.getIdempotencyKeyLife(), path + ".idempotencyKeyLife"),
                item.getPriority() == null
                        ? Priority.NORMAL
                        : Priority.valueOf(item.getPriority().getValue()),
                item.getMetadata() == null ? Map.of() : item.getMetadata(),
                item.getRequires() == null ? Map.of() : item.getRequires(),
                Optional.ofNullable(item.getDeadline())
                        .map(text -> BoundedDuration.parse(
                                text, path + ".deadline", StartRequest.MIN_DEADLINE, StartRequest.MAX_DEADLINE)),
                0,
                path);
    }

    /** The engine names requests by UUIDs: one that the client names gets the UUID of its name. */
    private static UUID requestId(String workflow, String requestId) {
        if (requestId == null) {
            return UuidV7.next();
        }
        StartRequest.requireKey(requestId, "$.requestId");
        var hash = ByteBuffer.wrap(
                Payloads.sha256(("rest\n" + workflow + "\n" + requestId).getBytes(StandardCharsets.UTF_8)));
        return new UUID(hash.getLong(), hash.getLong());
    }

    private static StartedRun view(StartResult.Started started) {
        var run = new StartedRun(
                started.run().value(),
                started.version().workflow(),
                started.version().hash(),
                !started.existing() && !started.joined());
        if (started.joined()) {
            run.setJoined(true);
        }
        return run;
    }

    private static StartRunsItem view(StartResult result) {
        var item = new StartRunsItem();
        if (result instanceof StartResult.Started started) {
            item.setRun(view(started));
        } else if (result instanceof StartResult.Refused refused) {
            item.setError(Problems.of(refused.refusal()));
        }
        return item;
    }
}
