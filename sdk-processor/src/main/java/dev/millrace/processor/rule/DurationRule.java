package dev.millrace.processor.rule;

import dev.millrace.processor.model.Mirror;
import dev.millrace.processor.model.Parameter;
import dev.millrace.processor.read.DurationLiteral;
import dev.millrace.processor.read.Read;
import dev.millrace.processor.report.Problem;
import dev.millrace.processor.report.Report;
import dev.millrace.processor.report.Tag;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/** Every duration that is written can be read. */
final class DurationRule implements Rule {

    @Override
    public void check(Subject subject, Report report) {
        var workflow = subject.workflow();
        check(workflow.annotation(), "timeout", DurationLiteral::positive, report);
        workflow.rateLimits().forEach(limit -> check(limit, "per", DurationLiteral::positive, report));
        for (var method : workflow.methods()) {
            check(method.annotation(), "timeout", DurationLiteral::positive, report);
            check(method.annotation(), "queueTimeout", DurationLiteral::positive, report);
            method.annotation().nested("backoff").ifPresent(backoff -> {
                check(backoff, "initial", DurationLiteral::any, report);
                check(backoff, "max", DurationLiteral::any, report);
            });
            method.parameters().stream()
                    .map(Parameter::waiting)
                    .flatMap(Optional::stream)
                    .forEach(wait -> check(wait, "timeout", DurationLiteral::positive, report));
            method.rateLimits().forEach(limit -> check(limit, "per", DurationLiteral::positive, report));
        }
    }

    private static void check(Mirror mirror, String member, Function<String, Read<Duration>> reader, Report report) {
        var text = mirror.text(member);
        if (text.isPresent() && reader.apply(text.get()) instanceof Read.Wrong<Duration> wrong) {
            report.add(Problem.at(
                    mirror.element(),
                    mirror.annotation(),
                    mirror.written(member).orElseThrow(),
                    Tag.BAD_DURATION,
                    wrong.sentence()));
        }
    }
}
