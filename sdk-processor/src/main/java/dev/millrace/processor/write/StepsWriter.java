package dev.millrace.processor.write;

import static dev.millrace.processor.write.GeneratedClass.DURABLE;

import dev.millrace.processor.model.Method;
import dev.millrace.processor.model.Parameter;
import dev.millrace.processor.model.Source;
import dev.millrace.processor.rule.Subject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import javax.annotation.processing.Filer;
import javax.lang.model.type.TypeMirror;

/** Writes {@code XSteps}, through which durable code of {@code X} calls the actions of {@code X} as checkpoints. */
public final class StepsWriter {
    private final Subject subject;
    private final GeneratedClass facade;
    private final JavaText text = new JavaText();

    private StepsWriter(Subject subject) {
        this.subject = subject;
        this.facade = new GeneratedClass(subject, "Steps", List.of());
    }

    /** Writes the facade, if there are actions. */
    public static void write(Subject subject, Filer filer) throws IOException {
        if (!subject.workflow().actions().isEmpty()) {
            new StepsWriter(subject).write(filer);
        }
    }

    private void write(Filer filer) throws IOException {
        var visibility = facade.visibility(mentioned());
        text.in(1);
        text.line("private final " + facade.workflow() + " workflow;");
        text.line("");
        text.line("private final " + facade.type(DURABLE) + " durable;");
        text.line("");
        text.begin("private " + facade.name(), given());
        text.line("this.workflow = workflow;");
        text.line("this.durable = durable;");
        text.end();
        text.line("");
        text.javadoc(List.of(
                "The actions of this object, called from the durable step that was given this {@code Durable}."));
        text.begin(visibility + "static " + facade.name() + " of", given());
        text.line("return new " + facade.name() + "(workflow, durable);");
        text.end();
        for (var action : subject.workflow().actions()) {
            call(action);
        }
        facade.write(javadoc(), visibility + "final class " + facade.name(), text, filer);
    }

    private List<String> given() {
        return List.of(facade.workflow() + " workflow", facade.type(DURABLE) + " durable");
    }

    private List<String> javadoc() {
        return List.of(
                "Calls the actions of {@link " + facade.workflow()
                        + "} from its durable steps. Each call is a checkpoint: repeated until its",
                "result is stored, and never again.",
                "",
                "<p>For the thread that the step was called on.");
    }

    private List<TypeMirror> mentioned() {
        var mentioned = new ArrayList<TypeMirror>();
        for (var action : subject.workflow().actions()) {
            mentioned.add(action.returns());
            for (var parameter : action.parameters()) {
                if (isArgument(parameter)) {
                    mentioned.add(parameter.type());
                }
            }
        }
        return mentioned;
    }

    private boolean isArgument(Parameter parameter) {
        return subject.wiring().source(parameter) instanceof Source.Argument;
    }

    private void call(Method action) {
        var parameters = new ArrayList<String>();
        var handedOver = new ArrayList<String>();
        for (var parameter : action.parameters()) {
            if (isArgument(parameter)) {
                parameters.add(facade.type(parameter.type()) + " " + parameter.name());
                handedOver.add(parameter.name());
            }
        }
        var scope = new Scope(handedOver);
        var method = action.element().getSimpleName();
        text.line("");
        text.javadoc(List.of(
                "The action {@code " + action.name() + "}: {@link " + facade.workflow() + "#" + method + "}.",
                "",
                "@throws " + facade.type("dev.millrace.ActionFailedException") + " if it failed for good"));
        text.begin("public " + (action.hasValue() ? facade.type(action.returns()) : "void") + " " + method, parameters);
        text.line((action.hasValue() ? "return " : "") + scope.field("durable") + ".call(");
        text.in(2);
        text.line(JavaText.literal(action.name()) + ",");
        text.line((action.hasValue() ? facade.typeRef(action.returns()) : facade.typeRef(facade.type("java.lang.Void")))
                + ",");
        body(action, scope);
        text.line(scope.options() + " -> " + scope.options() + ".action(" + String.join(", ", handedOver) + "));");
        text.out(2);
        text.end();
    }

    /** The call of the user's method, as a {@code Callable}. */
    private void body(Method action, Scope scope) {
        var arguments = new ArrayList<String>();
        for (var parameter : action.parameters()) {
            arguments.add(isArgument(parameter) ? parameter.name() : scope.field("durable") + ".context()");
        }
        var call = scope.field("workflow") + "." + action.element().getSimpleName() + "(" + String.join(", ", arguments)
                + ")";
        if (action.hasValue()) {
            text.line("() -> " + call + ",");
        } else {
            text.begin("() -> {");
            text.line(call + ";");
            text.line("return null;");
            text.out(1);
            text.line("},");
        }
    }

    /**
     * What the names in a method mean: the user's parameters may be called like the fields.
     *
     * @param parameters the names of the parameters
     */
    private record Scope(Set<String> parameters) {
        Scope(List<String> names) {
            this(new TreeSet<>(names));
        }

        String field(String name) {
            return parameters.contains(name) ? "this." + name : name;
        }

        String options() {
            var name = new StringBuilder("options");
            while (parameters.contains(name.toString())) {
                name.append('_');
            }
            return name.toString();
        }
    }
}
