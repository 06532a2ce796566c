package dev.millrace.controlplane.payloads;

import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;

/** Bytes that are no JSON, or JSON that cannot be stored faithfully. Says at which byte and on which path. */
final class BadJsonException extends Exception {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final int offset;
    private final String path;

    BadJsonException(ErrorCode code, int offset, String path, String message) {
        super(message, null, false, false);
        this.code = code;
        this.offset = offset;
        this.path = path;
    }

    ErrorCode code() {
        return code;
    }

    int offset() {
        return offset;
    }

    /** Path below the value that was checked, starting with {@code $}. */
    String path() {
        return path;
    }

    /**
     * The refusal of a request.
     *
     * @param root what stands for {@code $}: the place of the value in the request
     */
    ApiException refusal(String root) {
        return new ApiException(code, getMessage(), root + path.substring(1));
    }
}
