package dev.millrace.controlplane.triggers.webhooks.signature;

import dev.millrace.controlplane.triggers.webhooks.signature.Verdict.Genuine;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Linear: {@code Linear-Signature: HEX} over the body, which says itself when it was sent ({@code webhookTimestamp}, milliseconds); it
 * counts for a minute.
 */
public record LinearScheme() implements Scheme {
    private static final String SIGNATURE = "Linear-Signature";
    private static final String TIMESTAMP = "webhookTimestamp";
    private static final Duration TOLERANCE = Duration.ofMinutes(1);

    @Override
    public Verdict check(Delivery delivery, List<String> secrets) {
        var header = delivery.header(SIGNATURE);
        if (header.isEmpty()) {
            return Proof.missing(SIGNATURE);
        }
        var signature = header.flatMap(Encoding.HEX::read);
        if (signature.isEmpty()) {
            return Proof.malformed("The header " + SIGNATURE + " is not a signature in HEX.");
        }
        boolean matches = Proof.matches(
                List.of(signature.get()),
                secrets,
                secret -> Algorithm.SHA256.sign(Proof.utf8(secret), delivery.body()));
        if (!matches) {
            return Proof.wrong();
        }
        var millis = Bodies.number(delivery.body(), TIMESTAMP);
        if (millis.isEmpty()) {
            return Proof.malformed("The body has no number " + TIMESTAMP + ".");
        }
        try {
            var where = "The body's " + TIMESTAMP;
            return Proof.age(Instant.ofEpochMilli(millis.getAsLong()), delivery.receivedAt(), TOLERANCE, where)
                    .orElseGet(() -> new Genuine(delivery.header("Linear-Delivery")));
        } catch (DateTimeException e) {
            return Proof.malformed("The body's " + TIMESTAMP + " is not a number of milliseconds since 1970.");
        }
    }
}
