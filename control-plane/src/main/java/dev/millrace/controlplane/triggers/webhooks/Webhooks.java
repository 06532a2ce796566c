package dev.millrace.controlplane.triggers.webhooks;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Finds the webhook of an address, and counts what comes to it. What the database said, yes or no, is believed for {@link #BELIEF},
 * so that a flood to one address is no flood of questions. Blocks while it asks; safe for use by several threads.
 */
@Singleton
final class Webhooks {
    static final Duration BELIEF = Duration.ofSeconds(2);
    private static final int MAX_REMEMBERED = 10_000;

    private final WebhookRows rows;
    private final Clock clock;
    private final Map<UUID, Known> known = new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<UUID, Known> eldest) {
            return size() > MAX_REMEMBERED;
        }
    };

    /** @param tokens how many more deliveries may come now */
    private record Known(Optional<Webhook> webhook, Instant asked, double tokens, Instant counted) {}

    Webhooks(WebhookRows rows, Clock clock) {
        this.rows = rows;
        this.clock = clock;
    }

    /** The webhook at an address, if there is one and it is enabled. */
    Optional<Webhook> at(UUID id) {
        var now = clock.instant();
        synchronized (known) {
            var found = known.get(id);
            if (found != null && Duration.between(found.asked, now).abs().compareTo(BELIEF) < 0) {
                return found.webhook;
            }
        }
        var webhook = rows.at(id).filter(Webhook::enabled);
        synchronized (known) {
            var before = known.get(id);
            boolean counted = before != null && before.webhook.isPresent();
            known.put(
                    id,
                    new Known(
                            webhook,
                            now,
                            counted
                                    ? before.tokens
                                    : webhook.map(Webhooks::burst).orElse(0.0),
                            counted ? before.counted : now));
        }
        return webhook;
    }

    /** Ten seconds of the rate may come at once. */
    private static double burst(Webhook webhook) {
        return Math.max(1, webhook.ratePerMinute() / 6.0);
    }

    /** Whether one more delivery may come; counts it. */
    boolean admit(Webhook webhook) {
        var now = clock.instant();
        synchronized (known) {
            var found = known.get(webhook.id());
            if (found == null) {
                return true;
            }
            double passed = Math.max(0, Duration.between(found.counted, now).toMillis());
            double tokens = Math.min(burst(webhook), found.tokens + passed * webhook.ratePerMinute() / 60_000);
            boolean admitted = tokens >= 1;
            known.put(webhook.id(), new Known(found.webhook, found.asked, admitted ? tokens - 1 : tokens, now));
            return admitted;
        }
    }

    /** It was changed here: the next delivery is taken by what it says now. */
    void changed(UUID id) {
        synchronized (known) {
            known.remove(id);
        }
    }
}
