package dev.millrace.testing;

import dev.millrace.Durable;
import dev.millrace.Step;
import dev.millrace.Workflow;
import java.time.Duration;

/** A workflow that answers what it is asked until it is closed. */
@Workflow(timeout = "90d")
class Quotes {
    record Ask(int pages) {}

    record Quote(int cents, int number) {}

    @Step(timeout = "60d")
    String serve(int centsPerPage, Durable durable) {
        int given = 0;
        var close = durable.expectSignal("close", String.class, Duration.ofDays(50));
        while (true) {
            var ask = durable.expectSignal("quote", Ask.class, Duration.ofDays(50));
            if (durable.anyOf(ask, close) == close) {
                return given + " quotes";
            }
            var pages = ask.join().orElseThrow().pages();
            int cents = durable.call("reckon", Integer.class, () -> pages * centsPerPage);
            durable.answer(ask, new Quote(cents, ++given));
        }
    }
}
