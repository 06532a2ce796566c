package com.acme;

import dev.millrace.Backoff;
import dev.millrace.Compensate;
import dev.millrace.From;
import dev.millrace.Input;
import dev.millrace.OnFailure;
import dev.millrace.RateLimit;
import dev.millrace.Result;
import dev.millrace.RunFailure;
import dev.millrace.Step;
import dev.millrace.StepContext;
import dev.millrace.Visibility;
import dev.millrace.Workflow;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeoutException;

/** Everything that can be written, on a class that only its package sees. */
@Workflow(
        value = "bookings.v2",
        description = "Books \"everything\" there is.",
        tags = {"travel", "eu"},
        visibility = Visibility.PRIVATE,
        timeout = "12h")
@RateLimit(value = "database", limit = 1000)
final class Bookings {

    @Step(
            name = "enrich-trip",
            timeout = "1m30s",
            queueTimeout = "10m",
            retries = 5,
            backoff = @Backoff(initial = "250ms", multiplier = 1.5, max = "20s"),
            retryOn = {IOException.class, TimeoutException.class},
            noRetryOn = Refused.class,
            slots = 2)
    Trip enrich(@Input Trip trip) throws IOException {
        return trip;
    }

    @Step
    @RateLimit(value = "airline", limit = 10, per = "1m", burst = 3)
    @RateLimit(value = "hotel", limit = 5)
    List<Seat> seats(@From("enrich-trip") Trip trip, StepContext context) throws Throwable {
        return List.of();
    }

    @Step(after = "enrich-trip")
    int price(List<Seat> seats) {
        return seats.size();
    }

    @Step
    @Result
    boolean[] confirm(int price, List<Seat> seats) {
        return new boolean[0];
    }

    @Step(after = {"confirm", "seats"})
    void notifyGuest(@Input Trip trip) {}

    @Step
    Audit audit(boolean[] confirmed) {
        return new Audit(0);
    }

    @Compensate(timeout = "10s", retries = 10, backoff = @Backoff(initial = "2s"))
    void giveBack(List<Seat> seats, @Input Trip trip, StepContext context) throws IOException {}

    @Compensate("price")
    void forget() {}

    @OnFailure(retries = 2)
    void alert(RunFailure failure, StepContext context, @Input Trip trip) {}

    record Trip(String from, String to) {}

    record Seat(String number) {}

    record Audit(long entries) {}

    static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }
}
