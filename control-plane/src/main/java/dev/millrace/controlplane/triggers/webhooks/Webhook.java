package dev.millrace.controlplane.triggers.webhooks;

import dev.millrace.controlplane.secrets.Sealed;
import dev.millrace.engine.ServiceId;
import dev.millrace.engine.TenantId;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * An address for deliveries.
 *
 * @param id random, part of the address
 * @param service in whose name events are published
 * @param secrets those that count now: one, or two while a new one takes over
 * @param eventName CEL over {@code event} (the body), {@code metadata} (the headers) and {@code name} (of the webhook)
 * @param eventData CEL of the event's data
 * @param eventScope CEL of the event's scope; empty for none
 */
record Webhook(
        TenantId tenant,
        UUID id,
        ServiceId service,
        String name,
        WebhookSource source,
        WebhookSource.Details details,
        List<Sealed> secrets,
        String eventName,
        String eventData,
        String eventScope,
        int ratePerMinute,
        boolean enabled,
        Instant createdAt,
        Instant updatedAt) {

    Webhook {
        secrets = List.copyOf(secrets);
    }

    /** Where its secrets belong: they open nowhere else. */
    static String place(UUID id) {
        return "webhook " + id;
    }

    Webhook withSecrets(List<Sealed> others) {
        return new Webhook(
                tenant,
                id,
                service,
                name,
                source,
                details,
                others,
                eventName,
                eventData,
                eventScope,
                ratePerMinute,
                enabled,
                createdAt,
                updatedAt);
    }

    /** Without its secrets. */
    @Override
    public String toString() {
        return "webhook " + name + " (" + id + ")";
    }
}
