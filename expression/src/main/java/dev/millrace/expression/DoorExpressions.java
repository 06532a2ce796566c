package dev.millrace.expression;

import dev.millrace.expression.Expressions.Purpose;
import dev.millrace.manifest.CollectSpec;
import dev.millrace.manifest.DebounceSpec;
import dev.millrace.manifest.InvalidManifestException;
import dev.millrace.manifest.JsonValue;
import dev.millrace.manifest.Manifest;
import dev.millrace.manifest.ThrottleSpec;
import java.util.Map;
import java.util.Optional;

/** The keys of what stands in front of the starts of a workflow, compiled. Immutable; safe for use by many threads. */
final class DoorExpressions {
    private final String workflow;
    private final Optional<Expression> window;
    private final Optional<Expression> throttle;

    /** @throws InvalidManifestException at the first that cannot be evaluated */
    DoorExpressions(Manifest manifest, Scope scope) {
        workflow = manifest.workflow();
        var triggers = manifest.triggers();
        var expressions = new Expressions(scope);
        window = triggers.collect().isPresent()
                ? compile(
                        expressions,
                        "triggers.collect.key",
                        triggers.collect().map(CollectSpec::key).orElse(""))
                : compile(
                        expressions,
                        "triggers.debounce.key",
                        triggers.debounce().map(DebounceSpec::key).orElse(""));
        throttle = compile(
                expressions,
                "triggers.throttle.key",
                triggers.throttle().map(ThrottleSpec::key).orElse(""));
    }

    private Optional<Expression> compile(Expressions expressions, String path, String source) {
        if (source.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(expressions.compile(source, Purpose.KEY));
        } catch (InvalidExpressionException e) {
            throw new InvalidManifestException(
                    path, "The key of starts of workflow '" + workflow + "' cannot be evaluated: " + e.getMessage());
        }
    }

    boolean isEmpty() {
        return window.isEmpty() && throttle.isEmpty();
    }

    WorkflowExpressions.AtDoor answer(Map<String, JsonValue> variables) {
        try {
            var purse = new Purse(WorkflowExpressions.MAX_COST);
            return new WorkflowExpressions.AtDoor(
                    key(window, variables, purse), key(throttle, variables, purse), Optional.empty());
        } catch (EvaluationException e) {
            return new WorkflowExpressions.AtDoor(
                    "",
                    "",
                    Optional.of(new Answer.Untold(
                            false,
                            "The key of starts of workflow '" + workflow
                                    + "' cannot be told, so nobody knows whom this one belongs to: "
                                    + e.getMessage())));
        }
    }

    private static String key(Optional<Expression> expression, Map<String, JsonValue> variables, Purse purse)
            throws EvaluationException {
        if (expression.isEmpty()) {
            return "";
        }
        var key = expression.get();
        return key.key(key.evaluate(key.bind(variables), purse));
    }
}
