package dev.millrace.testing;

import dev.millrace.Budget;
import dev.millrace.BudgetExceeded;
import dev.millrace.Input;
import dev.millrace.Step;
import dev.millrace.StepContext;
import dev.millrace.Workflow;

/** Asks a model twice, and may use as much as one question takes before it has to ask a person. */
@Workflow(timeout = "2d")
@Budget(value = "openai.tokens", limit = 1_000, exceeded = BudgetExceeded.ASK)
class Frugal {
    /** What was asked first. */
    record Draft(String text) {}

    @Step
    Draft draft(@Input String topic, StepContext context) {
        context.usage("openai.tokens", 1_200);
        return new Draft(topic);
    }

    @Step
    String polish(Draft draft, StepContext context) {
        context.usage("openai.tokens", 300);
        return draft.text() + "!";
    }
}
