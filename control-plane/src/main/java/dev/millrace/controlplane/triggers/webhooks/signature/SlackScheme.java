package dev.millrace.controlplane.triggers.webhooks.signature;

import dev.millrace.controlplane.triggers.webhooks.signature.Verdict.Genuine;
import java.util.List;

/**
 * Slack: {@code X-Slack-Signature: v0=HEX} over {@code v0:SECONDS:body}, the second being in {@code X-Slack-Request-Timestamp}. Events are
 * named in the body; commands and buttons, which come as forms, are named nowhere.
 */
public record SlackScheme() implements Scheme {
    private static final String SIGNATURE = "X-Slack-Signature";
    private static final String TIMESTAMP = "X-Slack-Request-Timestamp";

    @Override
    public Verdict check(Delivery delivery, List<String> secrets) {
        var header = delivery.header(SIGNATURE);
        var timestamp = delivery.header(TIMESTAMP);
        if (header.isEmpty() || timestamp.isEmpty()) {
            return Proof.missing(header.isEmpty() ? SIGNATURE : TIMESTAMP);
        }
        var signature =
                header.filter(text -> text.startsWith("v0=")).flatMap(text -> Encoding.HEX.read(text.substring(3)));
        if (signature.isEmpty()) {
            return Proof.malformed("The header " + SIGNATURE + " is not \"v0=SIGNATURE\".");
        }
        boolean matches = Proof.matches(
                List.of(signature.get()),
                secrets,
                secret -> Algorithm.SHA256.sign(
                        Proof.utf8(secret), Proof.utf8("v0:" + timestamp.get() + ":"), delivery.body()));
        if (!matches) {
            return Proof.wrong();
        }
        return Proof.age(timestamp.get(), delivery.receivedAt(), "The header " + TIMESTAMP)
                .orElseGet(() -> new Genuine(Bodies.text(delivery.body(), "event_id")));
    }
}
