package dev.millrace.worker.durable;

import dev.millrace.TypeRef;
import dev.millrace.codec.Codec;
import dev.millrace.manifest.Json;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** Names arguments by a hash of them as canonical JSON, so that the order of their fields makes no difference. */
record Digests(Codec codec) {
    private static final int BYTES = 8;

    String of(Optional<List<Object>> values) {
        if (values.isEmpty()) {
            return "";
        }
        var text = new StringBuilder();
        for (var value : values.get()) {
            text.append(value == null ? "null" : canonical(value)).append('\n');
        }
        return of(text.toString().getBytes(StandardCharsets.UTF_8));
    }

    /** Names what is canonical already. */
    String of(byte[] canonical) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(canonical);
            return HexFormat.of().formatHex(digest, 0, BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256, but this one does not.", e);
        }
    }

    /** Names a document, in whichever order its fields are. */
    String ofJson(byte[] json) {
        return of(Json.canonical(Json.read(json)).getBytes(StandardCharsets.UTF_8));
    }

    private String canonical(Object value) {
        return Json.canonical(Json.read(codec.write(value, TypeRef.of(value.getClass()))));
    }
}
