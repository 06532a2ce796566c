package dev.millrace.client;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * An event to publish. Immutable: each method makes another one.
 *
 * <pre>{@code
 * millrace.events().publish(Event.of("order.placed", order).id(order.id()).scope("eu"));
 * }</pre>
 *
 * @param name what happened, such as {@code order.placed}: 1 to 128 letters, digits, {@code .}, {@code _}, {@code :} or {@code -}
 * @param data the input of the runs that it starts; at most 256 KiB as JSON
 * @param id what you call it: of several events with the same id only the first counts; empty for a new one each time
 * @param scope for whom; empty for everybody
 * @param metadata labels that the runs get too: at most 30 and 16 KiB
 */
public record Event(
        String name, Object data, Optional<String> id, Optional<String> scope, Map<String, String> metadata) {

    public Event {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(data, "data");
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(scope, "scope");
        metadata = Map.copyOf(metadata);
    }

    /** An event without anything else. */
    public static Event of(String name, Object data) {
        return new Event(name, data, Optional.empty(), Optional.empty(), Map.of());
    }

    /** The same with your name for it. */
    public Event id(String id) {
        return new Event(name, data, Optional.of(id), scope, metadata);
    }

    /** The same for somebody only. */
    public Event scope(String scope) {
        return new Event(name, data, id, Optional.of(scope), metadata);
    }

    /** The same with one more label. */
    public Event label(String label, String value) {
        var more = new LinkedHashMap<>(metadata);
        more.put(label, value);
        return new Event(name, data, id, scope, more);
    }
}
