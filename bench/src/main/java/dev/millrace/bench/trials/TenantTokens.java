package dev.millrace.bench.trials;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/**
 * Tokens for tenants that were made as rows: they have the secret of the first tenant's token, whose hash was copied, and an id of
 * their own.
 *
 * @param secret of the first tenant's token
 */
record TenantTokens(String secret) {
    private static final String ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final int CHECKSUM_LENGTH = 6;

    /** The id of a tenant's token in SQL, where n is its number from 1. */
    static final String ID = "'bench' || lpad(n::text, 7, '0')";

    /** @param token of the first tenant, {@code mr_<id>_<secret>_<crc>} */
    static TenantTokens like(String token) {
        var parts = token.split("_");
        if (parts.length != 4) {
            throw new IllegalArgumentException("What the control plane gave out is no token.");
        }
        return new TenantTokens(parts[2]);
    }

    /** The token of a tenant, by its number from 1. */
    String of(int tenant) {
        return text("bench" + String.format("%07d", tenant));
    }

    /** The token with an id. */
    String text(String id) {
        var body = "mr_" + id + "_" + secret;
        var crc = new CRC32();
        crc.update(body.getBytes(StandardCharsets.UTF_8));
        var checksum = new char[CHECKSUM_LENGTH];
        long rest = crc.getValue();
        for (int i = CHECKSUM_LENGTH - 1; i >= 0; i--) {
            checksum[i] = ALPHABET.charAt((int) (rest % ALPHABET.length()));
            rest /= ALPHABET.length();
        }
        return body + "_" + new String(checksum);
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return "tokens of tenants";
    }
}
