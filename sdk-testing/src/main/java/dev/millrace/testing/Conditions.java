package dev.millrace.testing;

import dev.millrace.engine.Command;
import dev.millrace.engine.Command.Decision;
import dev.millrace.engine.Effect;
import dev.millrace.engine.Failure;
import dev.millrace.engine.TaskState;
import dev.millrace.engine.Verdict;
import dev.millrace.expression.EvaluationException;
import dev.millrace.expression.StepConditions;
import dev.millrace.manifest.Json;
import dev.millrace.manifest.JsonValue;
import java.util.HashMap;
import java.util.Map;

/** Evaluates the conditions of steps, which the engine asks about because it does not look into values. */
final class Conditions {

    private Conditions() {}

    static Command.StepDecided decide(Effect.DecideStep question, Version version) {
        return new Command.StepDecided(
                question.tenant(),
                question.run(),
                question.generation(),
                question.node(),
                new Decision.Whole(verdict(question, version)));
    }

    private static Verdict verdict(Effect.DecideStep question, Version version) {
        try {
            return version.conditions().holds(question.node(), variables(question, version))
                    ? Verdict.PLAIN
                    : new Verdict.HoldsNot();
        } catch (EvaluationException e) {
            return new Verdict.Unknown(Failure.CONDITION_FAILED, e.getMessage());
        }
    }

    private static Map<String, JsonValue> variables(Effect.DecideStep question, Version version) {
        var parameters = version.manifest().steps().get(question.node()).parameters();
        Map<String, JsonValue> variables = new HashMap<>();
        for (var argument : question.arguments()) {
            var parameter = parameters.get(argument.parameter());
            if (StepConditions.hasValue(parameter)) {
                variables.put(
                        parameter.name(),
                        argument.state() == TaskState.SUCCEEDED ? json(Messages.value(argument)) : JsonValue.NULL);
            }
        }
        Map<String, JsonValue> labels = new HashMap<>();
        question.metadata().forEach((name, value) -> labels.put(name, JsonValue.of(value)));
        variables.put("input", json(question.input().data()));
        variables.put("metadata", new JsonValue.Object(labels));
        return variables;
    }

    private static JsonValue json(byte[] json) {
        return json.length == 0 ? JsonValue.NULL : Json.read(json);
    }
}
