package dev.millrace.manifest;

/**
 * The JSON form of a manifest: what the compiler writes to {@code META-INF/millrace/} and what is registered.
 *
 * <p>It is one object that begins with {@code "manifestVersion": 1}. Its members are named like those of the records.
 * Durations are written as {@link Durations} does ({@code 30s}, {@code 5m}); reading takes ISO-8601 as well. Empty lists,
 * empty descriptions and unknown lines are left out; everything else is always there, so that a manifest says what it means
 * even after a default has changed.
 *
 * <p>Reading is strict: a member that this code does not know is refused, because it would be ignored otherwise, and so is
 * a newer version of the format. Stateless; safe for use by many threads.
 */
public final class ManifestJson {

    private ManifestJson() {}

    /** The JSON form. */
    public static JsonValue toJson(Manifest manifest) {
        return new ManifestWriter(MemberWriter.View.DOCUMENT).manifest(manifest);
    }

    /** The JSON form as the text of a file, indented and ending with a line feed. */
    public static String write(Manifest manifest) {
        return Json.pretty(toJson(manifest)) + "\n";
    }

    /**
     * Reads the JSON form. What one part alone can be wrong about is refused here; {@link ManifestRules} checks what parts
     * say about each other.
     *
     * @throws InvalidManifestException if it is no manifest, with the path of the member that is wrong
     */
    public static Manifest fromJson(JsonValue json) {
        return ManifestReader.read(json);
    }

    /**
     * Reads the JSON form from text in UTF-8.
     *
     * @throws InvalidJsonException if the text is not acceptable JSON
     * @throws InvalidManifestException if it is no manifest
     */
    public static Manifest read(byte[] utf8) {
        return fromJson(Json.read(utf8));
    }

    /**
     * Reads the JSON form from text.
     *
     * @throws InvalidJsonException if the text is not acceptable JSON
     * @throws InvalidManifestException if it is no manifest
     */
    public static Manifest read(String text) {
        return fromJson(Json.read(text));
    }

    static JsonValue forVersion(Manifest manifest) {
        return new ManifestWriter(MemberWriter.View.VERSION).manifest(manifest);
    }

    static JsonValue forShape(Manifest manifest) {
        return new ManifestWriter(MemberWriter.View.SHAPE).manifest(manifest);
    }

    static JsonValue forPolicy(Manifest manifest) {
        return new ManifestWriter(MemberWriter.View.POLICY).manifest(manifest);
    }
}
