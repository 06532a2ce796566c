package dev.millrace.testing;

import dev.millrace.Approval;
import dev.millrace.Await;
import dev.millrace.Step;
import dev.millrace.Workflow;
import java.util.Optional;

/** A workflow whose step waits for an event and for people before it begins. */
@Workflow(timeout = "30d")
class Delivery {
    record Parcel(String id, int grams) {}

    record Packed(String label) {}

    record Paid(String parcel, int cents) {}

    record Decision(boolean go, String why) {}

    @Step
    Packed pack(Parcel parcel) {
        return new Packed("label of " + parcel.id());
    }

    @Step
    String ship(
            Packed packed,
            @Await(
                            event = "parcel.paid",
                            where = "event.parcel == input.id && event.cents >= input.grams",
                            timeout = "7d")
                    Paid paid,
            @Approval(value = "Ship it?", role = "clerk", timeout = "2d") Optional<Decision> decision) {
        return packed.label() + ", " + paid.cents() + ", "
                + decision.map(given -> given.go() + " " + given.why()).orElse("nobody said anything");
    }
}
