package dev.millrace.controlplane.triggers.webhooks;

import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.controlplane.secrets.Vault;
import dev.millrace.controlplane.triggers.events.NewEvent;
import dev.millrace.controlplane.triggers.events.Publisher;
import dev.millrace.controlplane.triggers.webhooks.signature.Delivery;
import dev.millrace.controlplane.triggers.webhooks.signature.Verdict;
import dev.millrace.manifest.JsonValue;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Takes deliveries: is it genuine, was it here before, what event is it. Blocks; safe for use by several threads. */
@Singleton
final class Deliveries {
    private static final String REFUSED = "The delivery is not accepted.";

    private final Webhooks webhooks;
    private final WebhookRows rows;
    private final Mapping mapping;
    private final Publisher publisher;
    private final Vault vault;
    private final Clock clock;

    Deliveries(Webhooks webhooks, WebhookRows rows, Mapping mapping, Publisher publisher, Vault vault, Clock clock) {
        this.webhooks = webhooks;
        this.rows = rows;
        this.mapping = mapping;
        this.publisher = publisher;
        this.vault = vault;
        this.clock = clock;
    }

    /**
     * Takes a delivery.
     *
     * @param headers by name in lower case
     * @return what its sender is answered, once the event is stored; fails with {@link ApiException} that says nothing to somebody
     *     who proved nothing
     */
    CompletionStage<String> take(UUID address, Map<String, List<String>> headers, byte[] body) {
        var webhook = webhooks.at(address)
                .orElseThrow(() -> new ApiException(ErrorCode.NOT_FOUND, "There is nothing at this address."));
        if (!webhooks.admit(webhook)) {
            throw new ApiException(
                    ErrorCode.QUOTA_EXCEEDED, "Too many deliveries come to this address. Try again later.");
        }
        var now = clock.instant();
        var verdict = webhook.source()
                .scheme(webhook.details())
                .check(new Delivery(body, headers, now), secrets(webhook, now));
        if (verdict instanceof Verdict.Refused refused) {
            rows.failed(webhook, now, "SIGNATURE_" + refused.reason(), refused.message());
            throw new ApiException(ErrorCode.UNAUTHENTICATED, REFUSED);
        }
        return genuine(webhook, headers, body, ((Verdict.Genuine) verdict).deliveryId(), now);
    }

    /** A sender that comes while the server has not the right key is asked to deliver again. */
    private List<String> secrets(Webhook webhook, Instant now) {
        try {
            return webhook.secrets().stream()
                    .map(secret -> vault.open(secret, Webhook.place(webhook.id())))
                    .toList();
        } catch (ApiException e) {
            rows.failed(webhook, now, e.code().name(), e.getMessage());
            throw new ApiException(e.code(), "Deliveries cannot be checked at the moment. Deliver it again later.");
        }
    }

    private CompletionStage<String> genuine(
            Webhook webhook, Map<String, List<String>> headers, byte[] body, Optional<String> id, Instant now) {
        NewEvent event;
        try {
            var value = Mapping.body(body, contentType(webhook, headers));
            var challenge = challenge(webhook, value);
            if (challenge.isPresent()) {
                return CompletableFuture.completedFuture(challenge.get());
            }
            event = mapping.event(webhook, value, headers, id);
        } catch (ApiException e) {
            throw failed(webhook, now, e);
        }
        return publisher
                .publish(webhook.tenant(), webhook.service(), List.of(event))
                .thenApply(results -> {
                    if (results.get(0) instanceof Publisher.Result.Refused refused) {
                        throw failed(webhook, now, refused.refusal());
                    }
                    return "";
                });
    }

    /** What a source that checks the address itself wants to hear; only ever said to who proved to be it. */
    private static Optional<String> challenge(Webhook webhook, JsonValue body) {
        return webhook.source() == WebhookSource.SLACK
                        && body instanceof JsonValue.Object object
                        && JsonValue.of("url_verification")
                                .equals(object.members().get("type"))
                        && object.members().get("challenge") instanceof JsonValue.Text text
                ? Optional.of(text.value())
                : Optional.empty();
    }

    private static String contentType(Webhook webhook, Map<String, List<String>> headers) {
        var type = headers.getOrDefault("content-type", List.of("")).get(0).toLowerCase(Locale.ROOT);
        boolean json = type.startsWith("application/json") || type.matches("application/[a-z0-9.-]+\\+json.*");
        boolean form = type.startsWith("application/x-www-form-urlencoded")
                && (webhook.source() == WebhookSource.SLACK
                        || webhook.source() == WebhookSource.HMAC
                        || webhook.source() == WebhookSource.BASIC
                        || webhook.source() == WebhookSource.API_KEY);
        if (json || form) {
            return type;
        }
        throw new ApiException(
                ErrorCode.UNSUPPORTED_MEDIA_TYPE,
                "The delivery has the content type \"" + type + "\", and webhooks take application/json"
                        + (webhook.source() == WebhookSource.SLACK ? " and forms" : "") + ".");
    }

    /** What is only late is not listed: the sender tries again. */
    private ApiException failed(Webhook webhook, Instant now, ApiException refusal) {
        if (!refusal.code().isTemporary()) {
            rows.failed(webhook, now, refusal.code().name(), refusal.getMessage());
            return new ApiException(refusal.code(), REFUSED);
        }
        return refusal;
    }
}
