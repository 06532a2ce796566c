package dev.millrace.processor.write;

import static dev.millrace.processor.write.GeneratedClass.TYPE_REF;

import dev.millrace.processor.model.Method;
import dev.millrace.processor.model.Parameter;
import dev.millrace.processor.model.Returned;
import dev.millrace.processor.model.Role;
import dev.millrace.processor.model.Source;
import dev.millrace.processor.rule.Subject;
import dev.millrace.processor.rule.failure.Fallbacks;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.annotation.processing.Filer;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.util.ElementFilter;

/** Writes {@code XBinding}: how a worker calls the methods of {@code X} without reflection. */
public final class BindingWriter {
    private static final String WORKFLOW_BINDING = "dev.millrace.binding.WorkflowBinding";
    private static final String METHOD_BINDING = "dev.millrace.binding.MethodBinding";
    private static final String ANSWER = "dev.millrace.binding.Answer";
    private static final String PARAMETER = "dev.millrace.binding.Parameter";
    private static final String LIST = "java.util.List";
    private static final String OPTIONAL = "java.util.Optional";

    private final Subject subject;
    private final GeneratedClass binding;
    private final JavaText text = new JavaText();
    private final Set<String> overloaded;

    public BindingWriter(Subject subject) {
        this.subject = subject;
        this.binding = new GeneratedClass(subject, "Binding", List.of());
        this.overloaded = overloaded(subject);
    }

    /** Writes the binding of a workflow version whose manifest stands at a path of the class output. */
    public void write(String version, String manifestPath, Filer filer) throws IOException {
        var workflow = subject.workflow();
        var visibility = binding.visibility(List.of());
        var string = binding.type("java.lang.String");
        text.in(1);
        text.javadoc(List.of("For the worker, which finds this class by its name."));
        text.begin(visibility + binding.name(), List.of());
        text.end();
        getter(
                binding.type("java.lang.Class") + "<" + binding.workflow() + ">",
                "workflowClass",
                binding.workflow() + ".class");
        getter(string, "workflow", JavaText.literal(workflow.name()));
        getter(string, "manifestResource", JavaText.literal(manifestPath));
        getter(string, "version", JavaText.literal(version));
        getter(binding.type(TYPE_REF) + "<?>", "input", input());
        getter(LIST, "steps", workflow.steps());
        getter(LIST, "compensations", workflow.of(Role.COMPENSATION));
        getter(OPTIONAL, "onFailure", workflow.of(Role.ON_FAILURE));
        if (!workflow.actions().isEmpty()) {
            getter(LIST, "actions", workflow.actions());
        }
        binding.write(
                javadoc(),
                visibility + "final class " + binding.name() + " implements " + binding.type(WORKFLOW_BINDING) + "<"
                        + binding.workflow() + ">",
                text,
                filer);
    }

    private List<String> javadoc() {
        var lines = new ArrayList<String>();
        lines.add("Calls the methods of {@link " + binding.workflow()
                + "}. For workers; there is nothing in it for anybody else.");
        lines.add("");
        lines.addAll(new Drawing(subject).lines());
        return lines;
    }

    private String input() {
        var input = subject.wiring().input();
        return input.isPresent() ? binding.typeRef(input.get().type()) : noValue();
    }

    private String noValue() {
        return binding.typeRef(binding.type("java.lang.Void"));
    }

    private void getter(String type, String name, String value) {
        beginGetter(type, name);
        text.line("return " + value + ";");
        text.end();
    }

    /** A getter of a list, or of an optional, of bindings. */
    private void getter(String container, String name, List<Method> methods) {
        var type = binding.type(container);
        beginGetter(type + "<" + methodBinding() + ">", name);
        if (methods.isEmpty()) {
            text.line("return " + type + (container.equals(LIST) ? ".of();" : ".empty();"));
        } else {
            text.line("return " + type + ".of(");
            text.in(2);
            for (int i = 0; i < methods.size(); i++) {
                binding(methods.get(i), i + 1 == methods.size() ? ");" : ",");
            }
            text.out(2);
        }
        text.end();
    }

    private void beginGetter(String type, String name) {
        text.line("");
        text.line("@" + binding.type("java.lang.Override"));
        text.begin("public " + type + " " + name, List.of());
    }

    private String methodBinding() {
        return binding.type(METHOD_BINDING) + "<" + binding.workflow() + ">";
    }

    private void binding(Method method, String end) {
        text.line("new " + methodBinding() + "(");
        text.in(2);
        text.line(JavaText.literal(method.name()) + ",");
        parameters(method);
        text.line(method.hasValue() ? binding.typeRef(result(method)) + "," : noValue() + ",");
        var answer = answer(method);
        if (!answer.isEmpty()) {
            text.line(binding.type(ANSWER) + "." + answer + ",");
        }
        exceptions(method);
        var fallback = Fallbacks.of(subject, method);
        call("", method.element(), arguments(method, method.element()), fallback.isPresent() ? ")" : ")" + end);
        if (fallback.isPresent()) {
            fallback(method, fallback.get(), end);
        }
        text.out(2);
    }

