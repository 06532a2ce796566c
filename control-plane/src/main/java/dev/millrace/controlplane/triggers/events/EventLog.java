package dev.millrace.controlplane.triggers.events;

import dev.millrace.controlplane.triggers.events.LogEntry.Outcome;
import dev.millrace.engine.ServiceId;
import dev.millrace.manifest.Json;
import dev.millrace.manifest.JsonValue;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * What became of an event, filter by filter. Of the filters that had nothing to do with it only the first {@value #MOST_IDLE} are
 * listed; the others are counted.
 *
 * @param unlisted how many more filters were switched off or had a condition that does not hold
 */
record EventLog(List<LogEntry> entries, int unlisted) {
    /** How many entries tell of filters that do nothing. */
    static final int MOST_IDLE = 50;

    static final EventLog NOTHING = new EventLog(List.of(), 0);

    private static final byte[] EMPTY = {};

    EventLog {
        entries = List.copyOf(entries);
    }

    /** Whether something is still to be started. */
    boolean isOpen() {
        return entries.stream().anyMatch(entry -> entry.outcome() == Outcome.PENDING);
    }

    /** The form in which it is stored. */
    byte[] bytes() {
        if (entries.isEmpty() && unlisted == 0) {
            return EMPTY;
        }
        List<JsonValue> items = new ArrayList<>(entries.size());
        for (var entry : entries) {
            Map<String, JsonValue> members = new LinkedHashMap<>();
            members.put("f", JsonValue.of(entry.filter().toString()));
            members.put("w", JsonValue.of(entry.workflow()));
            members.put("s", JsonValue.of(entry.service().value().toString()));
            members.put("o", JsonValue.of(entry.outcome().name()));
            entry.run().ifPresent(run -> members.put("r", JsonValue.of(run.toString())));
            if (!entry.code().isEmpty()) {
                members.put("c", JsonValue.of(entry.code()));
                members.put("m", JsonValue.of(entry.message()));
            }
            items.add(new JsonValue.Object(members));
        }
        var log = new JsonValue.Object(Map.of("e", new JsonValue.Array(items), "u", JsonValue.of(unlisted)));
        return Json.write(log).getBytes(StandardCharsets.UTF_8);
    }

    static EventLog read(byte[] bytes) {
        if (bytes.length == 0) {
            return NOTHING;
        }
        var log = ((JsonValue.Object) Json.read(bytes)).members();
        List<LogEntry> entries = new ArrayList<>();
        for (var item : ((JsonValue.Array) log.get("e")).items()) {
            var members = ((JsonValue.Object) item).members();
            entries.add(new LogEntry(
                    UUID.fromString(text(members, "f").orElseThrow()),
                    text(members, "w").orElseThrow(),
                    new ServiceId(UUID.fromString(text(members, "s").orElseThrow())),
                    Outcome.valueOf(text(members, "o").orElseThrow()),
                    text(members, "r").map(UUID::fromString),
                    text(members, "c").orElse(""),
                    text(members, "m").orElse("")));
        }
        return new EventLog(entries, ((JsonValue.Number) log.get("u")).value().intValue());
    }

    private static Optional<String> text(Map<String, JsonValue> members, String name) {
        return members.get(name) instanceof JsonValue.Text text ? Optional.of(text.value()) : Optional.empty();
    }
}
