package dev.millrace.processor.rule.value;

import dev.millrace.processor.model.Parameter;
import dev.millrace.processor.model.Source;
import dev.millrace.processor.model.Vocabulary;
import dev.millrace.processor.report.Problem;
import dev.millrace.processor.report.Report;
import dev.millrace.processor.report.Tag;
import dev.millrace.processor.rule.Rule;
import dev.millrace.processor.rule.Subject;
import dev.millrace.processor.schema.Schema;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;
import javax.lang.model.element.Element;

/** What travels between steps can be stored and read back, and what is said about its parts has an effect. */
final class SerializableRule implements Rule {
    /** What has these types inside is told by a rule of its own, which knows better what to do. */
    private static final Set<String> NO_VALUES = noValues();

    private final Predicate<Tag> concerns;

    private SerializableRule(Predicate<Tag> concerns) {
        this.concerns = concerns;
    }

    /** Tells what is wrong in every version. */
    static SerializableRule always() {
        return new SerializableRule(tag -> tag != Tag.NOT_YET_SUPPORTED);
    }

    /** Tells what no control plane acts on yet. */
    static SerializableRule later() {
        return new SerializableRule(tag -> tag == Tag.NOT_YET_SUPPORTED);
    }

    @Override
    public void check(Subject subject, Report report) {
        Set<String> told = new HashSet<>();
        var input = subject.wiring().input();
        if (input.isPresent() && subject.input().isPresent()) {
            var parameter = input.get();
            tell(subject.input().get(), parameter.element(), "input, " + parameter.label(), told, report);
        }
        for (var method : subject.workflow().stepsAndActions()) {
            for (var parameter : method.parameters()) {
                if (subject.given().containsKey(parameter) && !isRawEmitter(subject, parameter)) {
                    tell(subject.given().get(parameter), parameter.element(), parameter.label(), told, report);
                }
            }
            if (subject.values().containsKey(method)
                    && !method.returned().raw()
                    && method.element().getTypeParameters().isEmpty()
                    && !WrapperRule.hides(subject, method)
                    && !subject.types().mentions(method.returned().value(), NO_VALUES)) {
                tell(subject.values().get(method), method.element(), "result of " + method.label(), told, report);
            }
        }
    }

    /** What has no type argument where it needs one is told by rules of its own. */
    private static boolean isRawEmitter(Subject subject, Parameter parameter) {
        return subject.wiring().source(parameter) instanceof Source.Stream stream
                && subject.types().isA(stream.item(), Vocabulary.EMITTER);
    }

    private static Set<String> noValues() {
        var names = new HashSet<>(Vocabulary.GIVEN_TYPES);
        names.addAll(Vocabulary.ONLY_RESULTS);
        return Set.copyOf(names);
    }

    /** A type that two steps return is told once, where it is met first. */
    private void tell(Schema schema, Element element, String what, Set<String> told, Report report) {
        for (var flaw : schema.flaws()) {
            if (concerns.test(flaw.tag()) && told.add(flaw.sentence())) {
                var sentence = flaw.sentence().substring(0, flaw.sentence().length() - 1) + " (" + what + ").";
                report.add(Problem.at(element, flaw.tag(), sentence).fix(flaw.fix()));
            }
        }
    }
}
