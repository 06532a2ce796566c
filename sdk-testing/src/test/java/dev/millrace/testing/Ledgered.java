package dev.millrace.testing;

import dev.millrace.Durable;
import dev.millrace.Input;
import dev.millrace.Step;
import dev.millrace.Workflow;
import java.time.Duration;

/** Adds up payments without an end, three of them to a turn; a payment of nothing ends it. */
@Workflow(timeout = "20d")
class Ledgered {
    /**
     * Where it stands.
     *
     * @param turns how often it began
     */
    record Balance(int turns, long cents) {}

    @Step(timeout = "10d")
    Balance keep(@Input Balance balance, Durable durable) {
        long cents = balance.cents();
        for (int i = 0; i < 3; i++) {
            var paid = durable.event("paid", Long.class, Duration.ofDays(5)).orElse(0L);
            long more = durable.signal("bonus", Long.class, Duration.ZERO).orElse(0L);
            if (paid == 0) {
                return new Balance(balance.turns(), cents);
            }
            cents += paid + more;
        }
        return durable.restart(new Balance(balance.turns() + 1, cents));
    }
}
