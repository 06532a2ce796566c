package dev.millrace.samples.research;

import java.util.function.Consumer;

/** A language model. Safe for use by many threads. */
public interface Model {
    /** The rate limit that all its users share: tokens a minute. */
    String LIMIT = "llm-tpm";

    /** How many there are. */
    long TOKENS_PER_MINUTE = 90_000;

    /** The name under which runs account for what they use. */
    String TOKENS = "llm.tokens";

    /**
     * Answers.
     *
     * @param pieces told the text piece by piece, as it comes
     * @throws dev.millrace.RetryAfterException if it has too much to do: it closes the limit for everybody for as long as it says
     * @throws dev.millrace.NonRetryableException if it will never answer this
     * @throws ModelBusyException if it did not answer this time
     */
    Answer answer(Prompt prompt, Consumer<String> pieces);
}
