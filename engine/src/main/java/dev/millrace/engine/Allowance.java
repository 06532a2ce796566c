package dev.millrace.engine;

import java.util.Objects;

/**
 * What became of the budgets of a run, over all its generations.
 *
 * @param asked whether it ever asked for more
 * @param raised how much it may use of those that somebody has raised, by name
 */
public record Allowance(boolean asked, Usage raised) {

    /** Of a run whose budgets are as its workflow says. */
    public static final Allowance NONE = new Allowance(false, Usage.NONE);

    public Allowance {
        Objects.requireNonNull(raised, "raised");
    }

    /** The same, of a run that has asked. */
    public Allowance asking() {
        return asked ? this : new Allowance(true, raised);
    }

    /** The same, with so much of one thing. */
    public Allowance with(String budget, long limit) {
        return new Allowance(asked, raised.atLeast(Usage.of(budget, limit)));
    }
}
