package dev.millrace.controlplane.errors;

import java.time.Instant;
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
    private final Instant again;

    private ApiException(ErrorCode code, String message, String path, UUID run, Instant again, Throwable cause) {
        super(printable(message), cause, false, false);
        this.code = Objects.requireNonNull(code, "code");
        this.path = printable(path);
        this.run = run;
        this.again = again;
    }

    public ApiException(ErrorCode code, String message) {
        this(code, message, "", null, Instant.MIN, null);
    }

    /**
     * @param path where in the request: a JSON path such as {@code $.input.cents}, or the name of a parameter
     */
    public ApiException(ErrorCode code, String message, String path) {
        this(code, message, path, null, Instant.MIN, null);
    }

    /** The same refusal, with the run that it is about. */
    public ApiException about(UUID run) {
        return new ApiException(code, getMessage(), path, run, again, getCause());
    }

    /** The same refusal, of which it is known when it may be otherwise; {@link Instant#MIN} for not. */
    public ApiException again(Instant when) {
        return new ApiException(code, getMessage(), path, run, when, getCause());
    }

    /** When the same request may succeed, if that is known. */
    public Optional<Instant> again() {
        return again.equals(Instant.MIN) ? Optional.empty() : Optional.of(again);
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
