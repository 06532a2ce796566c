package dev.millrace.controlplane.triggers.webhooks;

import dev.millrace.controlplane.api.model.ChangeWebhook;
import dev.millrace.controlplane.api.model.CreateWebhook;
import dev.millrace.controlplane.api.model.SignatureAlgorithm;
import dev.millrace.controlplane.api.model.SignatureEncoding;
import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.controlplane.secrets.Sealed;
import dev.millrace.controlplane.secrets.Vault;
import dev.millrace.controlplane.tenancy.Principal;
import dev.millrace.controlplane.triggers.cel.EventExpressions;
import dev.millrace.controlplane.triggers.webhooks.WebhookSource.Details;
import dev.millrace.controlplane.triggers.webhooks.signature.Algorithm;
import dev.millrace.controlplane.triggers.webhooks.signature.Encoding;
import dev.millrace.expression.Expressions.Purpose;
import dev.millrace.manifest.Names;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/** Webhooks as the REST contract writes them, in both directions. Safe for use by several threads. */
@Singleton
final class WebhookViews {
    private static final Pattern HEADER = Pattern.compile("[A-Za-z0-9-]{0,64}");
    private static final int RATE = 6_000;

    private final EventExpressions expressions;
    private final Vault vault;

    WebhookViews(EventExpressions expressions, Vault vault) {
        this.expressions = expressions;
        this.vault = vault;
    }

    /** @throws ApiException when it cannot be a webhook */
    Webhook made(Principal who, CreateWebhook wish, Instant now) {
        if (!Names.isName(wish.getName())) {
            throw invalid(
                    "$.name", "is \"" + wish.getName() + "\"; it is 1 to 128 letters, digits, '.', '_', ':' or '-'.");
        }
        var source = WebhookSource.valueOf(wish.getSource().getValue());
        var details = details(source, wish);
        var id = UUID.randomUUID();
        return checked(new Webhook(
                who.tenant(),
                id,
                who.service(),
                wish.getName(),
                source,
                details,
                sealed(id, source, details, wish.getSecrets()),
                Optional.ofNullable(wish.getEventName()).orElse(source.eventName()),
                Optional.ofNullable(wish.getEventData()).orElse(""),
                Optional.ofNullable(wish.getEventScope()).orElse(""),
                Optional.ofNullable(wish.getRatePerMinute()).orElse(RATE),
                wish.getEnabled() == null || wish.getEnabled(),
                now,
                now));
    }

    /** @throws ApiException when it cannot be changed so */
    Webhook changed(Webhook before, ChangeWebhook wish, Instant now) {
        return checked(new Webhook(
                before.tenant(),
                before.id(),
                before.service(),
                before.name(),
                before.source(),
                before.details(),
                Optional.ofNullable(wish.getSecrets())
                        .filter(secrets -> !secrets.isEmpty())
                        .map(secrets -> sealed(before.id(), before.source(), before.details(), secrets))
                        .orElse(before.secrets()),
                Optional.ofNullable(wish.getEventName()).orElse(before.eventName()),
                Optional.ofNullable(wish.getEventData()).orElse(before.eventData()),
                Optional.ofNullable(wish.getEventScope()).orElse(before.eventScope()),
                Optional.ofNullable(wish.getRatePerMinute()).orElse(before.ratePerMinute()),
                wish.getEnabled() == null ? before.enabled() : wish.getEnabled(),
                before.createdAt(),
                now));
    }

    private List<Sealed> sealed(UUID id, WebhookSource source, Details details, List<String> secrets) {
        var scheme = source.scheme(details);
        List<Sealed> sealed = new ArrayList<>();
        for (int i = 0; i < secrets.size(); i++) {
            var path = "$.secrets[" + i + "]";
            var secret = secrets.get(i);
            if (secret.length() < 8 || secret.length() > 512 || secret.chars().anyMatch(Character::isISOControl)) {
                throw invalid(
                        path, "has " + secret.length() + " characters; a secret has 8 to 512, and none to control.");
            }
            try {
                scheme.requireSecret(secret);
            } catch (IllegalArgumentException e) {
                throw invalid(path, "cannot be used: " + e.getMessage());
            }
            sealed.add(vault.seal(secret, Webhook.place(id)));
        }
        return sealed;
    }

