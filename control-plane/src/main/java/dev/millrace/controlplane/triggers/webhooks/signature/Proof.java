package dev.millrace.controlplane.triggers.webhooks.signature;

import dev.millrace.controlplane.triggers.webhooks.signature.Verdict.Reason;
import dev.millrace.controlplane.triggers.webhooks.signature.Verdict.Refused;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** What the schemes have in common: comparing without telling by the time it takes, and the age of a delivery. */
final class Proof {
    /** How far the instant of a signature may lie from now, in both directions. */
    static final Duration TOLERANCE = Duration.ofMinutes(5);

    private Proof() {}

    /** Whether one of the signatures is the one that one of the secrets makes. Always compares all. */
    static boolean matches(Collection<byte[]> signatures, List<String> secrets, Function<String, byte[]> sign) {
        boolean matches = false;
        for (var secret : secrets) {
            var expected = sign.apply(secret);
            for (var signature : signatures) {
                matches |= MessageDigest.isEqual(expected, signature);
            }
        }
        return matches;
    }

    /** Why a delivery signed at this second is refused for its age; empty when it is not. */
    static Optional<Verdict> age(String seconds, Instant receivedAt, String where) {
        try {
            return age(Instant.ofEpochSecond(Long.parseLong(seconds)), receivedAt, TOLERANCE, where);
        } catch (NumberFormatException | DateTimeException e) {
            return Optional.of(malformed(where + " is not a number of seconds since 1970."));
        }
    }

    static Optional<Verdict> age(Instant signedAt, Instant receivedAt, Duration tolerance, String where) {
        if (signedAt.isBefore(receivedAt.minus(tolerance))) {
            return Optional.of(new Refused(
                    Reason.EXPIRED,
                    where + " says " + signedAt + ", more than " + tolerance
                            + " ago. Somebody sends an old delivery again, or a clock is wrong."));
        }
        if (signedAt.isAfter(receivedAt.plus(tolerance))) {
            return Optional.of(new Refused(
                    Reason.IN_FUTURE, where + " says " + signedAt + ", which is yet to come. A clock is wrong."));
        }
        return Optional.empty();
    }

    static Verdict missing(String header) {
        return new Refused(
                Reason.MISSING,
                "The header " + header
                        + " is missing or there more than once. Does the endpoint have the right source?");
    }

    static Verdict malformed(String message) {
        return new Refused(Reason.MALFORMED, message);
    }

    static Verdict wrong() {
        return new Refused(
                Reason.WRONG,
                "The signature fits no secret of the endpoint. Compare the secret with the one that the provider shows; if it is"
                        + " right, something on the way has changed the body.");
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
