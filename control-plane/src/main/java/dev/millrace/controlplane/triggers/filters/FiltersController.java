package dev.millrace.controlplane.triggers.filters;

import dev.millrace.controlplane.api.FiltersApi;
import dev.millrace.controlplane.api.model.ChangeFilter;
import dev.millrace.controlplane.api.model.CreateFilter;
import dev.millrace.controlplane.api.model.EventFilter;
import dev.millrace.controlplane.api.model.FilterPage;
import dev.millrace.controlplane.api.model.TriggerSource;
import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.controlplane.rest.Answers;
import dev.millrace.controlplane.rest.Cursor;
import dev.millrace.controlplane.tenancy.Caller;
import dev.millrace.controlplane.tenancy.Permission;
import dev.millrace.controlplane.tenancy.Principal;
import dev.millrace.controlplane.tenancy.RequiresPermission;
import dev.millrace.controlplane.tenancy.UuidV7;
import dev.millrace.controlplane.triggers.filters.Filter.Source;
import dev.millrace.controlplane.workflows.WorkflowVersion;
import dev.millrace.controlplane.workflows.Workflows;
import dev.millrace.expression.InvalidExpressionException;
import dev.millrace.manifest.Names;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Controller;
import java.time.Clock;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import reactor.core.publisher.Mono;

/** Filters over REST. */
@Controller
class FiltersController implements FiltersApi {
    private static final UUID FIRST = new UUID(0, 0);

    private final Caller caller;
    private final FilterRows rows;
    private final Filters filters;
    private final Workflows workflows;
    private final Clock clock;
    private final Answers answers;

    FiltersController(
            Caller caller, FilterRows rows, Filters filters, Workflows workflows, Clock clock, Answers answers) {
        this.caller = caller;
        this.rows = rows;
        this.filters = filters;
        this.workflows = workflows;
        this.clock = clock;
        this.answers = answers;
    }

    @Override
    @RequiresPermission(Permission.TRIGGERS_READ)
    public Mono<HttpResponse<FilterPage>> listFilters(String workflow, String cursor, Integer limit) {
        var who = caller.principal();
        var after = cursor == null ? FIRST : position(cursor);
        return answers.blocking(() -> {
            var found = rows.list(who, Optional.ofNullable(workflow), after, limit + 1);
            var page = new FilterPage(
                    found.stream().limit(limit).map(FiltersController::view).collect(Collectors.toList()));
            if (found.size() > limit) {
                page.setNextCursor(Cursor.of(found.get(limit - 1).id().toString()));
            }
            return HttpResponse.ok(page);
        });
    }

    @Override
    @RequiresPermission(Permission.TRIGGERS_WRITE)
    public Mono<HttpResponse<EventFilter>> createFilter(CreateFilter wish) {
        var who = caller.principal();
        var condition = wish.getWhere() == null ? "" : wish.getWhere();
        return answers.of(workflows.find(who, wish.getWorkflow(), "", "")).map(version -> {
            var now = clock.instant();
            var filter = new Filter(
                    UuidV7.next(),
                    version.ref().workflow(),
                    who.service(),
                    Source.RUNTIME,
                    pattern(wish.getEvent()),
                    scope(wish.getScope()),
                    condition,
                    wish.getEnabled() == null || wish.getEnabled(),
                    now,
                    now);
            requireCondition(version, condition);
            rows.create(who, filter);
            filters.changed(who.tenant());
            return HttpResponse.created(view(filter));
        });
    }

    @Override
    @RequiresPermission(Permission.TRIGGERS_READ)
    public Mono<HttpResponse<EventFilter>> getFilter(UUID filterId) {
        var who = caller.principal();
        return answers.blocking(
                () -> HttpResponse.ok(view(rows.find(who, filterId).orElseThrow(() -> FilterRows.missing(filterId)))));
    }

