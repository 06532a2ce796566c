package dev.millrace.processor.rule.failure;

import dev.millrace.processor.model.Mirror;
import dev.millrace.processor.model.Vocabulary;
import dev.millrace.processor.report.Problem;
import dev.millrace.processor.report.Report;
import dev.millrace.processor.report.Tag;
import dev.millrace.processor.rule.Rule;
import dev.millrace.processor.rule.Subject;
import java.util.HashMap;
import java.util.List;

/** A circuit that steps share opens for all of them in the same way. */
final class CircuitBreakerRule implements Rule {

    @Override
    public void check(Subject subject, Report report) {
        var shared = new HashMap<String, Mirror>();
        for (var method : subject.workflow().stepsAndActions()) {
            for (var breaker : method.annotations(Vocabulary.CIRCUIT_BREAKER)) {
                var name = breaker.text("value").orElse("");
                var other = name.isEmpty() ? null : shared.putIfAbsent(name, breaker);
                if (other != null && !settings(other).equals(settings(breaker))) {
                    report.add(Problem.at(
                                    breaker.element(),
                                    breaker.annotation(),
                                    Tag.CIRCUIT_BREAKER_CONFLICT,
                                    "Circuit breaker \"" + name + "\" opens otherwise here than on "
                                            + other.element().getSimpleName() + "(), but both share it.")
                            .fix("make failureRate, window and openFor equal, or give one another name."));
                }
            }
        }
    }

    private static List<Object> settings(Mirror breaker) {
        return List.of(
                breaker.number("failureRate").map(Number::doubleValue).orElse(0.5),
                breaker.number("window").map(Number::intValue).orElse(20),
                breaker.text("openFor").orElse("30s"));
    }
}
