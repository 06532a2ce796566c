package dev.millrace.processor;

import dev.millrace.manifest.ManifestHashes;
import dev.millrace.manifest.ManifestJson;
import dev.millrace.manifest.ManifestRules;
import dev.millrace.processor.model.Method;
import dev.millrace.processor.model.Parameter;
import dev.millrace.processor.model.TypeSystem;
import dev.millrace.processor.model.Vocabulary;
import dev.millrace.processor.model.Wiring;
import dev.millrace.processor.read.WorkflowReader;
import dev.millrace.processor.report.Problem;
import dev.millrace.processor.report.Report;
import dev.millrace.processor.report.Tag;
import dev.millrace.processor.rule.Subject;
import dev.millrace.processor.schema.Schema;
import dev.millrace.processor.schema.SchemaBuilder;
import dev.millrace.processor.write.BindingWriter;
import dev.millrace.processor.write.ClientWriter;
import dev.millrace.processor.write.ManifestBuilder;
import dev.millrace.processor.write.StepsWriter;
import java.io.IOException;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import javax.annotation.processing.FilerException;
import javax.annotation.processing.ProcessingEnvironment;
import javax.lang.model.element.TypeElement;
import javax.tools.StandardLocation;

/** Takes one class with {@code @Workflow}, or a catalogue of actions, all the way: read it, find its graph, check it, and write what follows. */
final class WorkflowCompiler {
    /** With these, not even a client could be written that compiles. */
    private static final Set<Tag> FATAL = EnumSet.of(
            Tag.INTERFACE_WORKFLOW,
            Tag.GENERIC_WORKFLOW,
            Tag.PRIVATE_CLASS,
            Tag.GENERIC_STEP,
            Tag.DUPLICATE_STEP,
            Tag.PRIVATE_TYPE,
            Tag.RESERVED_NAME,
            Tag.NOT_SERIALIZABLE,
            Tag.UNRESOLVED_TYPE);

    /** With these, no facade could be written that compiles. */
    private static final Set<Tag> FATAL_FOR_FACADE = EnumSet.of(Tag.ACTION_SIGNATURE, Tag.PRIVATE_STEP);

    private final ProcessingEnvironment environment;
    private final TypeSystem types;

    WorkflowCompiler(ProcessingEnvironment environment) {
        this.environment = environment;
        this.types = new TypeSystem(environment.getElementUtils(), environment.getTypeUtils());
    }

    /**
     * Compiles a class.
     *
     * @param last whether types that do not exist now never will
     * @return whether it is done; if not, it waits for types that do not exist yet, and nothing was said or written
     */
    boolean compile(TypeElement type, boolean last) {
        var report = new Report(type);
        try {
            var subject = read(type);
            var unresolved = UnresolvedTypes.of(subject);
            if (!unresolved.isEmpty() && !last) {
                return false;
            }
            Rules.checkShape(subject, report);
            if (unresolved.isEmpty()) {
                Rules.checkTypes(subject, report);
            }
            unresolved.forEach(report::add);
            if (!preview()) {
                Rules.checkEffective(subject, report);
            }
            write(subject, report);
        } catch (FilerException e) {
            report.add(Problem.at(
                            type,
                            Tag.RESERVED_NAME,
                            "What is generated for " + type.getSimpleName() + " has the name of a file that exists: "
                                    + e.getMessage() + ".")
                    .fix("rename the class that is in the way, or " + type.getSimpleName() + "."));
        } catch (IOException | RuntimeException e) {
            report.add(internal(type, e));
        }
        report.print(environment.getMessager());
        return true;
    }

    private boolean preview() {
        return Boolean.parseBoolean(environment.getOptions().get(MillraceProcessor.PREVIEW));
    }

    private Subject read(TypeElement type) {
        var workflow = Vocabulary.isCatalogue(type)
                ? WorkflowReader.readCatalogue(type, environment.getElementUtils())
                : WorkflowReader.read(type);
        var wiring = Wiring.of(workflow, types);
        Map<Method, Schema> values = new LinkedHashMap<>();
        for (var method : workflow.stepsAndActions()) {
            if (method.hasValue()) {
                values.put(method, SchemaBuilder.of(wiring.valueOfOneCall(method), types));
            }
        }
        Map<Parameter, Schema> given = new LinkedHashMap<>();
        for (var method : workflow.methods()) {
            for (var parameter : method.parameters()) {
                wiring.given(parameter).ifPresent(value -> given.put(parameter, SchemaBuilder.of(value, types)));
            }
        }
        return new Subject(
                workflow,
                wiring,
                wiring.input().map(input -> SchemaBuilder.of(input.type(), types)),
                values,
                given,
                types);
    }

    private void write(Subject subject, Report report) throws IOException {
        var filer = environment.getFiler();
        if (report.hasErrors()) {
            // Whoever uses the client or the facade should not be told that it is missing as well: that follows from
            // the errors
            // above.
            if (!report.hasAny(FATAL) && !subject.workflow().isCatalogue()) {
                new ClientWriter(subject).write("", filer);
                if (!report.hasAny(FATAL_FOR_FACADE)) {
                    StepsWriter.write(subject, filer);
                }
            }
            return;
        }
        boolean catalogue = subject.workflow().isCatalogue();
        var manifest = new ManifestBuilder(subject, SourceLines.of(environment)).build();
        var type = subject.workflow().type();
        var problems = ManifestRules.check(manifest).stream()
                .filter(problem -> !preview() || !problem.code().equals("NOT_SUPPORTED"))
                .filter(problem -> !catalogue || !problem.code().equals("NO_STEPS"))
                .toList();
        if (!problems.isEmpty()) {
            throw new IllegalStateException("the control plane would refuse the manifest: " + problems);
        }
        var path = "META-INF/millrace/" + (catalogue ? "catalogues/" : "") + type.getQualifiedName() + ".json";
        var resource = filer.createResource(StandardLocation.CLASS_OUTPUT, "", path, type);
        try (var writer = resource.openWriter()) {
            writer.write(ManifestJson.write(manifest));
        }
        var hashes = ManifestHashes.of(manifest);
        new BindingWriter(subject).write(hashes.version(), path, filer);
        if (!catalogue) {
            new ClientWriter(subject).write(hashes.shape(), filer);
            StepsWriter.write(subject, filer);
        }
    }

    private static Problem internal(TypeElement type, Exception e) {
        var frame = e.getStackTrace().length == 0 ? "" : " at " + e.getStackTrace()[0];
        return Problem.at(
                        type,
                        Tag.INTERNAL,
                        "The Millrace compiler plug-in failed on " + type.getSimpleName() + ": " + e + frame + ".")
                .detail("That is a fault of the plug-in, whatever the class looks like.")
                .fix("please report it, with the class.");
    }
}
