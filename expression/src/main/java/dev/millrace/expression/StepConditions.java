package dev.millrace.expression;

import dev.millrace.expression.Expressions.Purpose;
import dev.millrace.expression.SchemaTypes.Variable;
import dev.millrace.manifest.InvalidManifestException;
import dev.millrace.manifest.Json;
import dev.millrace.manifest.JsonValue;
import dev.millrace.manifest.Manifest;
import dev.millrace.manifest.ParameterSpec;
import dev.millrace.manifest.StepSpec;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The conditions of a workflow's steps, compiled: keep it with the version, because compiling costs much and evaluating little. A
 * condition may name {@code input}, {@code metadata}, and the step's parameters that take a value; a parameter whose parent was
 * skipped or has no value is {@code null}. Immutable; safe for use by many threads.
 */
public final class StepConditions {
    private static final String INPUT = "input";
    private static final String METADATA = "metadata";
    private static final String DEFINITIONS = "$defs";
    private static final String ROOT = "\"#\"";
    private static final Variable LABELS = new Variable(
            "Map",
            object(Map.of(
                    "type", JsonValue.of("object"),
                    "additionalProperties", object(Map.of("type", JsonValue.of("string"))))));

    private final Map<Integer, Expression> conditions = new LinkedHashMap<>();

    /**
     * Compiles the conditions of a manifest.
     *
     * @throws InvalidManifestException at the first condition that cannot be evaluated
     */
    public StepConditions(Manifest manifest) {
        for (int i = 0; i < manifest.steps().size(); i++) {
            var step = manifest.steps().get(i);
            if (!step.when().isEmpty()) {
                try {
                    var scope = SchemaTypes.scope(variables(step, manifest));
                    conditions.put(i, new Expressions(scope).compile(step.when(), Purpose.CONDITION));
                } catch (InvalidExpressionException e) {
                    throw new InvalidManifestException(
                            "steps[" + i + "].when",
                            "The condition of step '" + step.name() + "' cannot be evaluated: " + e.getMessage());
                }
            }
        }
    }

    /**
     * Whether the step's condition holds.
     *
     * @param step number of the step in the manifest; it has a condition
     * @param variables at least those that the condition names: {@code input}, {@code metadata}, and parameters by name
     * @throws EvaluationException when it cannot be told; the message says which condition and why
     */
    public boolean holds(int step, Map<String, JsonValue> variables) {
        return conditions.get(step).holds(variables);
    }

    /** The run's input and labels win over parameters of the same name. */
    private static Map<String, Variable> variables(StepSpec step, Manifest manifest) {
        var variables = new LinkedHashMap<String, Variable>();
        for (var parameter : step.parameters()) {
            if (hasValue(parameter)) {
                variables.put(parameter.name(), variable(parameter, manifest));
            }
        }
        variables.put(INPUT, input(manifest));
        variables.put(METADATA, LABELS);
        return variables;
    }

    /** Whether a condition may name the parameter: what became of a parent is no value. */
    public static boolean hasValue(ParameterSpec parameter) {
        return switch (parameter.source()) {
            case INPUT -> true;
            case STEP -> parameter.mode() != ParameterSpec.Mode.OUTCOME;
            case CONTEXT, FAILURE, EVENT, APPROVAL, DURABLE, EMITTER, TURN -> false;
        };
    }

    private static Variable input(Manifest manifest) {
        return new Variable(manifest.input().type(), manifest.input().schema());
    }

    private static Variable variable(ParameterSpec parameter, Manifest manifest) {
        if (parameter.source() == ParameterSpec.Source.INPUT) {
            return input(manifest);
        }
        var parent = manifest.step(parameter.step()).orElseThrow();
        var type = parent.output().type();
        var schema = parent.output().schema();
        if (parameter.mode() != ParameterSpec.Mode.EACH && !parent.mapped()) {
            return new Variable(type, schema);
        }
        if (Json.write(schema).contains(ROOT)) {
            // A type that contains itself refers to the whole schema, which a part or a list of it is not any more.
            return new Variable(type, JsonValue.TRUE);
        }
        if (parameter.mode() == ParameterSpec.Mode.EACH) {
            return new Variable(
                    parameter.name(),
                    schema instanceof JsonValue.Object list
                            ? withDefinitions(list.members().getOrDefault("items", JsonValue.TRUE), list)
                            : JsonValue.TRUE);
        }
        return new Variable(
                type, withDefinitions(object(Map.of("type", JsonValue.of("array"), "items", schema)), schema));
    }

    /** A part of a schema refers to definitions of the whole. */
    private static JsonValue withDefinitions(JsonValue part, JsonValue whole) {
        if (part instanceof JsonValue.Object object
                && whole instanceof JsonValue.Object from
                && from.members().containsKey(DEFINITIONS)) {
            var members = new LinkedHashMap<>(object.members());
            members.put(DEFINITIONS, from.members().get(DEFINITIONS));
            return object(members);
        }
        return part;
    }

    private static JsonValue object(Map<String, JsonValue> members) {
        return new JsonValue.Object(members);
    }
}
