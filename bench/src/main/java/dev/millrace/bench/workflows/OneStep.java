package dev.millrace.bench.workflows;

import dev.millrace.Step;
import dev.millrace.Workflow;

/** The smallest workflow there is: its one step does nothing, so what is measured is everything around it. */
@Workflow("bench-one-step")
public class OneStep {

    @Step
    Receipt handle(Order order) {
        return new Receipt(order, Receipt.nowMicros());
    }
}
