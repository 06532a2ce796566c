package dev.millrace.manifest;

import java.util.Objects;

/**
 * One way in which the parts of a manifest do not fit each other.
 *
 * @param code stable, such as {@code UNKNOWN_STEP}; {@link ManifestRules} lists them
 * @param path the member of the JSON form, such as {@code steps[2].parameters[0].step}
 * @param message one sentence with the values
 */
public record ManifestProblem(String code, String path, String message) {
    public ManifestProblem {
        Objects.requireNonNull(code, "code");
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(message, "message");
    }
}
