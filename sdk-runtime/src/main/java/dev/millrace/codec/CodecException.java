package dev.millrace.codec;

/** Thrown when a value cannot be written as JSON or read from it. The message is a sentence with the type and the place. */
public final class CodecException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public CodecException(String message) {
        super(message);
    }

    public CodecException(String message, Throwable cause) {
        super(message, cause);
    }
}
