package com.acme.orders;

import dev.millrace.Compensate;
import dev.millrace.OnFailure;
import dev.millrace.RateLimit;
import dev.millrace.RunFailure;
import dev.millrace.Step;
import dev.millrace.StepContext;
import dev.millrace.Workflow;

@Workflow
public class OrderFulfilment {

    @Step(timeout = "30s", retries = 3)
    Payment charge(Order order, StepContext ctx) {
        return new Payment(ctx.idempotencyKey(), order.cents());
    }

    @Step
    @RateLimit(value = "warehouse-api", limit = 50, per = "1s")
    Reservation reserve(Order order) {
        return new Reservation(order.id());
    }

    @Step
    Receipt ship(Order order, Payment payment, Reservation reservation) {
        return new Receipt(order.id(), payment.id());
    }

    @Compensate
    void refund(Payment payment) {}

    @OnFailure
    void alert(Order order, RunFailure failure) {}
}
