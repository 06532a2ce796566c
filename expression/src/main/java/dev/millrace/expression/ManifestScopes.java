package dev.millrace.expression;

import dev.millrace.expression.SchemaTypes.Variable;
import dev.millrace.manifest.Json;
import dev.millrace.manifest.JsonValue;
import dev.millrace.manifest.Manifest;
import dev.millrace.manifest.ParameterSpec;
import dev.millrace.manifest.StepSpec;
import dev.millrace.manifest.WaitSpec;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the expressions of a manifest may name, by the place where they stand. The compiler makes the same scopes from the
 * Java source. Immutable; safe for use by many threads.
 */
public final class ManifestScopes {
    private static final String INPUT = "input";
    private static final String METADATA = "metadata";
    private static final String ROOT = "\"#\"";
    private static final Variable TEXT = new Variable("String", Json.read("{\"type\":\"string\"}"));
    private static final Variable LABELS =
            new Variable("Map", Json.read("{\"type\":\"object\",\"additionalProperties\":{\"type\":\"string\"}}"));

    private final Manifest manifest;

    public ManifestScopes(Manifest manifest) {
        this.manifest = manifest;
    }

    /** Of a run: {@code input} and {@code metadata}. */
    public Scope ofRun() {
        return SchemaTypes.scope(run());
    }

    /** Of a start: as of a run; where starts are gathered, {@code input} is one element of the run's. */
    public Scope ofStart() {
        var variables = run();
        variables.put(INPUT, start());
        return SchemaTypes.scope(variables);
    }

    /** Of an event that may start a run: {@code event}, {@code metadata} and {@code name}. */
    public Scope ofEvent() {
        return SchemaTypes.scope(event(start()));
    }

    /** Of an event that a task waits for: as of any event, and the run's {@code input}. */
    public Scope ofAwaited(WaitSpec wait) {
        var variables = event(new Variable(wait.type(), wait.schema()));
        variables.put(INPUT, input());
        return SchemaTypes.scope(variables);
    }

    /** Of a task: as of a run, and what its method takes from the input and from other steps, by the names of the parameters. */
    public Scope ofTask(StepSpec step) {
        var variables = new LinkedHashMap<String, Variable>();
        for (var parameter : step.parameters()) {
            value(parameter).ifPresent(variable -> variables.put(parameter.name(), variable));
        }
        variables.putAll(run());
        return SchemaTypes.scope(variables);
    }

    private Optional<Variable> value(ParameterSpec parameter) {
        return switch (parameter.source()) {
            case INPUT -> Optional.of(input());
            case STEP -> parent(parameter);
            case CONTEXT, FAILURE, EVENT, APPROVAL, DURABLE, EMITTER, TURN -> Optional.empty();
        };
    }

    private Optional<Variable> parent(ParameterSpec parameter) {
        return manifest.step(parameter.step()).flatMap(parent -> {
            var type = parent.output().type();
            var one = parent.output().schema();
            var schema = parent.mapped() ? list(one) : one;
            return switch (parameter.mode()) {
                case VALUE -> Optional.of(new Variable(type, schema));
                case OPTIONAL -> Optional.of(new Variable(type, schema, true));
                case EACH -> Optional.of(new Variable(type, element(schema)));
                case OUTCOME -> Optional.empty();
            };
        });
    }

    private Map<String, Variable> run() {
        var variables = new LinkedHashMap<String, Variable>();
        variables.put(INPUT, input());
        variables.put(METADATA, LABELS);
        return variables;
    }

    private Variable input() {
        return new Variable(manifest.input().type(), manifest.input().schema());
    }

    private Variable start() {
        return manifest.triggers().collect().isEmpty()
                ? input()
                : new Variable(manifest.input().type(), element(manifest.input().schema()));
    }

    private static Map<String, Variable> event(Variable payload) {
        var variables = new LinkedHashMap<String, Variable>();
        variables.put("event", payload);
        variables.put(METADATA, LABELS);
        variables.put("name", TEXT);
        return variables;
    }

    /** The schema of an element, with the definitions that it may refer to. */
    private static JsonValue element(JsonValue list) {
        if (refersToRoot(list)
                || !(list instanceof JsonValue.Object object)
                || !(object.members().get("items") instanceof JsonValue.Object items)
                || items.members().containsKey("$defs")) {
            return JsonValue.TRUE;
        }
        return with(items, object.members().get("$defs"));
    }

    /** The schema of a list of what another one describes. */
    private static JsonValue list(JsonValue element) {
        if (refersToRoot(element)) {
            return JsonValue.TRUE;
        }
        var list = new JsonValue.Object(Map.of("type", JsonValue.of("array"), "items", element));
        return element instanceof JsonValue.Object object
                ? with(list, object.members().get("$defs"))
                : list;
    }

    /** A type that contains itself refers to the whole schema, which a part or a list of it is not any more. */
    private static boolean refersToRoot(JsonValue schema) {
        return Json.write(schema).contains(ROOT);
    }

    private static JsonValue with(JsonValue.Object schema, JsonValue definitions) {
        if (definitions == null) {
            return schema;
        }
        var members = new LinkedHashMap<>(schema.members());
        members.put("$defs", definitions);
        return new JsonValue.Object(members);
    }
}
