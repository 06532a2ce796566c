package dev.millrace.controlplane.triggers.events;

import dev.millrace.controlplane.triggers.events.EventWaiters.Satisfied;
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
 * @param awaited whether somebody waited for events of its name, and those who wait have not all been told
 * @param satisfied the waits that it ended; of many, the first {@value #MOST_SATISFIED}
 */
record EventLog(List<LogEntry> entries, int unlisted, boolean awaited, List<Satisfied> satisfied) {
    /** How many entries tell of filters that do nothing. */
    static final int MOST_IDLE = 50;

    /** How many waits are listed that an event has ended. */
    static final int MOST_SATISFIED = 100;

    static final EventLog NOTHING = new EventLog(List.of(), 0);

    private static final byte[] EMPTY = {};

    EventLog {
        entries = List.copyOf(entries);
        satisfied = List.copyOf(satisfied.subList(0, Math.min(MOST_SATISFIED, satisfied.size())));
    }

    /** Of an event for which nobody waited. */
    EventLog(List<LogEntry> entries, int unlisted) {
        this(entries, unlisted, false, List.of());
    }

    /** The same of an event for which somebody may wait. */
    EventLog awaited(boolean whether) {
        return new EventLog(entries, unlisted, whether, satisfied);
    }

    /** Whether something is still to be started, or somebody to be told. */
    boolean isOpen() {
        return awaited || entries.stream().anyMatch(entry -> entry.outcome() == Outcome.PENDING);
    }

    /** The form in which it is stored. */
    byte[] bytes() {
        if (equals(NOTHING)) {
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
        Map<String, JsonValue> log = new LinkedHashMap<>();
        log.put("e", new JsonValue.Array(items));
        log.put("u", JsonValue.of(unlisted));
        if (awaited) {
            log.put("p", JsonValue.of(true));
        }
        if (!satisfied.isEmpty()) {
            log.put(
                    "w",
                    new JsonValue.Array(satisfied.stream().map(EventLog::value).toList()));
        }
        return Json.write(new JsonValue.Object(log)).getBytes(StandardCharsets.UTF_8);
    }

    private static JsonValue value(Satisfied wait) {
        Map<String, JsonValue> members = new LinkedHashMap<>();
        members.put("r", JsonValue.of(wait.run().toString()));
        members.put("w", JsonValue.of(wait.workflow()));
        members.put("n", JsonValue.of(wait.awaited()));
        return new JsonValue.Object(members);
    }

    private static Satisfied satisfied(JsonValue value) {
        var members = ((JsonValue.Object) value).members();
        return new Satisfied(
                UUID.fromString(text(members, "r").orElseThrow()),
                text(members, "w").orElseThrow(),
                text(members, "n").orElseThrow());
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
        return new EventLog(
                entries,
                ((JsonValue.Number) log.get("u")).value().intValue(),
                log.containsKey("p"),
                log.get("w") instanceof JsonValue.Array waits
                        ? waits.items().stream().map(EventLog::satisfied).toList()
                        : List.of());
    }

    private static Optional<String> text(Map<String, JsonValue> members, String name) {
        return members.get(name) instanceof JsonValue.Text text ? Optional.of(text.value()) : Optional.empty();
    }
}
