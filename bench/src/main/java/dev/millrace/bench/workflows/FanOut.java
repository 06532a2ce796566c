package dev.millrace.bench.workflows;

import dev.millrace.Each;
import dev.millrace.Step;
import dev.millrace.Workflow;
import java.util.List;
import java.util.stream.LongStream;

/** One step makes a list, another runs once per element, a third joins what came of them. */
@Workflow("bench-fan-out")
public class FanOut {

    @Step
    List<Parcel> split(Consignment consignment) {
        return LongStream.range(0, consignment.parcels())
                .mapToObj(number -> new Parcel(number, Order.of(number, 0)))
                .toList();
    }

    @Step
    Weighed weigh(@Each Parcel parcel) {
        return new Weighed(parcel.number(), parcel.order().lines().size());
    }

    @Step
    Shipment join(List<Weighed> parcels) {
        return new Shipment(
                parcels.size(), parcels.stream().mapToInt(Weighed::pieces).sum());
    }

    /** What a run is started with: how many elements to fan out to. */
    public record Consignment(int parcels) {}

    /** One element. */
    public record Parcel(long number, Order order) {}

    /** What became of one element. */
    public record Weighed(long number, int pieces) {}

    /** What became of all. */
    public record Shipment(int parcels, int pieces) {}
}
