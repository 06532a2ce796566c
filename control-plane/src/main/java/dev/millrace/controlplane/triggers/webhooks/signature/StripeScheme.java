package dev.millrace.controlplane.triggers.webhooks.signature;

import dev.millrace.controlplane.triggers.webhooks.signature.Verdict.Genuine;
import java.util.ArrayList;
import java.util.List;

/**
 * Stripe: {@code Stripe-Signature: t=SECONDS,v1=HEX,…} over {@code SECONDS.body}; several {@code v1} while a secret is rolled. Stripe
 * names a delivery by the id of the event in the body.
 */
public record StripeScheme() implements Scheme {
    private static final String HEADER = "Stripe-Signature";

    @Override
    public Verdict check(Delivery delivery, List<String> secrets) {
        var header = delivery.header(HEADER);
        if (header.isEmpty()) {
            return Proof.missing(HEADER);
        }
        var times = new ArrayList<String>();
        var signatures = new ArrayList<byte[]>();
        for (var part : header.get().split(",")) {
            if (part.strip().startsWith("t=")) {
                times.add(part.strip().substring(2));
            } else if (part.strip().startsWith("v1=")) {
                Encoding.HEX.read(part.strip().substring(3)).ifPresent(signatures::add);
            }
        }
        if (times.size() != 1 || signatures.isEmpty()) {
            return Proof.malformed("The header " + HEADER + " is not \"t=SECONDS,v1=SIGNATURE\".");
        }
        boolean matches = Proof.matches(
                signatures,
                secrets,
                secret -> Algorithm.SHA256.sign(Proof.utf8(secret), Proof.utf8(times.get(0) + "."), delivery.body()));
        if (!matches) {
            return Proof.wrong();
        }
        return Proof.age(times.get(0), delivery.receivedAt(), "The header " + HEADER)
                .orElseGet(() -> new Genuine(Bodies.text(delivery.body(), "id")));
    }
}
