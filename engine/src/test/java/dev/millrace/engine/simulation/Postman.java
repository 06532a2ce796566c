package dev.millrace.engine.simulation;

import dev.millrace.engine.Checkpoint;
import dev.millrace.engine.CheckpointKey;
import dev.millrace.engine.CheckpointKind;
import dev.millrace.engine.Command;
import dev.millrace.engine.Effect;
import dev.millrace.engine.OpenWait;
import dev.millrace.engine.Reply;
import dev.millrace.engine.RunId;
import dev.millrace.engine.TenantId;
import dev.millrace.engine.harness.EngineHarness;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Brings events to the durable steps that wait for them, for the shards of one instance. It knows what waits by what the shards tell it and,
 * of what waited before they came here, by what is stored; it looks for events again and again, and each wait gets the first that came
 * after the one before.
 */
final class Postman {
    private static final long EVERY = 300 * Timeline.MILLI;

    private final World world;
    private final Instance instance;

    private record Place(RunId run, int generation, int node, int element, CheckpointKey key) {}

    private final Map<RunId, Effect.Awaits> waiting = new LinkedHashMap<>();
    /** What a task would not have, because it has had it: the next one is tried. */
    private final Map<Place, String> refused = new HashMap<>();

    Postman(World world, Instance instance) {
        this.world = world;
        this.instance = instance;
    }

    /** What waits has changed. */
    void hear(Effect.Awaits awaits) {
        if (awaits.open().isEmpty() || world.has(Flaw.WAITS_NOT_HEARD)) {
            waiting.remove(awaits.run());
            refused.keySet().removeIf(place -> place.run.equals(awaits.run()));
        } else {
            waiting.put(awaits.run(), awaits);
        }
    }

    void forget() {
        waiting.clear();
        refused.clear();
    }

    void goRound() {
        if (!waiting.isEmpty()) {
            var database = world.database();
            database.call(instance, database::events, this::bring, why -> {});
        }
        world.time().in(EVERY, instance, this::goRound);
    }

    private void bring(Map<TenantId, List<String>> events) {
        for (var awaits : List.copyOf(waiting.values())) {
            for (var wait : awaits.open()) {
                if (wait.checkpoint().kind() == CheckpointKind.EVENT && !isUnheard(wait)) {
                    events.getOrDefault(awaits.tenant(), List.of()).stream()
                            .filter(event -> event.compareTo(wait.since()) > 0
                                    && event.compareTo(refused.getOrDefault(place(awaits, wait), "")) > 0)
                            .findFirst()
                            .ifPresent(event -> bring(awaits, wait, event));
                }
            }
        }
    }

    private static Place place(Effect.Awaits awaits, OpenWait wait) {
        return new Place(
                awaits.run(),
                awaits.generation(),
                wait.node(),
                wait.element(),
                wait.checkpoint().key());
    }

    private boolean isUnheard(OpenWait wait) {
        return world.has(Flaw.AWAITED_NOT_HEARD) && wait.checkpoint().key().isBefore();
    }

    private void bring(Effect.Awaits awaits, OpenWait wait, String event) {
        instance.ask(
                awaits.tenant(),
                reply -> {
                    if (reply instanceof Reply.WaitSettled settled && !settled.accepted()) {
                        refused.put(place(awaits, wait), event);
                    }
                },
                replyTo -> new Command.SettleWait(
                        replyTo,
                        awaits.tenant(),
                        awaits.run(),
                        awaits.generation(),
                        wait.node(),
                        wait.element(),
                        wait.checkpoint().key(),
                        CheckpointKind.EVENT,
                        Checkpoint.State.DONE,
                        EngineHarness.payload("1"),
                        event));
    }
}
