package dev.millrace.testing;

import dev.millrace.engine.Checkpoint;
import dev.millrace.engine.CheckpointKind;
import dev.millrace.engine.Command;
import dev.millrace.engine.Effect;
import dev.millrace.engine.OpenWait;
import dev.millrace.engine.Payload;
import dev.millrace.engine.RunId;
import dev.millrace.engine.VersionRef;
import dev.millrace.expression.AwaitedParameter;
import dev.millrace.expression.EventQuestion;
import dev.millrace.expression.EventQuestions;
import dev.millrace.manifest.Json;
import dev.millrace.manifest.JsonValue;
import dev.millrace.manifest.Manifest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/** The events of a test, and who waits for some. For one thread. */
final class Occurrences {
    private static final JsonValue NO_LABELS = new JsonValue.Object(Map.of());
    /** Nobody needs the answer. */
    private static final long NOBODY = 0;

    private record Occurrence(String id, Instant at, String name, JsonValue event, Payload json) {}

    private final EventQuestions questions = new EventQuestions();
    private final List<Occurrence> all = new ArrayList<>();
    private final Map<RunId, Effect.Awaits> awaits = new LinkedHashMap<>();
    private final Function<VersionRef, Manifest> manifests;

    /**
     * Without events.
     *
     * @param manifests of all versions that runs have
     */
    Occurrences(Function<VersionRef, Manifest> manifests) {
        this.manifests = manifests;
    }

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
                if (isNew && fits(now, open, occurrence)) {
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
                if (fits(waiting, open, occurrence)) {
                    commands.add(bring(waiting, open, occurrence));
                }
            }
        }
        return commands;
    }

    /** A wait for an answer, and whose it is. */
    record Asked(Effect.Awaits run, OpenWait open, byte[] ask) {}

    /** What runs ask people, in the order in which they began to. */
    List<Asked> asked() {
        var asked = new ArrayList<Asked>();
        for (var waiting : awaits.values()) {
            for (var open : waiting.open()) {
                if (open.checkpoint().kind() == CheckpointKind.APPROVAL && open.node() != OpenWait.OF_RUN) {
                    asked.add(new Asked(waiting, open, ask(waiting, open)));
                }
            }
        }
        return asked;
    }

    private boolean fits(Effect.Awaits waiting, OpenWait open, Occurrence occurrence) {
        var wait = open.checkpoint();
        return wait.kind() == CheckpointKind.EVENT
                && wait.key().name().equals(occurrence.name())
                && questions.holds(
                        EventQuestion.read(ask(waiting, open)), occurrence.name(), occurrence.event(), NO_LABELS);
    }

    /** What is asked for, as JSON: durable code says it itself, for what has not begun its manifest does. */
    private byte[] ask(Effect.Awaits waiting, OpenWait open) {
        if (!open.checkpoint().key().isBefore()) {
            return open.checkpoint().value().data();
        }
        return AwaitedParameter.ask(
                manifests
                        .apply(waiting.version())
                        .steps()
                        .get(open.node())
                        .parameters()
                        .get(open.checkpoint().place()),
                open.isOfInput() ? Optional.of(Json.read(waiting.input().data())) : Optional.empty());
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
