package com.acme;

import dev.millrace.Indexed;
import dev.millrace.Sensitive;
import dev.millrace.Step;
import dev.millrace.Workflow;
import java.util.List;
import java.util.UUID;

/** Takes money. */
@Workflow
public class Payments {

    @Step
    public Receipt charge(Payment payment) {
        return new Receipt("");
    }

    /**
     * A payment.
     *
     * @param card what it is paid with
     */
    public record Payment(
            @Indexed UUID id,
            @Indexed("customer") String customerId,
            @Sensitive Card card,
            List<Item> items) {}

    public record Card(@Sensitive String number, String network) {}

    public record Item(@Sensitive @Indexed("sku") String sku) {}

    public record Receipt(String id) {}
}
