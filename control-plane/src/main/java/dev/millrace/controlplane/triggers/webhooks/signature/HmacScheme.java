package dev.millrace.controlplane.triggers.webhooks.signature;

import dev.millrace.controlplane.triggers.webhooks.signature.Verdict.Genuine;
import java.util.List;
import java.util.Optional;

/**
 * The body's HMAC in a header, as most providers do it. Where a header with the second of signing is named, that is signed in front of the
 * body with a dot between, and limits the delivery's age.
 *
 * @param header that carries the signature
 * @param prefix what stands before the signature in the header, such as {@code sha256=}; may be empty
 * @param timestampHeader may be empty
 * @param idHeader by which the provider names a delivery; may be empty
 */
public record HmacScheme(
        String header, String prefix, Algorithm algorithm, Encoding encoding, String timestampHeader, String idHeader)
        implements Scheme {

    /** GitHub signs the body alone: it is the delivery's name that keeps an old one from counting again. */
    public static HmacScheme gitHub() {
        return new HmacScheme(
                "X-Hub-Signature-256", "sha256=", Algorithm.SHA256, Encoding.HEX, "", "X-GitHub-Delivery");
    }

    @Override
    public Verdict check(Delivery delivery, List<String> secrets) {
        var value = delivery.header(header);
        if (value.isEmpty()) {
            return Proof.missing(header);
        }
        var signature = value.filter(text -> text.startsWith(prefix))
                .flatMap(text -> encoding.read(text.substring(prefix.length())));
        if (signature.isEmpty()) {
            return Proof.malformed(
                    "The header " + header + " is not \"" + prefix + "\" and a signature in " + encoding + ".");
        }
        var timestamp = timestampHeader.isEmpty() ? Optional.of("") : delivery.header(timestampHeader);
        if (timestamp.isEmpty()) {
            return Proof.missing(timestampHeader);
        }
        var before = timestampHeader.isEmpty() ? "" : timestamp.get() + ".";
        boolean matches = Proof.matches(
                List.of(signature.get()),
                secrets,
                secret -> algorithm.sign(Proof.utf8(secret), Proof.utf8(before), delivery.body()));
        if (!matches) {
            return Proof.wrong();
        }
        if (!timestampHeader.isEmpty()) {
            var tooOld = Proof.age(timestamp.get(), delivery.receivedAt(), "The header " + timestampHeader);
            if (tooOld.isPresent()) {
                return tooOld.get();
            }
        }
        return new Genuine(idHeader.isEmpty() ? Optional.empty() : delivery.header(idHeader));
    }
}
