package dev.millrace.rest;

import java.io.IOException;

/**
 * No answer came: the control plane cannot be reached, the connection broke, or the time was up. Whether the call had an
 * effect is unknown; calls that start runs are safe to send again when they carry a request id or an idempotency key.
 */
public final class RestUnavailableException extends RuntimeException {
    RestUnavailableException(RestCall call, String address, IOException cause) {
        super(
                call + " got no answer from " + address + ": " + cause.getMessage()
                        + ". Whether it had an effect is unknown. Is a control plane running there?",
                cause);
    }
}
