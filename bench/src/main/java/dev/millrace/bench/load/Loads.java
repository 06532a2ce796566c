package dev.millrace.bench.load;

import dev.millrace.TypeRef;
import dev.millrace.bench.figures.Figures;
import dev.millrace.bench.workflows.FanOut;
import dev.millrace.bench.workflows.FanOutClient;
import dev.millrace.bench.workflows.LimitedClient;
import dev.millrace.bench.workflows.OneStepClient;
import dev.millrace.bench.workflows.Order;
import dev.millrace.bench.workflows.Receipt;
import dev.millrace.bench.workflows.ThreeStepsClient;
import dev.millrace.client.Millrace;
import dev.millrace.codec.JacksonCodec;

/** The patterns, and how large what travels in them is. */
public final class Loads {
    private final Millrace millrace;
    private final Enqueue enqueue;

    public Loads(Millrace millrace) {
        this.millrace = millrace;
        this.enqueue = new Enqueue(millrace);
    }

    /** One-step runs, so many in flight. */
    public Load flood(int window) {
        return sized(new Flood(millrace, window), bytes(Order.of(1, 0)), bytes(receipt()));
    }

    /** One-step runs, so many a second. */
    public Load steady(int rate) {
        var client = new OneStepClient(millrace);
        return sized(new Steady(client::start, rate), bytes(Order.of(1, 0)), bytes(receipt()));
    }

    /** The same with four limits on their way, none of which is ever reached. */
    public Load limited(int rate) {
        var client = new LimitedClient(millrace);
        return sized(new Steady(client::start, rate), bytes(Order.of(1, 0)), bytes(receipt()));
    }

    /** Three-step runs, so many in flight. */
    public Load chains(int callers) {
        var client = new ThreeStepsClient(millrace);
        var load = new Callers(callers, number -> client.run(Order.of(number, 0)));
        return sized(load, bytes(Order.of(1, 0)), bytes(receipt()));
    }

    /** Runs that fan out to so many elements, one at a time; the sizes are those of one element. */
    public Load fan(int elements) {
        var client = new FanOutClient(millrace);
        var load = new Callers(1, number -> {
            var shipment = client.run(new FanOut.Consignment(elements));
            if (shipment.parcels() != elements) {
                throw new IllegalStateException(
                        "A run joined " + shipment.parcels() + " elements instead of " + elements + ".");
            }
        });
        return sized(load, bytes(new FanOut.Parcel(1, Order.of(1, 0))), bytes(new FanOut.Weighed(1, 3)));
    }

    /** One-step runs started in bulk, without waiting for their ends. */
    public Load queue() {
        return sized(enqueue::fill, bytes(Order.of(1, 0)), bytes(receipt()));
    }

    /** The ends of all that {@link #queue} has started. */
    public Load drain() {
        return enqueue::drain;
    }

    private static Load sized(Load load, int inputBytes, int resultBytes) {
        var sizes = Figures.none().with("inputBytes", inputBytes).with("resultBytes", resultBytes);
        return length -> load.run(length).and(sizes);
    }

    private static Receipt receipt() {
        return new Receipt(Order.of(1, 0), Receipt.nowMicros());
    }

    @SuppressWarnings("unchecked")
    private static <T> int bytes(T value) {
        return new JacksonCodec().write(value, TypeRef.of((Class<T>) value.getClass())).length;
    }
}
