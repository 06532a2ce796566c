package dev.millrace.controlplane.tenancy;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * The text of a token: {@code mr_<id>_<secret>_<crc>}. The prefix and the checksum let scanners of source code recognize a
 * leaked one, and let a mistyped one be refused without asking the database.
 *
 * @param id names the token; not secret
 * @param secret 32 letters and digits, 190 random bits
 */
record TokenText(String id, String secret) {
    private static final String ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final int ID_LENGTH = 12;
    private static final int SECRET_LENGTH = 32;
    private static final int CHECKSUM_LENGTH = 6;
    private static final int LENGTH = "mr_".length() + ID_LENGTH + 1 + SECRET_LENGTH + 1 + CHECKSUM_LENGTH;

    /** A new one. */
    static TokenText random(SecureRandom random) {
        return new TokenText(word(random, ID_LENGTH), word(random, SECRET_LENGTH));
    }

    /** Reads what a client presented; empty when it cannot be a token. */
    static Optional<TokenText> parse(String text) {
        if (text.length() != LENGTH || !text.startsWith("mr_")) {
            return Optional.empty();
        }
        var parts = text.split("_", -1);
        if (parts.length != 4 || parts[1].length() != ID_LENGTH || parts[2].length() != SECRET_LENGTH) {
            return Optional.empty();
        }
        var token = new TokenText(parts[1], parts[2]);
        return token.text().equals(text) ? Optional.of(token) : Optional.empty();
    }

    /** What is stored of the secret. */
    byte[] secretHash() {
        try {
            return MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java runtime has SHA-256.", e);
        }
    }

    /** The whole token, as a client presents it. */
    String text() {
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

    /** Without the secret, so that none gets into a log by accident. */
    @Override
    public String toString() {
        return "mr_" + id + "_…";
    }

    private static String word(SecureRandom random, int length) {
        var word = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            word.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return word.toString();
    }
}
