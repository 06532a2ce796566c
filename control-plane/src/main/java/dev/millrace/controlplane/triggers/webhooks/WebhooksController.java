package dev.millrace.controlplane.triggers.webhooks;

import dev.millrace.controlplane.api.WebhooksApi;
import dev.millrace.controlplane.api.model.ChangeWebhook;
import dev.millrace.controlplane.api.model.CreateWebhook;
import dev.millrace.controlplane.api.model.WebhookFailure;
import dev.millrace.controlplane.api.model.WebhookFailures;
import dev.millrace.controlplane.api.model.WebhookPage;
import dev.millrace.controlplane.rest.Answers;
import dev.millrace.controlplane.rest.Cursor;
import dev.millrace.controlplane.tenancy.Caller;
import dev.millrace.controlplane.tenancy.Permission;
import dev.millrace.controlplane.tenancy.RequiresPermission;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Controller;
import java.time.Clock;
import java.util.UUID;
import java.util.stream.Collectors;
import reactor.core.publisher.Mono;

/** Webhooks over REST. */
@Controller
class WebhooksController implements WebhooksApi {
    private final Caller caller;
    private final WebhookRows rows;
    private final Webhooks webhooks;
    private final WebhookViews views;
    private final Clock clock;
    private final Answers answers;

    WebhooksController(
            Caller caller, WebhookRows rows, Webhooks webhooks, WebhookViews views, Clock clock, Answers answers) {
        this.caller = caller;
        this.rows = rows;
        this.webhooks = webhooks;
        this.views = views;
        this.clock = clock;
        this.answers = answers;
    }

    @Override
    @RequiresPermission(Permission.TRIGGERS_READ)
    public Mono<HttpResponse<WebhookPage>> listWebhooks(String cursor, Integer limit) {
        var tenant = caller.principal().tenant();
        var after = Cursor.text(cursor);
        return answers.blocking(() -> {
            var found = rows.list(tenant, after, limit + 1);
            var page = new WebhookPage(
                    found.stream().limit(limit).map(WebhookViews::of).collect(Collectors.toList()));
            if (found.size() > limit) {
                page.setNextCursor(Cursor.of(found.get(limit - 1).name()));
            }
            return HttpResponse.ok(page);
        });
    }

    @Override
    @RequiresPermission(Permission.TRIGGERS_WRITE)
    public Mono<HttpResponse<dev.millrace.controlplane.api.model.Webhook>> createWebhook(CreateWebhook wish) {
        var who = caller.principal();
        return answers.blocking(() -> {
            var webhook = views.made(who, wish, clock.instant());
            rows.create(who, webhook);
            return HttpResponse.created(WebhookViews.of(webhook));
        });
    }

    @Override
    @RequiresPermission(Permission.TRIGGERS_READ)
    public Mono<HttpResponse<dev.millrace.controlplane.api.model.Webhook>> getWebhook(UUID webhookId) {
        var tenant = caller.principal().tenant();
        return answers.blocking(() -> HttpResponse.ok(
                WebhookViews.of(rows.find(tenant, webhookId).orElseThrow(() -> WebhookRows.missing(webhookId)))));
    }

    @Override
    @RequiresPermission(Permission.TRIGGERS_WRITE)
    public Mono<HttpResponse<dev.millrace.controlplane.api.model.Webhook>> changeWebhook(
            UUID webhookId, ChangeWebhook wish) {
        var who = caller.principal();
        return answers.blocking(() -> {
            var changed = rows.update(who, webhookId, before -> views.changed(before, wish, clock.instant()));
            webhooks.changed(webhookId);
            return HttpResponse.ok(WebhookViews.of(changed));
        });
    }

    @Override
    @RequiresPermission(Permission.TRIGGERS_WRITE)
    public Mono<HttpResponse<Void>> deleteWebhook(UUID webhookId) {
        var who = caller.principal();
        return answers.blocking(() -> {
            rows.delete(who, webhookId, clock.instant());
            webhooks.changed(webhookId);
            return HttpResponse.noContent();
        });
    }

    @Override
    @RequiresPermission(Permission.TRIGGERS_READ)
    public Mono<HttpResponse<WebhookFailures>> listWebhookFailures(UUID webhookId) {
        var tenant = caller.principal().tenant();
        return answers.blocking(() -> HttpResponse.ok(new WebhookFailures(rows.failures(tenant, webhookId).stream()
                .map(failure -> new WebhookFailure(failure.at(), failure.code(), failure.message()))
                .collect(Collectors.toList()))));
    }
}
