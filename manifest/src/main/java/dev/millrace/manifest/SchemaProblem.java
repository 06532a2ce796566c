package dev.millrace.manifest;

import java.util.Objects;

/**
 * One way in which a value breaks its schema.
 *
 * @param path where in the value, such as {@code $.lines[2].cents}
 * @param message what is wrong there, such as {@code must be at least 0, but is -1}
 */
public record SchemaProblem(String path, String message) {
    public SchemaProblem {
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(message, "message");
    }

    /** As it is shown: {@code $.cents: must be at least 0, but is -1}. */
    @Override
    public String toString() {
        return path + ": " + message;
    }
}