    /** How the method is called that answers in place of this one. */
    private void fallback(Method method, ExecutableElement fallback, String end) {
        var arguments = arguments(method, fallback);
        if (Fallbacks.takesTheReason(subject, method, fallback)) {
            arguments.add("arguments.<" + binding.type("java.lang.Throwable") + ">at(" + arguments.size() + ")");
        }
        call(".withFallback(", fallback, arguments, ")" + end);
    }

    /** More than two stand on lines of their own. */
    private void parameters(Method method) {
        var parameters = new ArrayList<String>();
        for (var parameter : method.parameters()) {
            parameters.add(binding.type(PARAMETER) + "." + parameter(parameter));
        }
        if (parameters.size() <= 2) {
            text.line(list(parameters));
            return;
        }
        text.line(binding.type(LIST) + ".of(");
        text.in(2);
        for (int i = 0; i < parameters.size(); i++) {
            text.line(parameters.get(i) + (i + 1 == parameters.size() ? ")," : ","));
        }
        text.out(2);
    }

    private String list(List<String> items) {
        return binding.type(LIST) + ".of(" + String.join(", ", items) + "),";
    }

    private String parameter(Parameter parameter) {
        var source = subject.wiring().source(parameter);
        if (source instanceof Source.Parent parent) {
            return parent("parent", parent.step(), parameter.type());
        }
        if (source instanceof Source.Element element) {
            return parent("element", element.step(), parameter.type());
        }
        if (source instanceof Source.OptionalParent parent) {
            return parent("optional", parent.step(), parameter.taken().value());
        }
        if (source instanceof Source.ParentOutcome parent) {
            return parent("outcome", parent.step(), parameter.taken().value());
        }
        if (source instanceof Source.Stream stream) {
            return "emitter(" + binding.typeToken(stream.item()) + ")";
        }
        if (source instanceof Source.Durable) {
            return "durable()";
        }
        if (source instanceof Source.Connection) {
            return "connection()";
        }
        if (source instanceof Source.Context) {
            return "context()";
        }
        if (source instanceof Source.Failure) {
            return "failure()";
        }
        return given(source) + "(" + binding.typeToken(parameter.type()) + ")";
    }

    private String parent(String how, Method step, TypeMirror type) {
        return how + "(" + JavaText.literal(step.name()) + ", " + binding.typeToken(type) + ")";
    }

    private static String given(Source source) {
        if (source instanceof Source.Event) {
            return "event";
        }
        if (source instanceof Source.Approval) {
            return "approval";
        }
        if (source instanceof Source.Turn) {
            return "turn";
        }
        return source instanceof Source.Argument ? "argument" : "input";
    }

    private static TypeMirror result(Method method) {
        var returned = method.returned();
        return returned.wrapper() == Returned.Wrapper.LOOP ? returned.value() : returned.wrapped();
    }

    /** The name of the constant that says how the method hands its result over; empty for the usual way. */
    private static String answer(Method method) {
        var returned = method.returned();
        if (returned.stage()) {
            return "STAGE";
        }
        return returned.wrapper() == Returned.Wrapper.LOOP ? "LOOP" : "";
    }

    private void exceptions(Method method) {
        var retryOn = method.annotation().types("retryOn");
        var noRetryOn = method.annotation().types("noRetryOn");
        if (!retryOn.isEmpty() || !noRetryOn.isEmpty()) {
            text.line(classes(retryOn));
            text.line(classes(noRetryOn));
        }
    }

    private String classes(List<TypeMirror> types) {
        var classes = new ArrayList<String>();
        for (var type : types) {
            classes.add(binding.type(type) + ".class");
        }
        return list(classes);
    }

    /** The arguments of a method for a call of it, or of the one that answers in its place. */
    private List<String> arguments(Method method, ExecutableElement called) {
        boolean ambiguous = overloaded.contains(called.getSimpleName().toString());
        var arguments = new ArrayList<String>();
        for (int i = 0; i < method.parameters().size(); i++) {
            var type = method.parameters().get(i).declared();
            arguments.add("arguments." + (ambiguous ? "<" + binding.boxed(type) + ">" : "") + "at(" + i + ")");
        }
        return arguments;
    }

    private void call(String before, ExecutableElement method, List<String> arguments, String after) {
        var call = "workflow." + method.getSimpleName() + "(" + String.join(", ", arguments) + ")";
        if (method.getReturnType().getKind() != TypeKind.VOID) {
            text.line(before + "(workflow, arguments) -> " + call + after);
            return;
        }
        text.begin(before + "(workflow, arguments) -> {");
        text.line(call + ";");
        text.line("return null;");
        text.out(1);
        text.line("}" + after);
    }

    /** The names that several methods have: among those, the arguments must say which one is called. */
    private static Set<String> overloaded(Subject subject) {
        var members =
                subject.types().elements().getAllMembers(subject.workflow().type());
        var names = new HashSet<String>();
        var overloaded = new HashSet<String>();
        for (var method : ElementFilter.methodsIn(members)) {
            var name = method.getSimpleName().toString();
            if (!names.add(name)) {
                overloaded.add(name);
            }
        }
        return overloaded;
    }
}
