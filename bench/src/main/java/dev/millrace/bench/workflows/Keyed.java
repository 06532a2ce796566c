package dev.millrace.bench.workflows;

import dev.millrace.Fair;
import dev.millrace.Step;
import dev.millrace.Workflow;
import java.util.ArrayList;
import java.util.List;

/**
 * One step whose runs take turns by a key. It keeps the keys in the order in which their runs were let in, and can be held like {@link
 * Held}.
 */
@Workflow("bench-keyed")
@Fair(key = "input.key")
public class Keyed {
    private final Held gate = new Held();
    private final List<String> order = new ArrayList<>();

    /**
     * What a run is started with.
     *
     * @param key whose turn it takes
     * @param order what else it carries
     */
    public record Job(String key, Order order) {}

    @Step(timeout = "1h")
    Receipt handle(Job job) throws InterruptedException {
        synchronized (order) {
            order.add(job.key());
        }
        return gate.handle(job.order());
    }

    /** From now on attempts wait at the gate, or no longer. */
    public void hold(boolean hold) {
        gate.hold(hold);
    }

    /** How many have been let in so far. */
    public int count() {
        synchronized (order) {
            return order.size();
        }
    }

    /** The keys of those that were let in from one place in their order on. */
    public List<String> since(int place) {
        synchronized (order) {
            return List.copyOf(order.subList(place, order.size()));
        }
    }
}
