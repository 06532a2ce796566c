package dev.millrace.controlplane.triggers.webhooks.signature;

import dev.millrace.controlplane.triggers.webhooks.signature.Verdict.Genuine;
import java.util.List;
import java.util.Optional;

/**
 * The secret itself in a header. Proves the sender, not the body.
 *
 * @param header that carries it
 */
public record ApiKeyScheme(String header) implements Scheme {
    @Override
    public Verdict check(Delivery delivery, List<String> secrets) {
        var given = delivery.header(header);
        if (given.isEmpty()) {
            return Proof.missing(header);
        }
        return Proof.matches(List.of(Proof.utf8(given.get())), secrets, Proof::utf8)
                ? new Genuine(Optional.empty())
                : Proof.wrong();
    }
}
