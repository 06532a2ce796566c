package dev.millrace.testing;

import dev.millrace.engine.Command.Decision;
import dev.millrace.engine.DoorKeys;
import dev.millrace.engine.Failure;
import dev.millrace.engine.RunTerms;
import dev.millrace.engine.Terms;
import dev.millrace.engine.Verdict;
import dev.millrace.expression.Answer;
import dev.millrace.expression.WorkflowExpressions;
import dev.millrace.manifest.Json;
import dev.millrace.manifest.JsonValue;
import java.util.HashMap;
import java.util.Map;

/** What expressions say, in the words of the engine. */
final class Verdicts {
    private Verdicts() {}

    /** What is decided about a start, which may become a run of its own, part of another, or nothing. */
    static RunTerms atDoor(WorkflowExpressions expressions, byte[] input, Map<String, String> metadata) {
        // Gathered starts are elements of the input: what needs all of it is decided when they are together.
        var terms = expressions.gathers() ? RunTerms.NONE : atStart(expressions, input, metadata);
        if (!expressions.decideAtDoor()) {
            return terms;
        }
        var keys = expressions.atDoor(json(input), metadata);
        return keys.untold().isPresent()
                ? new RunTerms(of(keys.untold().get()), Map.of())
                : terms.through(new DoorKeys(keys.window(), keys.throttle()));
    }

    /** What is decided when a run starts, or is replayed with another input. */
    static RunTerms atStart(WorkflowExpressions expressions, byte[] input, Map<String, String> metadata) {
        if (!expressions.decideAtStart()) {
            return RunTerms.NONE;
        }
        var start = expressions.atStart(json(input), metadata);
        Map<Integer, Verdict> steps = new HashMap<>();
        start.steps().forEach((step, answer) -> steps.put(step, of(answer)));
        return new RunTerms(of(start.run()), steps);
    }

    static Decision of(WorkflowExpressions.OfStep step) {
        return step.perElement()
                ? new Decision.Each(step.answers().stream().map(Verdicts::of).toList())
                : new Decision.Whole(of(step.answers().get(0)));
    }

    private static Verdict of(Answer answer) {
        if (answer instanceof Answer.Ahead ahead) {
            return new Verdict.Holds(new Terms(
                    ahead.concurrency(),
                    ahead.fairness(),
                    ahead.weight(),
                    ahead.limitKeys(),
                    ahead.costs(),
                    ahead.batch()));
        } else if (answer instanceof Answer.Untold untold) {
            return new Verdict.Unknown(
                    untold.condition() ? Failure.CONDITION_FAILED : Failure.KEY_EXPRESSION_ERROR, untold.message());
        }
        return new Verdict.HoldsNot();
    }

    /** No bytes are no value. */
    static JsonValue json(byte[] json) {
        return json.length == 0 ? JsonValue.NULL : Json.read(json);
    }
}
