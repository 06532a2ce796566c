package dev.millrace.bench.workflows;

import dev.millrace.Step;
import dev.millrace.Workflow;

/** Three steps in a row, each of which waits for the one before. */
@Workflow("bench-three-steps")
public class ThreeSteps {

    @Step
    Picked pick(Order order) {
        return new Picked(order);
    }

    @Step
    Packed pack(Picked picked) {
        return new Packed(picked.order());
    }

    @Step
    Receipt ship(Packed packed) {
        return new Receipt(packed.order(), Receipt.nowMicros());
    }

    /** What the first step hands on. */
    public record Picked(Order order) {}

    /** What the second step hands on. */
    public record Packed(Order order) {}
}
