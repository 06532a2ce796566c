package dev.millrace.testing;

import dev.millrace.Step;
import dev.millrace.When;
import dev.millrace.Workflow;
import java.util.Map;
import java.util.Optional;

/** A claim that is paid at once when it is small, or when its label says so, and is looked at when it is not. */
@Workflow
class Claim {
    record Damage(String id, long cents, Map<String, Long> shares) {}

    record Assessment(long cents) {}

    record Payment(String of) {}

    @Step
    Assessment assess(Damage damage) {
        return new Assessment(damage.cents());
    }

    @Step
    @When("assessment.cents < 10000 || 'fast' in metadata")
    Payment pay(Damage damage, Assessment assessment) {
        return new Payment(damage.id());
    }

    @Step
    @When("input.shares['ours'] > 50")
    String inform(Damage damage) {
        return "informed";
    }

    @Step
    String close(Damage damage, Optional<Payment> payment) {
        return payment.map(Payment::of).orElse("by hand");
    }
}
