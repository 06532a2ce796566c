package dev.millrace.samples.research;

import dev.millrace.Backoff;
import dev.millrace.RateLimit;
import dev.millrace.Step;
import dev.millrace.StepContext;
import dev.millrace.Workflow;

/**
 * One answer of the model, as a run of its own: durable code asks for it by a child, and so each answer waits its turn at the rate limit
 * that everybody shares, holding no worker meanwhile, and is stored.
 */
@Workflow(description = "One answer of the language model.", timeout = "1h")
public class Completion {
    private final Model model;

    public Completion(Model model) {
        this.model = model;
    }

    // The estimate is set aside before the call, and corrected by what it really cost. A 429 closes the limit for as
    // long as the provider says: for this call and for all others, on whichever worker they are.
    @Step(timeout = "2m", retries = 8, backoff = @Backoff(initial = "500ms", max = "30s"))
    @RateLimit(value = Model.LIMIT, limit = Model.TOKENS_PER_MINUTE, per = "1m", cost = "input.estimatedTokens")
    Answer complete(Prompt prompt, StepContext context) {
        var answer = model.answer(prompt, piece -> {});
        context.settle(Model.LIMIT, answer.tokens());
        return answer;
    }
}
