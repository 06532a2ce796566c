package dev.millrace.processor.rule.literal;

import dev.millrace.processor.model.Mirror;
import dev.millrace.processor.model.Parameter;
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
import java.util.Optional;
import java.util.function.Function;

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
        check(workflow.annotation(), "timeout", DurationLiteral::positive, report);
        workflow.rateLimits().forEach(limit -> check(limit, "per", DurationLiteral::positive, report));
        OF_THE_CLASS.forEach((annotation, members) -> workflow.annotations(annotation)
                .forEach(
                        mirror -> members.forEach(member -> check(mirror, member, DurationLiteral::positive, report))));
        for (var method : workflow.methods()) {
            method.annotations(Vocabulary.BATCH)
                    .forEach(batch -> check(batch, "maxWait", DurationLiteral::positive, report));
            method.annotations(Vocabulary.CIRCUIT_BREAKER)
                    .forEach(breaker -> check(breaker, "openFor", DurationLiteral::positive, report));
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
                            wrong.sentence())
                    .fix(wrong.fix()));
        }
    }
}
