package dev.millrace.controlplane.triggers.webhooks.signature;

import dev.millrace.controlplane.triggers.webhooks.signature.Verdict.Genuine;
import java.util.ArrayList;
import java.util.List;

/**
 * Standard Webhooks, and Svix, of which it was made: {@code webhook-signature: v1,BASE64 v1,BASE64 …} over {@code id.SECONDS.body}. The
 * secret is written in Base64, after {@code whsec_}.
 *
 * @param headerPrefix {@code webhook-}, or {@code svix-}
 */
public record StandardScheme(String headerPrefix) implements Scheme {
    private static final String SECRET_PREFIX = "whsec_";

    /** The scheme by its own headers. */
    public static StandardScheme standard() {
        return new StandardScheme("webhook-");
    }

    /** The scheme by the headers of Svix. */
    public static StandardScheme svix() {
        return new StandardScheme("svix-");
    }

    @Override
    public void requireSecret(String secret) {
        var encoded = secret.startsWith(SECRET_PREFIX) ? secret.substring(SECRET_PREFIX.length()) : secret;
        if (Encoding.BASE64.read(encoded).filter(key -> key.length > 0).isEmpty()) {
            throw new IllegalArgumentException("The secret of a Standard Webhooks endpoint is Base64, mostly after \""
                    + SECRET_PREFIX + "\"; this one is not. Copy it as the provider shows it.");
        }
    }

    @Override
    public Verdict check(Delivery delivery, List<String> secrets) {
        for (var name : List.of("id", "timestamp", "signature")) {
            if (delivery.header(headerPrefix + name).isEmpty()) {
                return Proof.missing(headerPrefix + name);
            }
        }
        var id = delivery.header(headerPrefix + "id").orElseThrow();
        var timestamp = delivery.header(headerPrefix + "timestamp").orElseThrow();
        var signatures = new ArrayList<byte[]>();
        for (var part :
                delivery.header(headerPrefix + "signature").orElseThrow().split(" ")) {
            if (part.startsWith("v1,")) {
                Encoding.BASE64.read(part.substring(3)).ifPresent(signatures::add);
            }
        }
        if (signatures.isEmpty()) {
            return Proof.malformed("The header " + headerPrefix + "signature has no \"v1,SIGNATURE\".");
        }
        boolean matches = Proof.matches(
                signatures,
                secrets,
                secret -> Algorithm.SHA256.sign(key(secret), Proof.utf8(id + "." + timestamp + "."), delivery.body()));
        if (!matches) {
            return Proof.wrong();
        }
        return Proof.age(timestamp, delivery.receivedAt(), "The header " + headerPrefix + "timestamp")
                .orElseGet(() -> new Genuine(delivery.header(headerPrefix + "id")));
    }

    private static byte[] key(String secret) {
        var encoded = secret.startsWith(SECRET_PREFIX) ? secret.substring(SECRET_PREFIX.length()) : secret;
        return Encoding.BASE64
                .read(encoded)
                .orElseThrow(() -> new IllegalStateException("A secret was stored that is not Base64."));
    }
}
