package dev.millrace.controlplane.triggers.webhooks.signature;

import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;

/** How the bytes of a signature are written in a header. */
public enum Encoding {
    HEX,
    BASE64,
    BASE64URL;

    /** The bytes; empty when the text is not written in this way. */
    Optional<byte[]> read(String text) {
        try {
            return Optional.of(
                    switch (this) {
                        case HEX -> HexFormat.of().parseHex(text);
                        case BASE64 -> Base64.getDecoder().decode(text);
                        case BASE64URL -> Base64.getUrlDecoder().decode(text);
                    });
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
