package dev.millrace.controlplane.errors;

import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/**
 * A door refuses a request: a stable code, a sentence that prints the value and says what to do, and where in the request the
 * fault is. Carries no stack trace, because refusals are ordinary and may be many.
 */
public final class ApiException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final String path;
    private final UUID run;

    private ApiException(ErrorCode code, String message, String path, UUID run, Throwable cause) {
        super(printable(message), cause, false, false);
        this.code = Objects.requireNonNull(code, "code");
        this.path = printable(path);
        this.run = run;
    }

    public ApiException(ErrorCode code, String message) {
        this(code, message, "", null, null);
    }

    /**
     * @param path where in the request: a JSON path such as {@code $.input.cents}, or the name of a parameter
     */
    public ApiException(ErrorCode code, String message, String path) {
        this(code, message, path, null, null);
    }

    /** The same refusal, with the run that it is about. */
    public ApiException about(UUID run) {
        return new ApiException(code, getMessage(), path, run, getCause());
    }

    /** Sentences print the values that were sent, and those may hold anything. */
    private static String printable(String text) {
        if (text.chars().noneMatch(Character::isISOControl)) {
            return text;
        }
        return text.codePoints()
                .map(c -> Character.isISOControl(c) ? 0xFFFD : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    public ErrorCode code() {
        return code;
    }

    /** Where in the request the fault is, if it is at one place. */
    public Optional<String> path() {
        return path.isEmpty() ? Optional.empty() : Optional.of(path);
    }

    /** The run that the refusal is about, if there is one. */
    public Optional<UUID> run() {
        return Optional.ofNullable(run);
    }
}
