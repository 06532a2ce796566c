package dev.millrace.processor.rule.failure;

import dev.millrace.processor.report.Problem;
import dev.millrace.processor.report.Report;
import dev.millrace.processor.report.Tag;
import dev.millrace.processor.rule.Rule;
import dev.millrace.processor.rule.Subject;
import javax.lang.model.type.TypeMirror;

/** No exception is both retried and not. */
final class RetryConflictRule implements Rule {

    @Override
    public void check(Subject subject, Report report) {
        for (var method : subject.workflow().methods()) {
            var annotation = method.annotation();
            for (var value : annotation.items("noRetryOn")) {
                if (value.getValue() instanceof TypeMirror type
                        && annotation.types("retryOn").stream()
                                .anyMatch(other -> subject.types().same(type, other))) {
                    report.add(Problem.at(
                                    method.element(),
                                    annotation.annotation(),
                                    value,
                                    Tag.RETRY_CONFLICT,
                                    subject.types().shortName(type) + " is in both retryOn and noRetryOn of "
                                            + method.label() + ".")
                            .fix("remove it from one of them."));
                }
            }
        }
    }
}
