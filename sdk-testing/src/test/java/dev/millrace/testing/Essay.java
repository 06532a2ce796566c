package dev.millrace.testing;

import dev.millrace.Durable;
import dev.millrace.Input;
import dev.millrace.RateLimit;
import dev.millrace.Step;
import dev.millrace.StepContext;
import dev.millrace.Workflow;
import java.time.Duration;
import java.util.function.BiConsumer;

/** Looks something up, and writes about it over two days with a model that costs tokens. */
@Workflow(timeout = "9d")
class Essay {
    static final String TOKENS = "openai.tokens";
    /** Told what is done and in which attempt; may throw, use something or crash things. */
    BiConsumer<String, StepContext> happens = (what, context) -> {};

    /** What was found. */
    record Facts(String about) {}

    @Step(retries = 2)
    @RateLimit(value = "search", limit = 10, per = "1h", cost = "5")
    Facts search(@Input String topic, StepContext context) {
        happens.accept("search", context);
        return new Facts(topic);
    }

    @Step(timeout = "5d")
    String write(Facts facts, Durable durable) {
        var draft = durable.call("draft", String.class, () -> does("draft", 100, durable) + facts.about());
        durable.sleep(Duration.ofDays(1));
        return draft + durable.call("polish", String.class, () -> does("polish", 10, durable));
    }

    private String does(String what, long tokens, Durable durable) {
        durable.context().usage(TOKENS, tokens);
        happens.accept(what, durable.context());
        return what;
    }
}
