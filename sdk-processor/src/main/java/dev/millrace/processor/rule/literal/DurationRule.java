package dev.millrace.processor.rule.literal;

import dev.millrace.processor.model.Method;
import dev.millrace.processor.model.Mirror;
import dev.millrace.processor.model.Vocabulary;
import dev.millrace.processor.read.DurationLiteral;
import dev.millrace.processor.read.Read;
import dev.millrace.processor.report.Problem;
import dev.millrace.processor.report.Report;
import dev.millrace.processor.report.Tag;
import dev.millrace.processor.rule.Rule;
import dev.millrace.processor.rule.Subject;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Every duration that is written can be read. */
final class DurationRule implements Rule {

    private static final Map<String, List<String>> OF_THE_CLASS = Map.of(
            Vocabulary.COLLECT, List.of("maxWait"),
            Vocabulary.DEBOUNCE, List.of("value", "maxWait"),
            Vocabulary.THROTTLE, List.of("per"),
            Vocabulary.CRON, List.of("jitter"));

    @Override
    public void check(Subject subject, Report report) {
        var workflow = subject.workflow();
        positive(workflow.annotation(), "timeout", report);
        for (var limit : workflow.rateLimits()) {
            positive(limit, "per", report);
        }
        for (var entry : OF_THE_CLASS.entrySet()) {
            for (var mirror : workflow.annotations(entry.getKey())) {
                for (var member : entry.getValue()) {
                    positive(mirror, member, report);
                }
            }
        }
        for (var method : workflow.methods()) {
            check(method, report);
        }
    }

    private static void check(Method method, Report report) {
        positive(method.annotation(), "timeout", report);
        positive(method.annotation(), "queueTimeout", report);
        var backoff = method.annotation().nested("backoff");
        if (backoff.isPresent()) {
            any(backoff.get(), "initial", report);
            any(backoff.get(), "max", report);
        }
        for (var batch : method.annotations(Vocabulary.BATCH)) {
            positive(batch, "maxWait", report);
        }
        for (var breaker : method.annotations(Vocabulary.CIRCUIT_BREAKER)) {
            positive(breaker, "openFor", report);
        }
        for (var limit : method.rateLimits()) {
            positive(limit, "per", report);
        }
        for (var parameter : method.parameters()) {
            var wait = parameter.waiting();
            if (wait.isPresent()) {
                positive(wait.get(), "timeout", report);
            }
        }
    }

    private static void positive(Mirror mirror, String member, Report report) {
        var text = mirror.text(member);
        if (text.isPresent()) {
            tell(mirror, member, DurationLiteral.positive(text.get()), report);
        }
    }

    private static void any(Mirror mirror, String member, Report report) {
        var text = mirror.text(member);
        if (text.isPresent()) {
            tell(mirror, member, DurationLiteral.any(text.get()), report);
        }
    }

    private static void tell(Mirror mirror, String member, Read<Duration> read, Report report) {
        if (read instanceof Read.Wrong<Duration> wrong) {
            report.add(Problem.at(
                            mirror.element(),
                            mirror.annotation(),
                            mirror.written(member).orElseThrow(),
                            Tag.BAD_DURATION,
                            wrong.sentence())
                    .fix(wrong.fix()));
        }
    }
}
