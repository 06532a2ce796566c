package dev.millrace.testing;

import dev.millrace.Durable;
import dev.millrace.Step;
import dev.millrace.Workflow;
import java.time.Duration;
import java.util.List;

/** A workflow that says how far it is. */
@Workflow(timeout = "90d")
class Tour {
    record Plan(List<String> cities) {}

    record Progress(int stage, String city) {}

    @Step(timeout = "60d")
    String travel(Plan plan, Durable durable) {
        var seen = new StringBuilder();
        for (int i = 0; i < plan.cities().size(); i++) {
            var city = plan.cities().get(i);
            durable.state(new Progress(i, city));
            seen.append(durable.call("visit", String.class, city::toUpperCase)).append(' ');
            durable.sleep(Duration.ofDays(1));
        }
        return seen.toString().trim();
    }
}
