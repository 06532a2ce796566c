package dev.millrace.processor.rule.shape;

import dev.millrace.processor.model.Mirror;
import dev.millrace.processor.model.Vocabulary;
import dev.millrace.processor.report.Problem;
import dev.millrace.processor.report.Report;
import dev.millrace.processor.report.Tag;
import dev.millrace.processor.rule.Rule;
import dev.millrace.processor.rule.Subject;
import java.util.HashSet;
import java.util.List;
import java.util.function.Function;

/** What is said of a thing of one name is said once. */
final class RepeatedRule implements Rule {

    @Override
    public void check(Subject subject, Report report) {
        var workflow = subject.workflow();
        once(
                workflow.annotations(Vocabulary.BUDGET),
                "value",
                budget -> budget.text("value").orElse(""),
                report);
        once(
                workflow.annotations(Vocabulary.METADATA),
                "name",
                label -> label.text("name").orElse(""),
                report);
        once(workflow.annotations(Vocabulary.CRON), "name", RepeatedRule::schedule, report);
        once(
                workflow.annotations(Vocabulary.ON_EVENT),
                "value",
                event -> event.text("value").orElse("")
                        + event.text("where")
                                .map(where -> "\" where \"" + where)
                                .orElse(""),
                report);
        var tags = new HashSet<String>();
        for (var tag : workflow.annotation().items("tags")) {
            var text = String.valueOf(tag.getValue());
            if (text.isBlank() || !tags.add(text)) {
                report.add(Problem.at(
                                workflow.type(),
                                workflow.annotation().annotation(),
                                tag,
                                text.isBlank() ? Tag.BAD_NAME : Tag.TOLD_TWICE,
                                text.isBlank()
                                        ? "A tag of " + workflow.label() + " is blank, so nobody could search for it."
                                        : "Tag \"" + text + "\" of " + workflow.label() + " is there twice.")
                        .fix("remove it."));
            }
        }
    }

    private static String schedule(Mirror cron) {
        return cron.text("name").or(() -> cron.text("value")).orElse("");
    }

    private static void once(List<Mirror> mirrors, String member, Function<Mirror, String> key, Report report) {
        var seen = new HashSet<String>();
        for (var mirror : mirrors) {
            var name = key.apply(mirror);
            if (!seen.add(name)) {
                var sentence = "@" + mirror.simpleName() + " is told twice for \"" + name + "\".";
                var problem = mirror.written(member)
                        .map(value ->
                                Problem.at(mirror.element(), mirror.annotation(), value, Tag.TOLD_TWICE, sentence))
                        .orElseGet(() -> Problem.at(mirror.element(), mirror.annotation(), Tag.TOLD_TWICE, sentence));
                report.add(problem.fix(
                        member.equals("name") && mirror.qualifiedName().equals(Vocabulary.CRON)
                                ? "give one of the schedules another name: @Cron(name = \"…\")."
                                : "remove one of them."));
            }
        }
    }
}
