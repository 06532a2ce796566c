package dev.millrace.tools;

import dev.millrace.Durable;
import dev.millrace.codec.Codec;
import dev.millrace.codec.JacksonCodec;
import dev.millrace.connection.MillraceException;
import dev.millrace.manifest.JsonValue;
import dev.millrace.worker.BoundAction;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The {@link dev.millrace.Action} methods of objects, as tools of a language model. The objects are of workflow classes, or of any class
 * that has actions and nothing else: a catalogue.
 *
 * <pre>{@code
 * @Step(timeout = "1h")
 * Report research(Question question, Durable durable) {
 *   var tools = Tools.of(catalogue).in(durable);
 *   var reply = ask(question, tools.definitions());              // the model is told of them
 *   while (reply.asksForTools()) {
 *     reply = tell(tools.call(reply.toolCalls()));               // stored: never done twice
 *   }
 *   return reply.report();
 * }
 * }</pre>
 *
 * <p>Immutable; safe for use by many threads, as far as the objects are.
 */
public final class Tools {
    private final Map<String, Tool> tools;
    private final Codec codec;

    private Tools(Map<String, Tool> tools, Codec codec) {
        this.tools = tools;
        this.codec = codec;
    }

    /**
     * All actions of these objects.
     *
     * @throws dev.millrace.connection.MillraceException if the annotation processor has not seen a class, or what it wrote is of another
     *     build
     * @throws IllegalArgumentException if there are none, or two have one name
     */
    public static Tools of(Object... catalogues) {
        var tools = new LinkedHashMap<String, Tool>();
        for (var catalogue : catalogues) {
            for (var action : BoundAction.of(catalogue)) {
                if (!(action.spec().arguments() instanceof JsonValue.Object)) {
                    throw new MillraceException(
                            "MANIFEST_INVALID",
                            "The manifest of " + catalogue.getClass().getName() + " does not say what action '"
                                    + action.spec().name()
                                    + "' takes. Compile the class again with the annotation processor of this version.");
                }
                if (tools.put(action.spec().name(), new Tool(action)) != null) {
                    throw new IllegalArgumentException("Two tools have the name '"
                            + action.spec().name() + "'. Give one another: @Action(name = …).");
                }
            }
        }
        if (tools.isEmpty()) {
            throw new IllegalArgumentException(
                    "There are no tools: none of these objects has a method with @Action. Put it on the methods that a"
                            + " model may call.");
        }
        return new Tools(tools, new JacksonCodec());
    }

    /** The same, with values read and written in another way than the default. */
    public Tools with(Codec other) {
        return new Tools(tools, Objects.requireNonNull(other, "codec"));
    }

    /**
     * Some of them, in this order.
     *
     * @throws IllegalArgumentException if there is no tool of one of the names
     */
    public Tools only(Collection<String> names) {
        var some = new LinkedHashMap<String, Tool>();
        for (var name : names) {
            var tool = tools.get(name);
            if (tool == null) {
                throw new IllegalArgumentException("There is no tool '" + name + "'; there are " + names() + ".");
            }
            some.put(name, tool);
        }
        return new Tools(some, codec);
    }

    /** What a model is told of them, in the order of the source. */
    public List<ToolDefinition> definitions() {
        return tools.values().stream().map(Tool::definition).toList();
    }

    /** The tools, called from the durable step that was given this {@code Durable}. */
    public ToolCalls in(Durable durable) {
        return new ToolCalls(this, durable);
    }

    List<String> names() {
        return List.copyOf(tools.keySet());
    }

    Tool find(String name) {
        return tools.get(name);
    }

    Codec codec() {
        return codec;
    }
}
