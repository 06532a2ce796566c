package dev.millrace.manifest;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * What a manifest is named by. Each hash is the first 128 bits of a SHA-256 over the canonical JSON of a part of the
 * manifest, as 32 hexadecimal digits.
 *
 * <p>What is there for people only is in none of them: the class ({@code source}), line numbers, the description, Java
 * names of types and names of parameters. So moving code about, renaming a class or mending a sentence makes no new version.
 *
 * @param version names the version: the workflow's name, its shape and its policies
 * @param shape the steps by name, how they and the handlers take their arguments, and the schemas; nothing about when or
 *     how often. Workers of equal shape can serve each other's runs, and a client compiled against one can start the
 *     other. The order of the steps in the source does not matter
 * @param policy everything else that a run feels: timeouts, retries, rate limits, the deadline, visibility, weight and tags
 */
public record ManifestHashes(String version, String shape, String policy) {

    /** The hashes of a manifest; takes a few microseconds per step. */
    public static ManifestHashes of(Manifest manifest) {
        return new ManifestHashes(
                hash(ManifestJson.forVersion(manifest)),
                hash(ManifestJson.forShape(manifest)),
                hash(ManifestJson.forPolicy(manifest)));
    }

    private static String hash(JsonValue value) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest(Json.canonical(value).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(Arrays.copyOf(digest, 16));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256, but this one does not.", e);
        }
    }
}
