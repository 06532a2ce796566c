package dev.millrace.cli;

import java.util.Objects;

/** Ends the command with a sentence for its user; no stack trace is shown. */
public final class CliException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int exitCode;

    /**
     * @param exitCode one of {@link ExitCode}
     * @param message what happened, to what, and what to do
     */
    public CliException(int exitCode, String message) {
        super(Objects.requireNonNull(message, "message"));
        this.exitCode = exitCode;
    }

    /** Keeps what was behind it, for whoever asks to see it. */
    public CliException(int exitCode, String message, Throwable cause) {
        super(Objects.requireNonNull(message, "message"), cause);
        this.exitCode = exitCode;
    }

    public int exitCode() {
        return exitCode;
    }
}
