package dev.millrace.manifest;

/** Thrown when a manifest cannot be: the message says which part is wrong, with its value. */
public final class InvalidManifestException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final String code;
    private final String path;

    /**
     * A manifest, or a part of one, that breaks a rule: code {@code MANIFEST_INVALID}.
     *
     * @param path the member that is wrong; in a part, relative to that part
     * @param message one sentence
     */
    public InvalidManifestException(String path, String message) {
        this("MANIFEST_INVALID", path, message);
    }

    InvalidManifestException(String code, String path, String message) {
        super(message);
        this.code = code;
        this.path = path;
    }

    /**
     * {@code MANIFEST_INVALID}, or {@code MANIFEST_VERSION_UNSUPPORTED} for a manifest of a newer format than this code
     * reads.
     */
    public String code() {
        return code;
    }

    /** The member of the JSON form that is wrong, such as {@code steps[2].policy.timeout}; empty for the whole. */
    public String path() {
        return path;
    }
}
