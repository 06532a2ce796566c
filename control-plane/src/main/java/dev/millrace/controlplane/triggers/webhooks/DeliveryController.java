package dev.millrace.controlplane.triggers.webhooks;

import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.controlplane.rest.Answers;
import dev.millrace.controlplane.tenancy.Permission;
import dev.millrace.controlplane.tenancy.RequiresPermission;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Post;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import reactor.core.publisher.Mono;

/**
 * Where other companies' servers deliver. No part of the REST contract: each of them says itself how it delivers. A sender learns
 * nothing but whether it was accepted.
 */
@Controller("/webhooks")
class DeliveryController {
    private final Deliveries deliveries;
    private final Answers answers;

    DeliveryController(Deliveries deliveries, Answers answers) {
        this.deliveries = deliveries;
        this.answers = answers;
    }

    @Post("/{webhookId}")
    @Consumes(MediaType.ALL)
    @RequiresPermission(Permission.PUBLIC)
    Mono<HttpResponse<String>> deliver(String webhookId, HttpRequest<?> request, @Body byte[] body) {
        var address = address(webhookId);
        Map<String, List<String>> headers = new TreeMap<>();
        request.getHeaders().forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), List.copyOf(values)));
        return answers.blocking(() -> deliveries.take(address, headers, body))
                .flatMap(answers::of)
                .map(said -> HttpResponse.ok(said).contentType(MediaType.TEXT_PLAIN_TYPE));
    }

    private static UUID address(String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw new ApiException(ErrorCode.NOT_FOUND, "There is nothing at this address.");
        }
    }
}
