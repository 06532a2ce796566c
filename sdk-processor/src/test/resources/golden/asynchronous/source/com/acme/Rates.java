package com.acme;

import dev.millrace.Each;
import dev.millrace.Step;
import dev.millrace.StepContext;
import dev.millrace.Workflow;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Steps that answer later. */
@Workflow
public class Rates {

    @Step
    public CompletionStage<List<String>> currencies(String base) {
        return CompletableFuture.completedFuture(List.of(base));
    }

    @Step
    public CompletableFuture<Rate> rate(@Each String currency, StepContext context) {
        return CompletableFuture.completedFuture(new Rate(currency, 1));
    }

    @Step
    public CompletionStage<Optional<Rate>> best(List<Rate> rates) {
        return CompletableFuture.completedFuture(rates.stream().findFirst());
    }

    @Step
    public CompletionStage<Void> publish(List<Rate> rates) {
        return CompletableFuture.completedFuture(null);
    }

    public record Rate(String currency, double value) {}
}
