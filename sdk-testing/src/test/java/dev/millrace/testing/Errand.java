package dev.millrace.testing;

import dev.millrace.Durable;
import dev.millrace.Input;
import dev.millrace.Step;
import dev.millrace.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A workflow that waits for signals: items until it is told to go, or until it has waited for a month. */
@Workflow(timeout = "90d")
class Errand {
    /** Something to fetch. */
    record Item(String name, int pieces) {}

    final List<String> fetched = new ArrayList<>();

    @Step(timeout = "60d")
    String run(@Input String who, Durable durable) {
        var done = new ArrayList<String>();
        var go = durable.expectSignal("go", String.class, Duration.ofDays(50));
        while (true) {
            var item = durable.expectSignal("item", Item.class, Duration.ofDays(30));
            var first = durable.anyOf(go, item);
            if (first == go) {
                return who + " went " + go.join().orElse("home") + " with " + done;
            }
            if (item.join().isEmpty()) {
                return who + " waited in vain";
            }
            var what = item.join().get();
            done.add(durable.call("fetch", String.class, () -> fetch(what)));
        }
    }

    private String fetch(Item item) {
        fetched.add(item.name());
        return item.pieces() + " " + item.name();
    }
}
