package dev.millrace.controlplane.secrets;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;

/**
 * A key of 256 bits.
 *
 * @param name the first four bytes of its SHA-256, in hexadecimal: stored with what it sealed, and of no help in guessing it
 */
record VaultKey(String name, byte[] bytes) {
    static final int BYTES = 32;

    static VaultKey of(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("A key has " + BYTES + " bytes, not " + bytes.length + ".");
        }
        try {
            var hash = MessageDigest.getInstance("SHA-256").digest(bytes);
            return new VaultKey(HexFormat.of().formatHex(hash, 0, 4), bytes.clone());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Of its text in Base64; empty when it is none. */
    static Optional<VaultKey> read(String text) {
        try {
            var bytes = Base64.getDecoder().decode(text.strip());
            return bytes.length == BYTES ? Optional.of(of(bytes)) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    String text() {
        return Base64.getEncoder().encodeToString(bytes);
    }

    @Override
    public String toString() {
        return "key " + name;
    }
}
