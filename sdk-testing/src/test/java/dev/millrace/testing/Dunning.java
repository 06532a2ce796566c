package dev.millrace.testing;

import static dev.millrace.Where.where;

import dev.millrace.Durable;
import dev.millrace.Step;
import dev.millrace.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A workflow that reminds of an invoice until it is paid. */
@Workflow(timeout = "300d")
class Dunning {
    record Invoice(String id, int cents) {}

    record Paid(String invoice, int cents) {}

    final List<String> reminders = new ArrayList<>();

    @Step(timeout = "200d")
    String collect(Invoice invoice, Durable durable) {
        int open = invoice.cents();
        for (int reminder = 1; reminder <= 3; reminder++) {
            var paid = durable.event(
                    "invoice.paid", Paid.class, where("event.invoice == i", "i", invoice.id()), Duration.ofDays(30));
            if (paid.isPresent()) {
                open -= paid.get().cents();
                if (open <= 0) {
                    return "paid";
                }
            } else {
                var text = invoice.id() + " " + reminder;
                durable.call("remind", Void.class, () -> {
                    reminders.add(text);
                    return null;
                });
            }
        }
        return open + " cents open";
    }

    /** Asks what cannot be asked. */
    @Workflow("confused")
    static class Confused {
        @Step(timeout = "1d")
        String ask(Invoice invoice, Durable durable) {
            return durable.event("paid", Paid.class, where("event.invoice =="), Duration.ofHours(1))
                            .isPresent()
                    ? "yes"
                    : "no";
        }
    }
}
