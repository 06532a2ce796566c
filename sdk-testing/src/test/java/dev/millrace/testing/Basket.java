package dev.millrace.testing;

import dev.millrace.Durable;
import dev.millrace.Step;
import dev.millrace.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A workflow that takes three signals, one after the other. */
@Workflow(timeout = "90d")
class Basket {
    @Step(timeout = "60d")
    List<String> fill(int size, Durable durable) {
        var items = new ArrayList<String>();
        while (items.size() < size) {
            var item = durable.signal("item", String.class, Duration.ofDays(10)).orElse("nothing");
            items.add(durable.call("pack", String.class, () -> "packed " + item));
        }
        return items;
    }
}
