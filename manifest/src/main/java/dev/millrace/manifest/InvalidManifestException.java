package dev.millrace.manifest;

/** Thrown when a manifest cannot be: the message says which part is wrong, with its value. */
public final class InvalidManifestException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final String path;

    public InvalidManifestException(String path, String message) {
        super(message);
        this.path = path;
    }

    /** The member of the JSON form that is wrong, such as {@code steps[2].policy.timeout}. */
    public String path() {
        return path;
    }
}
