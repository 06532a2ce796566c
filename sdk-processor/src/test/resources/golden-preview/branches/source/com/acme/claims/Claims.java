package com.acme.claims;

import dev.millrace.From;
import dev.millrace.Outcome;
import dev.millrace.Step;
import dev.millrace.Workflow;
import java.util.List;
import java.util.Optional;

/** What may be missing: an expert who is not always asked, and checks that may fail. */
@Workflow
public class Claims {
    @Step
    public Optional<Expert> choose(Claim claim) {
        return claim.cents() > 100_000 ? Optional.of(new Expert("anna")) : Optional.empty();
    }

    @Step
    public Opinion ask(Expert expert, Claim claim) {
        return new Opinion(true);
    }

    @Step(retries = 2)
    public Check police(Claim claim) {
        return new Check(true);
    }

    @Step(retries = 2)
    public Check register(Claim claim) {
        return new Check(true);
    }

    @Step
    public Decision decide(
            Claim claim,
            Optional<Opinion> opinion,
            @From("police") Outcome<Check> police,
            @From("register") Outcome<Check> register) {
        return new Decision(List.of());
    }

    @Step
    public Invoice invoice(Expert expert) {
        return new Invoice(5_000);
    }
}
