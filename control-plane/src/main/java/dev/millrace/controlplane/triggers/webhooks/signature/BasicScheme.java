package dev.millrace.controlplane.triggers.webhooks.signature;

import dev.millrace.controlplane.triggers.webhooks.signature.Verdict.Genuine;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Name and password in {@code Authorization: Basic …} (RFC 7617); the secret is the password. Proves the sender, not the body.
 *
 * @param user the name
 */
public record BasicScheme(String user) implements Scheme {
    private static final String HEADER = "Authorization";
    private static final String PREFIX = "basic ";

    @Override
    public Verdict check(Delivery delivery, List<String> secrets) {
        var header = delivery.header(HEADER);
        if (header.isEmpty()) {
            return Proof.missing(HEADER);
        }
        var given = header.filter(text -> text.toLowerCase(Locale.ROOT).startsWith(PREFIX))
                .flatMap(text ->
                        Encoding.BASE64.read(text.substring(PREFIX.length()).strip()));
        if (given.isEmpty()) {
            return Proof.malformed("The header " + HEADER + " is not \"Basic\" and a name with a password in Base64.");
        }
        return Proof.matches(List.of(given.get()), secrets, secret -> Proof.utf8(user + ":" + secret))
                ? new Genuine(Optional.empty())
                : Proof.wrong();
    }
}
