package dev.millrace.testing;

import dev.millrace.engine.Command;
import dev.millrace.engine.Effect;
import dev.millrace.engine.Payload;
import dev.millrace.engine.TaskState;
import dev.millrace.manifest.JsonValue;
import java.util.HashMap;
import java.util.Map;

/** Evaluates the expressions of steps, which the engine asks about because it does not look into values. */
final class Decisions {
    private Decisions() {}

    static Command.StepDecided decide(Effect.DecideStep question, Version version) {
        var decision = Verdicts.of(version.expressions()
                .ofStep(
                        question.node(),
                        Verdicts.json(question.input().data()),
                        question.metadata(),
                        parameters(question, version),
                        question.elements()));
        return new Command.StepDecided(
                question.tenant(), question.run(), question.generation(), question.node(), decision);
    }

    /** Makes the input of a run out of what several starts brought. */
    static Command.InputGathered gather(Effect.GatherInput question, Version version) {
        var input = Messages.joined(question.elements());
        return new Command.InputGathered(
                question.tenant(),
                question.run(),
                question.elements().size(),
                Payload.inline(input),
                Verdicts.atStart(version.expressions(), input, question.metadata()));
    }

    private static Map<String, JsonValue> parameters(Effect.DecideStep question, Version version) {
        var parameters = version.manifest().steps().get(question.node()).parameters();
        Map<String, JsonValue> values = new HashMap<>();
        for (var argument : question.arguments()) {
            values.put(
                    parameters.get(argument.parameter()).name(),
                    argument.state() == TaskState.SUCCEEDED ? Verdicts.json(Messages.value(argument)) : JsonValue.NULL);
        }
        return values;
    }
}
