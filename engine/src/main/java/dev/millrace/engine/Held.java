package dev.millrace.engine;

import java.time.Instant;
import java.util.Objects;

/**
 * Why a task is held back although it could begin: by a budget of its run.
 *
 * @param budget the budget's name
 * @param since when it was held
 * @param limit how much of it the run may use
 * @param asks whether somebody has to raise the budget before it can go on; else it waits for attempts that may turn out to use less
 *     than they were expected to
 */
public record Held(String budget, Instant since, double limit, boolean asks) {

    public Held {
        Objects.requireNonNull(budget, "budget");
        Objects.requireNonNull(since, "since");
    }
}
