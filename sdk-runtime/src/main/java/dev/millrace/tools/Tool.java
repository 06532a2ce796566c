package dev.millrace.tools;

import dev.millrace.TypeRef;
import dev.millrace.binding.Arguments;
import dev.millrace.binding.Parameter;
import dev.millrace.codec.Codec;
import dev.millrace.codec.CodecException;
import dev.millrace.manifest.InvalidJsonException;
import dev.millrace.manifest.Json;
import dev.millrace.manifest.JsonValue;
import dev.millrace.manifest.SchemaCheck;
import dev.millrace.worker.BoundAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;

/** One action as a tool. Stateless but for its object. */
final class Tool {
    private static final int MOST_SHOWN = 5;

    private final BoundAction<?> action;
    private final List<String> names;
    private final SchemaCheck schema;

    Tool(BoundAction<?> action) {
        this.action = action;
        this.names = action.spec().arguments() instanceof JsonValue.Object object
                        && object.members().get("properties") instanceof JsonValue.Object properties
                ? List.copyOf(properties.members().keySet())
                : List.of();
        this.schema = SchemaCheck.of(action.spec().arguments());
    }

    BoundAction<?> action() {
        return action;
    }

    ToolDefinition definition() {
        return new ToolDefinition(
                action.spec().name(),
                action.spec().description(),
                Json.canonical(action.spec().arguments()));
    }

    /** What the caller wrote, made ready: the values in the order of the parameters, or what is wrong with them. */
    record Ready(List<Object> values, Optional<ToolAnswer.Problem> problem) {}

    Ready ready(String arguments, Codec codec) {
        byte[] json = (arguments.isBlank() ? "{}" : arguments).getBytes(StandardCharsets.UTF_8);
        try {
            Json.check(json);
            var problems = schema.check(json);
            if (!problems.isEmpty()) {
                return wrong(problems.stream()
                        .limit(MOST_SHOWN)
                        .map(problem -> problem.path() + " " + problem.message())
                        .collect(Collectors.joining("; ")));
            }
            return new Ready(values((JsonValue.Object) Json.read(json), codec), Optional.empty());
        } catch (InvalidJsonException e) {
            return wrong("they are no JSON: " + e.getMessage());
        } catch (CodecException e) {
            return wrong(e.getMessage());
        }
    }

    private Ready wrong(String what) {
        return new Ready(
                List.of(),
                Optional.of(new ToolAnswer.Problem(
                        ToolAnswer.ARGUMENTS_INVALID,
                        "The arguments of tool '" + action.spec().name() + "' are not as its schema says: " + what
                                + ".")));
    }

    private List<Object> values(JsonValue.Object given, Codec codec) {
        var values = new ArrayList<Object>();
        int next = 0;
        for (var parameter : action.binding().parameters()) {
            if (parameter instanceof Parameter.Argument argument) {
                var value = given.members().getOrDefault(names.get(next++), JsonValue.NULL);
                values.add(
                        value.equals(JsonValue.NULL)
                                ? null
                                : codec.read(Json.canonical(value).getBytes(StandardCharsets.UTF_8), argument.type()));
            }
        }
        return values;
    }

    /** The call of the method. */
    Callable<Object> call(List<Object> values, Object context) {
        var arguments = new ArrayList<Object>();
        var given = values.iterator();
        for (var parameter : action.binding().parameters()) {
            arguments.add(parameter instanceof Parameter.Argument ? given.next() : context);
        }
        return () -> action.invoke(new Arguments(arguments.toArray()));
    }

    @SuppressWarnings("unchecked")
    TypeRef<Object> result() {
        return (TypeRef<Object>) action.binding().result();
    }

    ToolAnswer answer(Object result, Codec codec) {
        boolean none = result == null || result.equals(Optional.empty());
        return new ToolAnswer.Value(none ? "null" : new String(codec.write(result, result()), StandardCharsets.UTF_8));
    }
}
