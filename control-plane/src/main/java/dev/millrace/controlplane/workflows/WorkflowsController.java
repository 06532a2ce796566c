package dev.millrace.controlplane.workflows;

import dev.millrace.controlplane.api.WorkflowsApi;
import dev.millrace.controlplane.api.model.Registration;
import dev.millrace.controlplane.api.model.Version;
import dev.millrace.controlplane.api.model.VersionDetail;
import dev.millrace.controlplane.api.model.VersionPage;
import dev.millrace.controlplane.api.model.Visibility;
import dev.millrace.controlplane.api.model.Workflow;
import dev.millrace.controlplane.api.model.WorkflowPage;
import dev.millrace.controlplane.payloads.RawJson;
import dev.millrace.controlplane.rest.Cursor;
import dev.millrace.controlplane.tenancy.Caller;
import dev.millrace.controlplane.tenancy.Permission;
import dev.millrace.controlplane.tenancy.Principal;
import dev.millrace.controlplane.tenancy.RequiresPermission;
import dev.millrace.controlplane.workflows.WorkflowRows.VersionRow;
import dev.millrace.controlplane.workflows.WorkflowRows.WorkflowRow;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Controller;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import reactor.core.publisher.Mono;

/** Workflows and their versions over REST. */
@Controller
@ExecuteOn(TaskExecutors.BLOCKING)
class WorkflowsController implements WorkflowsApi {
    private final Caller caller;
    private final WorkflowRows rows;
    private final Registrar registrar;

    WorkflowsController(Caller caller, WorkflowRows rows, Registrar registrar) {
        this.caller = caller;
        this.rows = rows;
        this.registrar = registrar;
    }

    @Override
    @RequiresPermission(Permission.WORKFLOWS_REGISTER)
    public Mono<HttpResponse<Registration>> registerWorkflow(RawJson body) {
        var registered = registrar.register(caller.principal(), body.bytes());
        var answer =
                new Registration(registered.ref().workflow(), registered.ref().hash(), registered.created());
        return Mono.just(registered.created() ? HttpResponse.created(answer) : HttpResponse.ok(answer));
    }

    @Override
    @RequiresPermission(Permission.WORKFLOWS_READ)
    public Mono<HttpResponse<WorkflowPage>> listWorkflows(String cursor, Integer limit) {
        var found = rows.list(caller.principal(), Cursor.text(cursor), limit + 1);
        List<Workflow> items = new ArrayList<>();
        found.stream().limit(limit).forEach(row -> items.add(view(row)));
        var page = new WorkflowPage(items);
        if (found.size() > limit) {
            page.setNextCursor(Cursor.of(found.get(limit - 1).name()));
        }
        return Mono.just(HttpResponse.ok(page));
    }

    @Override
    @RequiresPermission(Permission.WORKFLOWS_READ)
    public Mono<HttpResponse<Workflow>> getWorkflow(String workflow) {
        return Mono.just(HttpResponse.ok(view(require(caller.principal(), workflow))));
    }

    @Override
    @RequiresPermission(Permission.WORKFLOWS_READ)
    public Mono<HttpResponse<VersionPage>> listVersions(String workflow, String cursor, Integer limit) {
        var who = caller.principal();
        require(who, workflow);
        var found = rows.versions(who.tenant(), workflow, position(workflow, cursor), limit + 1);
        List<Version> items = new ArrayList<>();
        found.stream().limit(limit).forEach(row -> items.add(new Version(row.workflow(), row.hash(), row.createdAt())));
        var page = new VersionPage(items);
        if (found.size() > limit) {
            var last = found.get(limit - 1);
            page.setNextCursor(Cursor.of(last.createdAt() + " " + last.hash()));
        }
        return Mono.just(HttpResponse.ok(page));
    }

    @Override
    @RequiresPermission(Permission.WORKFLOWS_READ)
    public Mono<HttpResponse<VersionDetail>> getVersion(String workflow, String version) {
        var who = caller.principal();
        require(who, workflow);
        var stored = rows.version(who.tenant(), workflow, version, "")
                .orElseThrow(() -> Workflows.missing(workflow, version, ""));
        return Mono.just(HttpResponse.ok(new VersionDetail(
                workflow, version, stored.version().createdAt(), RawJson.ofChecked(stored.manifest()))));
    }

    private WorkflowRow require(Principal who, String workflow) {
        return rows.find(who.tenant(), workflow)
                .filter(row -> row.mayBeSeenBy(who))
                .orElseThrow(() -> Workflows.missing(workflow, "", ""));
    }

    private static Optional<VersionRow> position(String workflow, String cursor) {
        if (cursor == null) {
            return Optional.empty();
        }
        var parts = Cursor.text(cursor).split(" ", 2);
        try {
            return Optional.of(new VersionRow(workflow, parts[1], "", Instant.parse(parts[0])));
        } catch (DateTimeException | ArrayIndexOutOfBoundsException e) {
            throw Cursor.invalid(cursor);
        }
    }

    private static Workflow view(WorkflowRow row) {
        return new Workflow(
                row.name(),
                row.ownerName(),
                Visibility.fromValue(row.visibility().name()),
                row.latest(),
                row.createdAt());
    }
}
