package dev.millrace.controlplane.secrets;

import java.util.Objects;
import java.util.regex.Pattern;

/**
 * A secret as it is stored: {@code s1.}, eight hexadecimal digits that name the key, a dot, and in Base64 the nonce and what AES-256
 * in GCM mode made of the secret.
 *
 * @param text as a table holds it; of no use without the key
 */
public record Sealed(String text) {
    private static final Pattern FORM = Pattern.compile("s1\\.[0-9a-f]{8}\\.[A-Za-z0-9_-]{38,}");

    public Sealed {
        Objects.requireNonNull(text, "text");
    }

    /** Whether the text is sealed, and not a secret as it was stored by versions that sealed none. */
    public boolean isSealed() {
        return FORM.matcher(text).matches();
    }

    String key() {
        return text.substring(3, 11);
    }

    String box() {
        return text.substring(12);
    }

    @Override
    public String toString() {
        return isSealed() ? "(sealed with key " + key() + ")" : "(hidden)";
    }
}
