package dev.millrace.controlplane.triggers.webhooks.signature;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One request of a provider, before anything of it is believed. Immutable, but for the array, which nobody changes.
 *
 * @param body as it came over the wire: signatures cover the bytes, not what they mean
 * @param headers by name in lower case
 * @param receivedAt by the clock of the control plane
 */
public record Delivery(byte[] body, Map<String, List<String>> headers, Instant receivedAt) {
    public Delivery {
        var lower = new TreeMap<String, List<String>>();
        headers.forEach((name, values) -> lower.put(name.toLowerCase(Locale.ROOT), List.copyOf(values)));
        headers = lower;
    }

    /** The value of a header; empty when it is missing or comes more than once, because then it is not known which one counts. */
    Optional<String> header(String name) {
        var values = headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of());
        return values.size() == 1 ? Optional.of(values.get(0).trim()) : Optional.empty();
    }
}
