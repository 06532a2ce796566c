package dev.millrace.processor.rule.start;

import dev.millrace.manifest.Names;
import dev.millrace.processor.model.Mirror;
import dev.millrace.processor.model.Vocabulary;
import dev.millrace.processor.read.DurationLiteral;
import dev.millrace.processor.report.Problem;
import dev.millrace.processor.report.Report;
import dev.millrace.processor.report.Tag;
import dev.millrace.processor.rule.Rule;
import dev.millrace.processor.rule.Subject;

/** What starts runs fits what they take, and what becomes of starts does not contradict itself. */
final class TriggerRule implements Rule {

    @Override
    public void check(Subject subject, Report report) {
        var workflow = subject.workflow();
        for (var event : workflow.annotations(Vocabulary.ON_EVENT)) {
            event(subject, event, report);
        }
        var debounces = workflow.annotations(Vocabulary.DEBOUNCE);
        for (var collect : workflow.annotations(Vocabulary.COLLECT)) {
            list(subject, collect, report);
            debounces.forEach(debounce -> report.add(Problem.at(
                            debounce.element(),
                            debounce.annotation(),
                            Tag.CONFLICTING_ANNOTATIONS,
                            workflow.label()
                                    + " has @Collect and @Debounce, but starts are either gathered, or each replaces"
                                    + " the one before.")
                    .fix("keep one of them.")));
        }
        debounces.forEach(debounce -> wait(debounce, report));
    }

    private static void event(Subject subject, Mirror event, Report report) {
        var name = event.text("value").orElse("");
        if (!Names.isEventPattern(name)) {
            report.add(Problem.at(
                            event.element(),
                            event.annotation(),
                            event.written("value").orElseThrow(),
                            Tag.BAD_NAME,
                            "\"" + name
                                    + "\" is no name of an event: names are 1 to 128 letters (a-z, A-Z), digits, '.', '_',"
                                    + " ':' or '-', and '*' stands for one whole part.")
                    .fix("write a name such as \"order.placed\", or \"order.*\"."));
        }
        if (subject.wiring().input().isEmpty()) {
            report.add(Problem.at(
                            event.element(),
                            event.annotation(),
                            Tag.EVENT_WITHOUT_INPUT,
                            "Event \"" + name + "\" starts "
                                    + subject.workflow().label()
                                    + ", but its payload goes nowhere: no step takes an input.")
                    .fix("take the payload in a step, as a record of what is needed of it."));
        }
    }

    private static void list(Subject subject, Mirror collect, Report report) {
        var input = subject.wiring().input();
        if (input.isEmpty() || !subject.types().isA(input.get().type(), "java.util.List")) {
            report.add(Problem.at(
                            collect.element(),
                            collect.annotation(),
                            Tag.COLLECT_WITHOUT_LIST,
                            "@Collect gathers starts to a list, but "
                                    + input.map(parameter -> "the input of "
                                                    + subject.workflow().label() + " is "
                                                    + subject.types().shortName(parameter.type()) + " ("
                                                    + parameter.label() + ").")
                                            .orElse(subject.workflow().label() + " takes no input."))
                    .fix("take a List"
                            + input.map(parameter -> "<"
                                            + subject.types()
                                                    .shortName(subject.types().boxed(parameter.type())) + ">")
                                    .orElse(" of what starts carry")
                            + " as the input, or remove @Collect."));
        }
    }

    private static void wait(Mirror debounce, Report report) {
        var quiet = debounce.text("value")
                .flatMap(text -> DurationLiteral.positive(text).asOptional());
        var most = debounce.text("maxWait")
                .flatMap(text -> DurationLiteral.positive(text).asOptional());
        if (quiet.isPresent() && most.isPresent() && most.get().compareTo(quiet.get()) < 0) {
            report.add(Problem.at(
                            debounce.element(),
                            debounce.annotation(),
                            debounce.written("maxWait").orElseThrow(),
                            Tag.BAD_DURATION,
                            "\"" + debounce.text("maxWait").orElse("") + "\" is shorter than the \""
                                    + debounce.text("value").orElse("")
                                    + "\" that it must be quiet, so it would never be quiet for long enough.")
                    .fix("make maxWait longer, or leave it out."));
        }
    }
}
