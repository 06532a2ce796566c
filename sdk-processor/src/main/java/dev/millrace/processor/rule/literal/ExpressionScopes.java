package dev.millrace.processor.rule.literal;

import dev.millrace.expression.SchemaTypes.Variable;
import dev.millrace.manifest.JsonValue;
import dev.millrace.processor.model.Method;
import dev.millrace.processor.model.Parameter;
import dev.millrace.processor.model.Source;
import dev.millrace.processor.model.Vocabulary;
import dev.millrace.processor.rule.Subject;
import dev.millrace.processor.schema.SchemaBuilder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import javax.lang.model.type.TypeMirror;

/** What expressions may name, by the place where they stand. Their types are read from the schemas, as in the control plane. */
final class ExpressionScopes {
    static final String INPUT = "input";
    static final String METADATA = "metadata";
    static final String EVENT = "event";
    private static final String NAME = "name";
    private static final JsonValue TEXT = new JsonValue.Object(Map.of("type", JsonValue.of("string")));
    private static final Variable LABELS = new Variable(
            "Map", new JsonValue.Object(Map.of("type", JsonValue.of("object"), "additionalProperties", TEXT)));

    private final Subject subject;

    ExpressionScopes(Subject subject) {
        this.subject = subject;
    }

    /** Of a run: its input and its labels. */
    Map<String, Variable> ofRun() {
        var variables = new LinkedHashMap<String, Variable>();
        inputType().ifPresent(type -> variables.put(INPUT, variable(type)));
        variables.put(METADATA, LABELS);
        return variables;
    }

    /** Of a start: as of a run, but where starts are gathered, its input is one element of the run's. */
    Map<String, Variable> ofStart() {
        var variables = new LinkedHashMap<>(ofRun());
        payload().ifPresent(type -> variables.put(INPUT, variable(type)));
        return variables;
    }

    /** Of an event that may start a run. */
    Map<String, Variable> ofEvent() {
        return ofEvent(payload().map(this::variable).orElse(new Variable("", JsonValue.TRUE)));
    }

    /** Of an event that a task waits for: the run's input too. */
    Map<String, Variable> ofAwaited(Source.Event event) {
        var variables = new LinkedHashMap<>(ofEvent(variable(event.payload())));
        inputType().ifPresent(type -> variables.put(INPUT, variable(type)));
        return variables;
    }

    /** Of a task: as of a run, with the values that its method takes, by the names of the parameters. */
    Map<String, Variable> ofTask(Method method) {
        var variables = new LinkedHashMap<String, Variable>();
        for (var parameter : method.parameters()) {
            value(parameter).ifPresent(type -> variables.put(parameter.name(), variable(type)));
        }
        variables.putAll(ofRun());
        return variables;
    }

    /** The type of the value that an expression sees in a parameter, if it sees one. */
    private Optional<TypeMirror> value(Parameter parameter) {
        var source = subject.wiring().source(parameter);
        boolean seen = source instanceof Source.Input
                || source instanceof Source.Parent
                || source instanceof Source.OptionalParent
                || source instanceof Source.Element
                || source instanceof Source.Argument;
        return seen ? Optional.of(parameter.taken().value()) : Optional.empty();
    }

    private static Map<String, Variable> ofEvent(Variable event) {
        var variables = new LinkedHashMap<String, Variable>();
        variables.put(EVENT, event);
        variables.put(METADATA, LABELS);
        variables.put(NAME, new Variable("String", TEXT));
        return variables;
    }

    private Optional<TypeMirror> inputType() {
        return subject.wiring().input().map(Parameter::type);
    }

    private Optional<TypeMirror> payload() {
        var gathered = !subject.workflow().annotations(Vocabulary.COLLECT).isEmpty();
        return inputType().map(type -> gathered ? subject.types().argument(type) : type);
    }

    /** What is wrong with a type is told elsewhere; here it could be anything. */
    private Variable variable(TypeMirror type) {
        var schema = SchemaBuilder.of(type, subject.types());
        var known = schema.flaws().isEmpty() && schema.unresolved().isEmpty();
        return new Variable(subject.types().simpleName(type), known ? schema.json() : JsonValue.TRUE);
    }
}
