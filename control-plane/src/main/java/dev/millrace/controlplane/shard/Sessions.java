package dev.millrace.controlplane.shard;

import dev.millrace.engine.Effect;
import dev.millrace.engine.RunId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The workers' sessions and who listens to them. Safe for use by several threads. */
final class Sessions {
    private static final Logger LOG = LoggerFactory.getLogger(Sessions.class);

    private record Listener(int shard, Consumer<List<Effect>> effects) {}

    private final AtomicLong numbers = new AtomicLong();
    private final Map<Long, Listener> listeners = new ConcurrentHashMap<>();

    private volatile Consumer<Effect.DecideStep> questions =
            question -> LOG.debug("Nobody answers questions yet; {} is asked again.", question.run());

    private volatile Runnable taken = () -> LOG.debug("Nobody asks yet which shards this instance takes over.");

    private volatile Consumer<Effect.GatherInput> gatherings =
            question -> LOG.debug("Nobody gathers inputs yet; {} is asked again.", question.run());

    /** What was said of runs that wait while nobody listened. Guarded by itself. */
    private final Map<RunId, Effect.Awaits> unheard = new LinkedHashMap<>();

    private volatile Optional<Consumer<Effect.Awaits>> awaits = Optional.empty();

    void onQuestions(Consumer<Effect.DecideStep> listener) {
        questions = listener;
    }

    /** Asks whether a condition holds. A question that is lost here is asked again. */
    void ask(Effect.DecideStep question) {
        try {
            questions.accept(question);
        } catch (RuntimeException e) {
            LOG.warn("A condition of run {} could not be handed on; it is asked again.", question.run(), e);
        }
    }

    void onTaken(Runnable listener) {
        taken = listener;
    }

    /** A shard is served by this instance from now on. */
    void taken() {
        taken.run();
    }

    void onGatherings(Consumer<Effect.GatherInput> listener) {
        gatherings = listener;
    }

    /** Asks for the input of a run that several starts made. A question that is lost here is asked again. */
    void gather(Effect.GatherInput question) {
        try {
            gatherings.accept(question);
        } catch (RuntimeException e) {
            LOG.warn("The input of run {} could not be gathered; it is asked for again.", question.run(), e);
        }
    }

    void onAwaits(Consumer<Effect.Awaits> listener) {
        synchronized (unheard) {
            unheard.values().forEach(listener);
            unheard.clear();
            awaits = Optional.of(listener);
        }
    }

    /** Tells what is to be brought to a run. */
    void awaits(Effect.Awaits effect) {
        if (awaits.isEmpty()) {
            synchronized (unheard) {
                if (awaits.isEmpty()) {
                    unheard.put(effect.run(), effect);
                    return;
                }
            }
        }
        try {
            awaits.get().accept(effect);
        } catch (RuntimeException e) {
            LOG.error("Nobody knows now what run {} waits for; it is known again after a restart.", effect.run(), e);
        }
    }

    long number() {
        return numbers.incrementAndGet();
    }

    int size() {
        return listeners.size();
    }

    void add(long session, int shard, Consumer<List<Effect>> effects) {
        listeners.put(session, new Listener(shard, effects));
    }

    void remove(long session) {
        listeners.remove(session);
    }

    /** Hands over effects of one batch; a session that closes with them is forgotten. */
    void deliver(long session, List<Effect> effects) {
        var listener = listeners.get(session);
        if (listener == null) {
            return;
        }
        if (effects.get(effects.size() - 1) instanceof Effect.CloseWorker) {
            listeners.remove(session);
        }
        try {
            listener.effects().accept(effects);
        } catch (RuntimeException e) {
            LOG.error("The listener of session {} failed; it misses {} effects.", session, effects.size(), e);
        }
    }

    /** Ends a session that no shard serves. */
    void close(long session, String code, String message) {
        deliver(session, List.of(new Effect.CloseWorker(session, code, message)));
    }

    /** The memory of a shard is gone: its workers connect anew. */
    void ownerChanged(int shard) {
        List<Long> affected = new ArrayList<>();
        listeners.forEach((session, listener) -> {
            if (listener.shard() == shard) {
                affected.add(session);
            }
        });
        affected.forEach(session -> close(session, "OWNER_CHANGED", "The shard is being recovered. Connect again."));
    }
}