    @Override
    @RequiresPermission(Permission.TRIGGERS_WRITE)
    public Mono<HttpResponse<EventFilter>> changeFilter(UUID filterId, ChangeFilter wish) {
        var who = caller.principal();
        return answers.blocking(() -> rows.find(who, filterId).orElseThrow(() -> FilterRows.missing(filterId)))
                .flatMap(found -> answers.of(workflows.find(who, found.workflow(), "", "")))
                .map(version -> {
                    if (wish.getWhere() != null) {
                        requireCondition(version, wish.getWhere());
                    }
                    var changed = rows.update(who, filterId, before -> changed(before, wish));
                    filters.changed(who.tenant());
                    return HttpResponse.ok(view(changed));
                });
    }

    @Override
    @RequiresPermission(Permission.TRIGGERS_WRITE)
    public Mono<HttpResponse<Void>> deleteFilter(UUID filterId) {
        Principal who = caller.principal();
        return answers.blocking(() -> {
            rows.delete(who, filterId, clock.instant());
            filters.changed(who.tenant());
            return HttpResponse.noContent();
        });
    }

    private Filter changed(Filter before, ChangeFilter wish) {
        if (before.source() == Source.MANIFEST
                && (wish.getEvent() != null || wish.getScope() != null || wish.getWhere() != null)) {
            throw new ApiException(
                    ErrorCode.FROM_MANIFEST,
                    "Filter " + before.id() + " stands in the manifest of " + before.workflow()
                            + ": only enabled can be changed here. Register a version that says something else.");
        }
        return new Filter(
                before.id(),
                before.workflow(),
                before.service(),
                before.source(),
                wish.getEvent() == null ? before.pattern() : pattern(wish.getEvent()),
                wish.getScope() == null ? before.scope() : scope(wish.getScope()),
                wish.getWhere() == null ? before.condition() : wish.getWhere(),
                wish.getEnabled() == null ? before.enabled() : wish.getEnabled(),
                before.createdAt(),
                clock.instant());
    }

    private static void requireCondition(WorkflowVersion version, String condition) {
        if (condition.isEmpty()) {
            return;
        }
        try {
            new Conditions(version.ref(), version.manifest()).compile(condition);
        } catch (InvalidExpressionException e) {
            throw new ApiException(
                    ErrorCode.EXPRESSION_INVALID,
                    "$.where \"" + condition + "\": "
                            + e.problems().stream()
                                    .map(problem -> "column " + problem.column() + ": " + problem.message())
                                    .collect(Collectors.joining(" ")),
                    "$.where");
        }
    }

    private static String pattern(String event) {
        if (!Names.isEventPattern(event)) {
            throw new ApiException(
                    ErrorCode.FIELD_INVALID,
                    "$.event is \"" + event
                            + "\"; the name of events is 1 to 128 letters, digits, '.', '_', ':' or '-',"
                            + " with '*' in the place of whole parts, as in order.*",
                    "$.event");
        }
        return event;
    }

    private static String scope(String scope) {
        if (scope == null || scope.isEmpty()) {
            return "";
        }
        if (!Names.isName(scope)) {
            throw new ApiException(
                    ErrorCode.FIELD_INVALID,
                    "$.scope is \"" + scope + "\"; a scope is 1 to 128 letters, digits, '.', '_', ':' or '-'.",
                    "$.scope");
        }
        return scope;
    }

    private static UUID position(String cursor) {
        try {
            return UUID.fromString(Cursor.text(cursor));
        } catch (IllegalArgumentException e) {
            throw Cursor.invalid(cursor);
        }
    }

    private static EventFilter view(Filter filter) {
        var view = new EventFilter(
                filter.id(),
                filter.workflow(),
                filter.pattern(),
                filter.enabled(),
                switch (filter.source()) {
                    case MANIFEST -> TriggerSource.MANIFEST;
                    case RUNTIME -> TriggerSource.RUNTIME;
                },
                filter.createdAt(),
                filter.updatedAt());
        if (!filter.scope().isEmpty()) {
            view.setScope(filter.scope());
        }
        if (!filter.condition().isEmpty()) {
            view.setWhere(filter.condition());
        }
        return view;
    }
}
