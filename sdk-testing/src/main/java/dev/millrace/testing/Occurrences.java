package dev.millrace.testing;

import dev.millrace.engine.Checkpoint;
import dev.millrace.engine.CheckpointKind;
import dev.millrace.engine.Command;
import dev.millrace.engine.Effect;
import dev.millrace.engine.OpenWait;
import dev.millrace.engine.Payload;
import dev.millrace.engine.RunId;
import dev.millrace.expression.EventQuestion;
import dev.millrace.expression.EventQuestions;
import dev.millrace.manifest.Json;
import dev.millrace.manifest.JsonValue;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** The events of a test, and who waits for some. For one thread. */
final class Occurrences {
    private static final JsonValue NO_LABELS = new JsonValue.Object(Map.of());
    /** Nobody needs the answer. */
    private static final long NOBODY = 0;

    private record Occurrence(String id, Instant at, String name, JsonValue event, Payload json) {}

    private final EventQuestions questions = new EventQuestions();
    private final List<Occurrence> all = new ArrayList<>();
    private final Map<RunId, Effect.Awaits> awaits = new LinkedHashMap<>();

    /** What a run waits for now: what brings it those events that have been before. */
    List<Command> heard(Effect.Awaits now) {
        if (now.open().isEmpty()) {
            awaits.remove(now.run());
        } else {
            awaits.put(now.run(), now);
        }
        var commands = new ArrayList<Command>();
        for (var open : now.open()) {
            for (var occurrence : all) {
                boolean isNew = !occurrence.at().isBefore(now.started())
                        && occurrence.id().compareTo(open.since()) > 0;
                if (isNew && fits(open, occurrence)) {
                    commands.add(bring(now, open, occurrence));
                }
            }
        }
        return commands;
    }

    /** Something happens: what brings it to those who wait for it. */
    List<Command> published(String name, byte[] json, Instant at) {
        var id = new UUID(at.toEpochMilli() << 16 | 0x7000L, 0x8000_0000_0000_0000L | all.size() + 1);
        var occurrence = new Occurrence(id.toString(), at, name, Json.read(json), Payload.inline(json));
        all.add(occurrence);
        var commands = new ArrayList<Command>();
        for (var waiting : awaits.values()) {
            for (var open : waiting.open()) {
                if (fits(open, occurrence)) {
                    commands.add(bring(waiting, open, occurrence));
                }
            }
        }
        return commands;
    }

    /** A wait for an answer, and whose it is. */
    record Asked(Effect.Awaits run, OpenWait open) {}

    /** What runs ask people, in the order in which they began to. */
    List<Asked> asked() {
        var asked = new ArrayList<Asked>();
        for (var waiting : awaits.values()) {
            for (var open : waiting.open()) {
                if (open.checkpoint().kind() == CheckpointKind.APPROVAL) {
                    asked.add(new Asked(waiting, open));
                }
            }
        }
        return asked;
    }

    private boolean fits(OpenWait open, Occurrence occurrence) {
        var wait = open.checkpoint();
        return wait.kind() == CheckpointKind.EVENT
                && wait.key().name().equals(occurrence.name())
                && questions.holds(
                        EventQuestion.read(wait.value().data()), occurrence.name(), occurrence.event(), NO_LABELS);
    }

    private static Command bring(Effect.Awaits waiting, OpenWait open, Occurrence occurrence) {
        return new Command.SettleWait(
                NOBODY,
                waiting.tenant(),
                waiting.run(),
                waiting.generation(),
                open.node(),
                open.element(),
                open.checkpoint().key(),
                CheckpointKind.EVENT,
                Checkpoint.State.DONE,
                occurrence.json(),
                occurrence.id());
    }
}
