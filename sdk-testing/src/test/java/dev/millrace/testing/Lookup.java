package dev.millrace.testing;

import dev.millrace.CircuitBreaker;
import dev.millrace.Outcome;
import dev.millrace.Step;
import dev.millrace.Workflow;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** A workflow of an asynchronous step, one with a fallback behind a circuit breaker, and one that may be skipped. */
@Workflow
public class Lookup {

    /** What is asked. */
    public record Query(String text) {}

    /** What is known. */
    public record Found(String text) {}

    /** How good that is. */
    public record Rating(int stars) {}

    /** What else there is. */
    public record Hint(String text) {}

    /** What comes of it all. */
    public record Page(String text, int stars, String hint, String outcome) {}

    private final Supplier<CompletionStage<Found>> find;
    private final Supplier<Rating> rate;
    private final Supplier<Optional<Hint>> hint;

    Lookup(Supplier<CompletionStage<Found>> find, Supplier<Rating> rate, Supplier<Optional<Hint>> hint) {
        this.find = find;
        this.rate = rate;
        this.hint = hint;
    }

    @Step(timeout = "1m")
    CompletionStage<Found> find(Query query) {
        return find.get();
    }

    @Step(fallback = "unrated")
    @CircuitBreaker(failureRate = 1, window = 2, openFor = "1h")
    Rating rate(Query query) {
        return rate.get();
    }

    Rating unrated(Query query) {
        return new Rating(0);
    }

    @Step
    Optional<Hint> hint(Query query) {
        return hint.get();
    }

    @Step
    Page page(Found found, Rating rating, Optional<Hint> hint, Outcome<Hint> outcome) {
        return new Page(
                found.text(),
                rating.stars(),
                hint.map(Hint::text).orElse("none"),
                outcome.getClass().getSimpleName());
    }
}
