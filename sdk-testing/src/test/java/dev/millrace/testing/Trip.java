package dev.millrace.testing;

import dev.millrace.Backoff;
import dev.millrace.Compensate;
import dev.millrace.Each;
import dev.millrace.OnFailure;
import dev.millrace.RateLimit;
import dev.millrace.RunFailure;
import dev.millrace.Step;
import dev.millrace.StepContext;
import dev.millrace.Workflow;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** A workflow whose world is played by the test. */
@Workflow(timeout = "3d")
public class Trip {

    /** What is asked for. */
    public record Order(String id, int seats) {}

    /** Money that was taken. */
    public record Payment(String number) {}

    /** A seat to be taken. */
    public record Wish(int seat) {}

    /** A seat that is taken. */
    public record Seat(int number) {}

    /** What comes of it all. */
    public record Ticket(String payment, List<Integer> seats) {}

    /** What the steps call. */
    interface World {
        /** Called by every step with its name. */
        void calls(String step, StepContext context);
    }

    final List<String> told = new ArrayList<>();
    private final World world;

    Trip(World world) {
        this.world = world;
    }

    @Step(retries = 2, timeout = "1m", backoff = @Backoff(initial = "10s", multiplier = 2, max = "1m"))
    Payment pay(Order order, StepContext context) {
        world.calls("pay", context);
        return new Payment(context.idempotencyKey());
    }

    @Step
    List<Wish> wish(Order order) {
        return IntStream.range(0, order.seats()).mapToObj(Wish::new).toList();
    }

    @Step
    @RateLimit(value = "rail", limit = 10, per = "1s")
    Seat seat(@Each Wish wish, StepContext context) {
        world.calls("seat", context);
        return new Seat(wish.seat());
    }

    @Step(retries = 1, backoff = @Backoff(initial = "10s", max = "10s"))
    Ticket issue(Payment payment, List<Seat> seats, StepContext context) {
        world.calls("issue", context);
        return new Ticket(payment.number(), seats.stream().map(Seat::number).toList());
    }

    @Compensate
    void refund(Payment payment) {
        told.add("refunded " + payment.number());
    }

    @OnFailure
    void apologise(Order order, RunFailure failure) {
        told.add("sorry " + order.id() + ": " + failure.code() + ", " + failure.message());
    }
}
