package dev.millrace.controlplane.secrets;

import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Seals secrets and opens them, with AES-256 in Galois/Counter Mode (NIST SP 800-38D): a new random nonce of 96 bits each time, and
 * the place where the secret belongs as associated data, so that a sealed secret copied to another row does not open there. Safe for
 * use by several threads.
 */
public final class Vault {
    private static final String CIPHER = "AES/GCM/NoPadding";
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;

    private final Optional<VaultKey> current;
    private final Map<String, VaultKey> keys;
    private final SecureRandom random = new SecureRandom();

    /**
     * @param current seals; without one nothing can be sealed
     * @param former open what was sealed before the current one came
     */
    Vault(Optional<VaultKey> current, List<VaultKey> former) {
        this.current = current;
        this.keys = Stream.concat(current.stream(), former.stream())
                .collect(Collectors.toMap(VaultKey::name, key -> key, (first, second) -> first));
    }

    /**
     * Seals a secret.
     *
     * @param place where it belongs, such as {@code webhook 7f7c…}; it opens nowhere else
     * @throws ApiException with {@link ErrorCode#SECRETS_KEY_MISSING} when this server has no key
     */
    public Sealed seal(String secret, String place) {
        var key = current.orElseThrow(() -> new ApiException(
                ErrorCode.SECRETS_KEY_MISSING,
                "This server has no key for secrets, so it stores none. Give every server of the database the same"
                        + " millrace.secrets.key, 32 random bytes in Base64, and try again."));
        var nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        try {
            var box = cipher(Cipher.ENCRYPT_MODE, key, nonce, place).doFinal(secret.getBytes(StandardCharsets.UTF_8));
            var bytes =
                    ByteBuffer.allocate(nonce.length + box.length).put(nonce).put(box);
            return new Sealed("s1." + key.name() + "."
                    + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("A secret of " + place + " cannot be sealed: " + e, e);
        }
    }

    /**
     * Opens a sealed secret; one that was stored before secrets were sealed is what it is.
     *
     * @throws ApiException with {@link ErrorCode#SECRETS_KEY_MISSING} when it was sealed with a key that this server does not have
     * @throws IllegalStateException when it does not belong to the place, or was changed
     */
    public String open(Sealed sealed, String place) {
        if (!sealed.isSealed()) {
            return sealed.text();
        }
        var key = keys.get(sealed.key());
        if (key == null) {
            throw new ApiException(
                    ErrorCode.SECRETS_KEY_MISSING,
                    "A secret of " + place + " was sealed with the key " + sealed.key() + ", and this server has "
                            + (keys.isEmpty()
                                    ? "none"
                                    : keys.keySet().stream().sorted().collect(Collectors.joining(", ")))
                            + ". Name that key in millrace.secrets.key or millrace.secrets.former-keys.");
        }
        var bytes = Base64.getUrlDecoder().decode(sealed.box());
        try {
            var cipher = cipher(Cipher.DECRYPT_MODE, key, bytes, place);
            return new String(cipher.doFinal(bytes, NONCE_BYTES, bytes.length - NONCE_BYTES), StandardCharsets.UTF_8);
        } catch (AEADBadTagException e) {
            throw new IllegalStateException(
                    "A secret of " + place + " does not open: its row was changed or belongs to another place. Set the"
                            + " secret anew.",
                    e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("A secret of " + place + " cannot be opened: " + e, e);
        }
    }

    /** Whether a stored secret should be sealed anew: it is not sealed, or with a key that is not the current one. */
    public boolean isOutdated(Sealed sealed) {
        return current.isPresent()
                && (!sealed.isSealed() || !sealed.key().equals(current.get().name()));
    }

    /** @param nonce the first bytes are it */
    private static Cipher cipher(int mode, VaultKey key, byte[] nonce, String place) throws GeneralSecurityException {
        var cipher = Cipher.getInstance(CIPHER);
        cipher.init(mode, new SecretKeySpec(key.bytes(), "AES"), new GCMParameterSpec(TAG_BITS, nonce, 0, NONCE_BYTES));
        cipher.updateAAD(place.getBytes(StandardCharsets.UTF_8));
        return cipher;
    }
}
