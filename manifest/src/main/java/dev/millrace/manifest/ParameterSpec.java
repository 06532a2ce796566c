package dev.millrace.manifest;

import java.util.Objects;
import java.util.Optional;

/**
 * Where one argument of a step's method comes from.
 *
 * @param name name of the parameter in the source, for people only
 * @param source the run's input, another step, what the task waits for, or the engine
 * @param step the step whose result it is; empty unless the source is {@link Source#STEP}
 * @param mode what happens when that step was skipped or failed, or when the time to wait is up
 * @param awaits what the task waits for; present just where the source is {@link Source#EVENT} or {@link Source#APPROVAL}
 */
public record ParameterSpec(String name, Source source, String step, Mode mode, Optional<WaitSpec> awaits) {

    /** Where the value is taken from. */
    public enum Source {
        /** The input of the run. */
        INPUT,
        /** The result of another step. */
        STEP,
        /** Given by the worker's runtime: a {@code StepContext} or the like; nothing travels. */
        CONTEXT,
        /** The {@code RunFailure} of the run; only in an on-failure handler. */
        FAILURE,
        /** The payload of an event that the task waits for. */
        EVENT,
        /** A human's answer that the task waits for. */
        APPROVAL,
        /** What a durable step checkpoints, sleeps and waits with; nothing travels. */
        DURABLE,
        /** What a step streams items with; nothing travels. */
        EMITTER,
        /** The state that the turn before left; absent in a loop's first turn. */
        TURN
    }

    /** What a step demands of the parent. */
    public enum Mode {
        /** The parent must have succeeded with a value; what is waited for must come in time. */
        VALUE,
        /** The parent may have been skipped; what is waited for may not come. */
        OPTIONAL,
        /** The parent may have ended in any way. */
        OUTCOME,
        /** One task per element of the parent's list. */
        EACH
    }

    public ParameterSpec {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(mode, "mode");
        if ((source == Source.STEP) == step.isEmpty()) {
            throw new InvalidManifestException(
                    "step", "Parameter '" + name + "' has source " + source + " and names step '" + step + "'.");
        }
        boolean waits = source == Source.EVENT || source == Source.APPROVAL;
        if (waits != awaits.isPresent()) {
            throw new InvalidManifestException(
                    "awaits",
                    "Parameter '" + name + "' has source " + source + " and "
                            + (waits ? "must say what it waits for." : "so waits for nothing, but says for what."));
        }
    }

    /** A parameter that waits for nothing. */
    public ParameterSpec(String name, Source source, String step, Mode mode) {
        this(name, source, step, mode, Optional.empty());
    }

    /** A parameter that takes the run's input. */
    public static ParameterSpec input(String name) {
        return new ParameterSpec(name, Source.INPUT, "", Mode.VALUE);
    }

    /** A parameter that takes the result of a step, which must have succeeded. */
    public static ParameterSpec step(String name, String step) {
        return new ParameterSpec(name, Source.STEP, step, Mode.VALUE);
    }

    /** A parameter that the worker's runtime supplies. */
    public static ParameterSpec context(String name) {
        return new ParameterSpec(name, Source.CONTEXT, "", Mode.VALUE);
    }

    /** A parameter that the task waits for: an event's payload or a human's answer. */
    public static ParameterSpec awaiting(String name, Source source, Mode mode, WaitSpec awaits) {
        return new ParameterSpec(name, source, "", mode, Optional.of(awaits));
    }

    /** The {@code Durable} of a durable step. */
    public static ParameterSpec durable(String name) {
        return new ParameterSpec(name, Source.DURABLE, "", Mode.VALUE);
    }

    /** What a step streams items with. */
    public static ParameterSpec emitter(String name) {
        return new ParameterSpec(name, Source.EMITTER, "", Mode.VALUE);
    }

    /** The state that a loop's turn before left, if there was one. */
    public static ParameterSpec turn(String name) {
        return new ParameterSpec(name, Source.TURN, "", Mode.OPTIONAL);
    }
}
