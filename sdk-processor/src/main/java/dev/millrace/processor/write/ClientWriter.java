package dev.millrace.processor.write;

import static dev.millrace.processor.write.GeneratedClass.DURABLE;

import dev.millrace.manifest.Names;
import dev.millrace.processor.model.Parameter;
import dev.millrace.processor.model.Vocabulary;
import dev.millrace.processor.rule.Subject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.annotation.processing.Filer;
import javax.lang.model.type.TypeMirror;

/** Writes {@code XClient}, which starts runs of {@code X} with the types of {@code X}. */
public final class ClientWriter {
    private static final String MILLRACE = "dev.millrace.client.Millrace";
    private static final String RUN_STARTER = "dev.millrace.client.RunStarter";
    private static final String RUN_HANDLE = "dev.millrace.client.RunHandle";
    private static final String RUN_LOADER = "dev.millrace.client.RunLoader";
    private static final String START_OPTIONS = "dev.millrace.client.StartOptions";
    private static final String WORKFLOW_REF = "dev.millrace.binding.WorkflowRef";

    /** Names that the generated methods use themselves. */
    private static final Set<String> TAKEN = Set.of("runs", "options", "inputs", "millrace");

    private final Subject subject;
    private final GeneratedClass client;
    private final ResultRecord resultRecord;
    private final JavaText text = new JavaText();
    private final Optional<Parameter> input;
    /** What one start brings: of a workflow that gathers starts, an element of its input. */
    private final Optional<TypeMirror> brought;

    private final String result;

    public ClientWriter(Subject subject) {
        this.subject = subject;
        this.client = new GeneratedClass(
                subject, "Client", subject.wiring().results().size() < 2 ? List.of() : List.of(ResultRecord.NAME));
        this.resultRecord = new ResultRecord(subject, client);
        this.input = subject.wiring().input();
        boolean gathers = !subject.workflow().annotations(Vocabulary.COLLECT).isEmpty();
        this.brought = input.map(parameter -> gathers ? subject.types().argument(parameter.type()) : parameter.type());
        this.result = resultRecord.type();
    }

    /** Writes the client. */
    public void write(String shapeHash, Filer filer) throws IOException {
        var visibility = client.visibility(mentioned());
        text.in(1);
        fields(shapeHash);
        constructor(
                visibility,
                "A client that starts runs over this connection.",
                client.type(MILLRACE) + " millrace",
                "millrace.workflow(WORKFLOW)");
        constructor(
                visibility,
                "A client for durable code: the runs it starts are children of the run that the code belongs to.",
                client.type(DURABLE) + " durable",
                client.type(RUN_STARTER) + ".within(durable, WORKFLOW)");
        run();
        start(false);
        start(true);
        if (input.isPresent()) {
            startAll();
            loader();
        }
        resultRecord.declare(visibility, text);
        client.write(javadoc(), visibility + "final class " + client.name(), text, filer);
    }

    private List<TypeMirror> mentioned() {
        var mentioned = new ArrayList<TypeMirror>();
        if (input.isPresent()) {
            mentioned.add(brought.orElseThrow());
        }
        for (var step : subject.wiring().results()) {
            mentioned.add(step.returns());
        }
        return mentioned;
    }

    private List<String> javadoc() {
        var workflow = subject.workflow();
        var name = Names.isName(workflow.name()) ? workflow.name() : workflow.label();
        var lines = new ArrayList<String>();
        lines.add("Starts runs of the workflow {@code " + name + "}, which is {@link " + client.workflow() + "}:");
        lines.add("");
        lines.addAll(new Drawing(subject).lines());
        lines.add("");
        lines.add("<p>Thread-safe; make one and keep it.");
        return lines;
    }

    private void fields(String shapeHash) {
        var types = "<" + inputType() + ", " + result + ">";
        var ref = client.type(WORKFLOW_REF);
        text.line("private static final " + ref + types + " WORKFLOW = new " + ref + "<>(");
        text.in(2);
        text.line(JavaText.literal(subject.workflow().name()) + ",");
        text.line(JavaText.literal(shapeHash) + ",");
        text.line((input.isPresent() ? client.typeRef(brought.orElseThrow()) : client.typeRef(inputType())) + ",");
        text.line(resultRecord.typeRef() + ");");
        text.out(2);
        text.line("");
        text.line("private final " + client.type(RUN_STARTER) + types + " runs;");
    }

    private String inputType() {
        return input.isPresent() ? client.boxed(brought.orElseThrow()) : client.type("java.lang.Void");
    }

    private void constructor(String visibility, String javadoc, String parameter, String runs) {
        documented(javadoc);
        text.begin(visibility + client.name(), List.of(parameter));
        text.line("this.runs = " + runs + ";");
        text.end();
    }

    private void run() {
        boolean hasResult = !subject.wiring().results().isEmpty();
        documented("Starts a run and waits for its result.");
        text.begin("public " + (hasResult ? result : "void") + " run", parameters());
        text.line((hasResult ? "return " : "") + "runs.run(" + inputArgument() + ");");
        text.end();
    }

    private void start(boolean withOptions) {
        var parameters = parameters();
        if (withOptions) {
            parameters.add(
                    client.type("java.util.function.UnaryOperator") + "<" + client.type(START_OPTIONS) + "> options");
        }
        documented(withOptions ? "Starts a run with options of its own." : "Starts a run.");
        text.begin("public " + handle() + " start", parameters);
        text.line("return runs.start(" + inputArgument() + (withOptions ? ", options" : "") + ");");
        text.end();
    }

    private void startAll() {
        documented("Starts a run for each input; the handles are in the order of the inputs.");
        text.begin(
                "public " + client.type("java.util.List") + "<" + handle() + "> startAll",
                List.of(client.type("java.util.Collection") + "<? extends " + inputType() + "> inputs"));
        text.line("return runs.startAll(inputs);");
        text.end();
    }

    private void loader() {
        documented("Starts runs for any number of inputs without keeping them.");
        text.begin("public " + client.type(RUN_LOADER) + "<" + inputType() + "> loader", List.of());
        text.line("return runs.loader();");
        text.end();
    }

    private void documented(String javadoc) {
        text.line("");
        text.javadoc(List.of(javadoc));
    }

    private String handle() {
        return client.type(RUN_HANDLE) + "<" + result + ">";
    }

    private List<String> parameters() {
        var parameters = new ArrayList<String>();
        if (input.isPresent()) {
            parameters.add(inputType() + " " + inputName());
        }
        return parameters;
    }

    private String inputName() {
        var name = input.orElseThrow().name();
        return TAKEN.contains(name) ? "input" : name;
    }

    /** A workflow without input is started with {@code null}, the only value of {@code Void}. */
    private String inputArgument() {
        return input.isPresent() ? inputName() : "null";
    }
}