    private Webhook checked(Webhook webhook) {
        expressions.require(webhook.eventName(), Purpose.KEY, "$.eventName");
        if (!webhook.eventData().isEmpty()) {
            expressions.require(webhook.eventData(), Purpose.ANY, "$.eventData");
        }
        if (!webhook.eventScope().isEmpty()) {
            expressions.require(webhook.eventScope(), Purpose.KEY, "$.eventScope");
        }
        return webhook;
    }

    private static Details details(WebhookSource source, CreateWebhook wish) {
        var header = header(wish.getHeader(), "$.header");
        var user = Optional.ofNullable(wish.getUser()).orElse("");
        boolean wantsHeader = source == WebhookSource.HMAC || source == WebhookSource.API_KEY;
        if (wantsHeader == header.isEmpty()) {
            throw invalid(
                    "$.header",
                    wantsHeader
                            ? "is missing: say which header carries the "
                                    + (source == WebhookSource.HMAC ? "signature." : "key.")
                            : "is known for " + source + "; leave it out.");
        }
        if ((source == WebhookSource.BASIC) == user.isEmpty()) {
            throw invalid("$.user", source == WebhookSource.BASIC ? "is missing." : "belongs to BASIC; leave it out.");
        }
        if (source != WebhookSource.HMAC
                && (wish.getPrefix() != null
                        || wish.getAlgorithm() != null
                        || wish.getEncoding() != null
                        || wish.getTimestampHeader() != null
                        || wish.getIdHeader() != null)) {
            throw invalid("$.algorithm", "and what belongs to it are known for " + source + "; leave them out.");
        }
        return new Details(
                header,
                Optional.ofNullable(wish.getPrefix()).orElse(""),
                wish.getAlgorithm() == null
                        ? Algorithm.SHA256
                        : Algorithm.valueOf(wish.getAlgorithm().getValue()),
                wish.getEncoding() == null
                        ? Encoding.HEX
                        : Encoding.valueOf(wish.getEncoding().getValue()),
                header(wish.getTimestampHeader(), "$.timestampHeader"),
                header(wish.getIdHeader(), "$.idHeader"),
                user);
    }

    private static String header(String given, String path) {
        var header = Optional.ofNullable(given).orElse("");
        if (!HEADER.matcher(header).matches()) {
            throw invalid(path, "is \"" + header + "\", which is no name of a header.");
        }
        return header;
    }

    private static ApiException invalid(String path, String what) {
        return new ApiException(ErrorCode.FIELD_INVALID, path + " " + what, path);
    }

    static dev.millrace.controlplane.api.model.Webhook of(Webhook webhook) {
        var view = new dev.millrace.controlplane.api.model.Webhook(
                webhook.id(),
                webhook.name(),
                dev.millrace.controlplane.api.model.WebhookSource.fromValue(
                        webhook.source().name()),
                "/webhooks/" + webhook.id(),
                webhook.secrets().size(),
                webhook.eventName(),
                webhook.ratePerMinute(),
                webhook.enabled(),
                webhook.createdAt(),
                webhook.updatedAt());
        if (!webhook.eventData().isEmpty()) {
            view.setEventData(webhook.eventData());
        }
        if (!webhook.eventScope().isEmpty()) {
            view.setEventScope(webhook.eventScope());
        }
        var details = webhook.details();
        optional(details.header()).ifPresent(view::setHeader);
        optional(details.user()).ifPresent(view::setUser);
        if (webhook.source() == WebhookSource.HMAC) {
            optional(details.prefix()).ifPresent(view::setPrefix);
            view.setAlgorithm(SignatureAlgorithm.fromValue(details.algorithm().name()));
            view.setEncoding(SignatureEncoding.fromValue(details.encoding().name()));
            optional(details.timestampHeader()).ifPresent(view::setTimestampHeader);
            optional(details.idHeader()).ifPresent(view::setIdHeader);
        }
        return view;
    }

    private static Optional<String> optional(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }
}
