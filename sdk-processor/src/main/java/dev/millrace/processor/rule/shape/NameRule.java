package dev.millrace.processor.rule.shape;

import dev.millrace.manifest.Names;
import dev.millrace.processor.model.Method;
import dev.millrace.processor.model.Mirror;
import dev.millrace.processor.model.Parameter;
import dev.millrace.processor.model.Vocabulary;
import dev.millrace.processor.report.Problem;
import dev.millrace.processor.report.Report;
import dev.millrace.processor.report.Tag;
import dev.millrace.processor.rule.Rule;
import dev.millrace.processor.rule.Subject;
import java.text.Normalizer;
import java.util.Locale;
import javax.lang.model.element.Element;

/** Names stand in addresses, labels and metrics without escaping. */
final class NameRule implements Rule {
    private static final int LONGEST_GUESS = 40;
    private static final int LONGEST_HEADING = 128;

    @Override
    public void check(Subject subject, Report report) {
        var workflow = subject.workflow();
        check(workflow.type(), workflow.annotation(), "value", "a workflow", workflow.name(), report);
        for (var limit : workflow.rateLimits()) {
            checkLimit(limit, report);
        }
        for (var limit : workflow.annotations(Vocabulary.CONCURRENCY)) {
            checkGiven(limit, "name", "a concurrency limit", report);
        }
        for (var budget : workflow.annotations(Vocabulary.BUDGET)) {
            checkWritten(budget, "value", "a budget", report);
        }
        for (var label : workflow.annotations(Vocabulary.METADATA)) {
            checkWritten(label, "name", "a label", report);
        }
        for (var method : workflow.methods()) {
            check(
                    method.element(),
                    method.annotation(),
                    "name",
                    article(method) + " " + method.role().noun().toLowerCase(Locale.ROOT),
                    method.name(),
                    report);
            for (var limit : method.rateLimits()) {
                checkLimit(limit, report);
            }
            for (var limit : method.annotations(Vocabulary.CONCURRENCY)) {
                checkGiven(limit, "name", "a concurrency limit", report);
            }
            for (var breaker : method.annotations(Vocabulary.CIRCUIT_BREAKER)) {
                checkGiven(breaker, "value", "a circuit breaker", report);
            }
            for (var parameter : method.parameters()) {
                checkWait(parameter, report);
            }
        }
    }

    private static void checkWait(Parameter parameter, Report report) {
        if (parameter.await().isPresent()) {
            checkWritten(parameter.await().get(), "event", "an event", report);
        }
        if (parameter.approval().isPresent()) {
            checkWritten(parameter.approval().get(), "role", "a role", report);
            checkHeading(parameter.approval().get(), report);
        }
    }

    private static String article(Method method) {
        return switch (method.role()) {
            case STEP, COMPENSATION -> "a";
            case ACTION, ON_FAILURE -> "an";
        };
    }

    /** An empty text stands for no name where a name is not needed. */
    private static void checkGiven(Mirror mirror, String member, String what, Report report) {
        if (!mirror.text(member).orElse("").isEmpty()) {
            checkWritten(mirror, member, what, report);
        }
    }

    private static void checkWritten(Mirror mirror, String member, String what, Report report) {
        var name = mirror.text(member);
        if (name.isPresent()) {
            check(mirror.element(), mirror, member, what, name.get(), report);
        }
    }

    /** People read a heading, so it may be any text that fits on a line. */
    private static void checkHeading(Mirror approval, Report report) {
        approval.text("value")
                .filter(heading -> heading.isBlank()
                        || heading.length() > LONGEST_HEADING
                        || heading.chars().anyMatch(Character::isISOControl))
                .ifPresent(heading -> report.add(Problem.at(
                                approval.element(),
                                approval.annotation(),
                                approval.written("value").orElseThrow(),
                                Tag.BAD_NAME,
                                "What @Approval asks is no heading of a form: headings are one line of 1 to "
                                        + LONGEST_HEADING + " characters, this one has " + heading.length() + ".")
                        .fix("write a short question, and explain it in the documentation of the form's type.")));
    }

    private static void checkLimit(Mirror limit, Report report) {
        check(
                limit.element(),
                limit,
                "value",
                "a rate limit",
                limit.text("value").orElse(""),
                report);
    }

    private static void check(
            Element element, Mirror annotation, String member, String what, String name, Report report) {
        if (Names.isName(name)) {
            return;
        }
        var sentence = "\"" + name + "\" is no name for " + what
                + ": names are 1 to 128 letters (a-z, A-Z), digits, '.', '_', ':' or '-', beginning with a letter or a digit.";
        var problem = annotation
                .written(member)
                .map(value -> Problem.at(element, annotation.annotation(), value, Tag.BAD_NAME, sentence))
                .orElseGet(() -> Problem.at(element, Tag.BAD_NAME, sentence)
                        .detail("The name comes from the source, because none is given."));
        var other = "\"" + meant(name) + "\"";
        report.add(problem.fix("write another name, as in @" + annotation.simpleName()
                + (member.equals("value") ? "(" + other + ")." : "(" + member + " = " + other + ").")));
    }

    /** A name that is allowed and like the one that is written. */
    private static String meant(String name) {
        var plain = Normalizer.normalize(name.replace("ß", "ss"), Normalizer.Form.NFD)
                .replaceAll("\\p{M}", "")
                .trim()
                .replaceAll("[^a-zA-Z0-9._:-]+", "-")
                .replaceAll("^[^a-zA-Z0-9]+|-+$", "");
        return plain.length() > LONGEST_GUESS || plain.isEmpty() ? "…" : plain;
    }
}
