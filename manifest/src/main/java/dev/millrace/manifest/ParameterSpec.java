package dev.millrace.manifest;

import java.util.Objects;

/**
 * Where one argument of a step's method comes from.
 *
 * @param name name of the parameter in the source, for people only
 * @param source the run's input, another step, or the engine
 * @param step the step whose result it is; empty unless the source is {@link Source#STEP}
 * @param mode what happens when that step was skipped or failed
 */
public record ParameterSpec(String name, Source source, String step, Mode mode) {

    /** Where the value is taken from. */
    public enum Source {
        /** The input of the run. */
        INPUT,
        /** The result of another step. */
        STEP,
        /** Given by the worker's runtime: a {@code StepContext} or the like; nothing travels. */
        CONTEXT,
        /** The {@code RunFailure} of the run; only in an on-failure handler. */
        FAILURE
    }

    /** What a step demands of the parent. */
    public enum Mode {
        /** The parent must have succeeded with a value. */
        VALUE,
        /** The parent may have been skipped. */
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
}
