package dev.millrace.controlplane.triggers.filters;

import dev.millrace.controlplane.api.EventSchemasApi;
import dev.millrace.controlplane.api.model.EventSchemaList;
import dev.millrace.controlplane.api.model.EventSchemaSummary;
import dev.millrace.controlplane.api.model.PutEventSchema;
import dev.millrace.controlplane.payloads.Payloads;
import dev.millrace.controlplane.payloads.RawJson;
import dev.millrace.controlplane.rest.Answers;
import dev.millrace.controlplane.tenancy.Caller;
import dev.millrace.controlplane.tenancy.Permission;
import dev.millrace.controlplane.tenancy.RequiresPermission;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Controller;
import java.time.Clock;
import java.util.stream.Collectors;
import reactor.core.publisher.Mono;

/** Schemas of events over REST. */
@Controller
class EventSchemasController implements EventSchemasApi {
    private static final String PATH = "$.schema";

    private final Caller caller;
    private final EventSchemaRows rows;
    private final Filters filters;
    private final Clock clock;
    private final Answers answers;

    EventSchemasController(Caller caller, EventSchemaRows rows, Filters filters, Clock clock, Answers answers) {
        this.caller = caller;
        this.rows = rows;
        this.filters = filters;
        this.clock = clock;
        this.answers = answers;
    }

    @Override
    @RequiresPermission(Permission.TRIGGERS_READ)
    public Mono<HttpResponse<EventSchemaList>> listEventSchemas() {
        var tenant = caller.principal().tenant();
        return answers.blocking(() -> HttpResponse.ok(new EventSchemaList(rows.list(tenant).stream()
                .map(schema -> new EventSchemaSummary(schema.event(), schema.updatedAt()))
                .collect(Collectors.toList()))));
    }

    @Override
    @RequiresPermission(Permission.TRIGGERS_READ)
    public Mono<HttpResponse<dev.millrace.controlplane.api.model.EventSchema>> getEventSchema(String eventName) {
        var tenant = caller.principal().tenant();
        return answers.blocking(() -> HttpResponse.ok(
                view(rows.find(tenant, eventName).orElseThrow(() -> EventSchemaRows.missing(eventName)))));
    }

    @Override
    @RequiresPermission(Permission.TRIGGERS_WRITE)
    public Mono<HttpResponse<dev.millrace.controlplane.api.model.EventSchema>> putEventSchema(
            String eventName, PutEventSchema wish) {
        var who = caller.principal();
        var text = wish.getSchema().bytes();
        Payloads.requireJson(text, PATH);
        var schema = new EventSchema(EventSchema.requireName(eventName), text, clock.instant());
        schema.check(PATH);
        return answers.blocking(() -> {
            rows.put(who, schema);
            filters.changed(who.tenant());
            return HttpResponse.ok(view(schema));
        });
    }

    @Override
    @RequiresPermission(Permission.TRIGGERS_WRITE)
    public Mono<HttpResponse<Void>> deleteEventSchema(String eventName) {
        var who = caller.principal();
        return answers.blocking(() -> {
            rows.delete(who, eventName, clock.instant());
            filters.changed(who.tenant());
            return HttpResponse.noContent();
        });
    }

    private static dev.millrace.controlplane.api.model.EventSchema view(EventSchema schema) {
        return new dev.millrace.controlplane.api.model.EventSchema(
                schema.event(), RawJson.ofChecked(schema.text()), schema.updatedAt());
    }
}
