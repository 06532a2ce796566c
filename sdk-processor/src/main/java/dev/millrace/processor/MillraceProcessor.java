package dev.millrace.processor;

import com.google.auto.service.AutoService;
import dev.millrace.processor.model.Vocabulary;
import java.util.LinkedHashSet;
import java.util.Set;
import javax.annotation.processing.AbstractProcessor;
import javax.annotation.processing.Processor;
import javax.annotation.processing.RoundEnvironment;
import javax.lang.model.SourceVersion;
import javax.lang.model.element.TypeElement;

/**
 * The door for the compiler: looks at every class with {@code @Workflow}, and at every catalogue of actions, once all of its types exist.
 *
 * <p>A class that mentions a type that is not there yet waits for the next round, because another processor may be about
 * to write it. In the last round it is looked at anyway, and told what is missing.
 *
 * <p>Isolating, in Gradle's words: what is written for a class depends on that class and what it mentions, and has it as
 * its one originating element.
 */
@AutoService(Processor.class)
public final class MillraceProcessor extends AbstractProcessor {
    /**
     * {@code -Amillrace.preview=true} compiles what is part of the language but no control plane runs yet, instead of
     * refusing it. It is for trying the language out: what comes of it is refused at registration.
     */
    static final String PREVIEW = "millrace.preview";

    private final Set<String> waiting = new LinkedHashSet<>();

    /** For the compiler. */
    public MillraceProcessor() {}

    /** Said here and not by annotations, of which reading the first one takes a cold compiler 10 ms. */
    @Override
    public Set<String> getSupportedAnnotationTypes() {
        return Set.of("dev.millrace.*");
    }

    @Override
    public Set<String> getSupportedOptions() {
        return Set.of(PREVIEW);
    }

    @Override
    public SourceVersion getSupportedSourceVersion() {
        return SourceVersion.latestSupported();
    }

    @Override
    public boolean process(Set<? extends TypeElement> annotations, RoundEnvironment round) {
        new Strays(processingEnv.getMessager()).report(annotations, round);
        var names = new LinkedHashSet<>(waiting);
        waiting.clear();
        for (var annotation : annotations) {
            if (annotation.getQualifiedName().contentEquals(Vocabulary.WORKFLOW)) {
                for (var element : round.getElementsAnnotatedWith(annotation)) {
                    names.add(((TypeElement) element).getQualifiedName().toString());
                }
            } else if (annotation.getQualifiedName().contentEquals(Vocabulary.ACTION)) {
                for (var element : round.getElementsAnnotatedWith(annotation)) {
                    var owner = (TypeElement) element.getEnclosingElement();
                    if (Vocabulary.isCatalogue(owner)) {
                        names.add(owner.getQualifiedName().toString());
                    }
                }
            }
        }
        var compiler = new WorkflowCompiler(processingEnv);
        for (var name : names) {
            var type = processingEnv.getElementUtils().getTypeElement(name);
            if (!compiler.compile(type, round.processingOver())) {
                waiting.add(name);
            }
        }
        return false;
    }
}
