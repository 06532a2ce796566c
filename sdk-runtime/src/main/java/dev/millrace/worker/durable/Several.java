package dev.millrace.worker.durable;

import dev.millrace.ActionFailedException;
import dev.millrace.Outcome;
import dev.millrace.Pending;
import dev.millrace.binding.ChildHandle;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Waits for several that a durable step has begun: for all of them, or for the first. For the thread of the step. */
final class Several {
    private final DurableCode code;
    private final Trail trail;

    Several(DurableCode code, Trail trail) {
        this.code = code;
        this.trail = trail;
    }

    <E, T> List<T> all(Collection<E> elements, Function<? super E, ? extends Pending<T>> start) {
        var answers = new ArrayList<T>();
        RuntimeException first = null;
        var all = started(elements, start);
        awaitAll(all);
        for (var pending : all) {
            try {
                answers.add(pending.join());
            } catch (RuntimeException e) {
                first = first == null ? e : first;
            }
        }
        if (first != null) {
            throw first;
        }
        return answers;
    }

    <E, T> List<Outcome<T>> settled(Collection<E> elements, Function<? super E, ? extends Pending<T>> start) {
        var outcomes = new ArrayList<Outcome<T>>();
        var all = started(elements, start);
        awaitAll(all);
        for (var pending : all) {
            try {
                var value = pending.join();
                outcomes.add(value == null ? new Outcome.Skipped<>() : new Outcome.Succeeded<>(value));
            } catch (ActionFailedException e) {
                outcomes.add(new Outcome.Failed<>(e.failure()));
            }
        }
        return outcomes;
    }

    private <E, T> List<Pending<T>> started(Collection<E> elements, Function<? super E, ? extends Pending<T>> start) {
        var all = new ArrayList<Pending<T>>(elements.size());
        for (var element : elements) {
            all.add(start.apply(element));
        }
        return all;
    }

    <T> Pending<T> anyOf(Collection<? extends Pending<T>> pending) {
        var keys = new ArrayList<Action.Key>();
        for (var each : pending) {
            keys.add(own(each, "anyOf").action().key());
        }
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("anyOf needs something to wait for.");
        }
        var first = trail.awaitFirst(keys);
        return pending.stream()
                .filter(each -> begun(each).orElseThrow().action().key().equals(first))
                .map(each -> (Pending<T>) each)
                .findFirst()
                .orElseThrow();
    }

    void awaitOwn(Collection<? extends Pending<?>> pending) {
        pending.forEach(each -> own(each, "awaitAll"));
        awaitAll(List.copyOf(pending));
    }

    private Begun<?> own(Pending<?> pending, String method) {
        return begun(pending)
                .filter(begun -> begun.isOf(code))
                .orElseThrow(() -> new IllegalArgumentException(
                        method + " waits for what this Durable has begun, and " + pending + " is not of it."));
    }

    /** What several of something are is waited for at once, so that the step is away until the last has come. */
    private void awaitAll(List<? extends Pending<?>> all) {
        var keys = new ArrayList<Action.Key>();
        var children = new ArrayList<Child<?>>();
        for (var pending : all) {
            begun(pending).filter(begun -> begun.isOf(code)).ifPresent(begun -> {
                keys.add(begun.action().key());
                if (begun instanceof Child<?> child && child.result().type() != Void.class) {
                    children.add(child);
                }
            });
        }
        if (keys.size() > 1) {
            trail.awaitAll(keys);
            trail.willRead(children.stream()
                    .map(child -> trail.awaitStored(child.action().key()))
                    .filter(ended -> ended.failure().isEmpty() && ended.json().length == 0)
                    .map(StoredAction::child)
                    .toList());
        }
    }

    /** What this Durable, or another one, has begun; a handle of a child stands for the child. */
    private static Optional<Begun<?>> begun(Pending<?> pending) {
        var inner = pending instanceof ChildHandle<?> handle ? handle.child() : pending;
        return inner instanceof Begun<?> begun ? Optional.of(begun) : Optional.empty();
    }
}
