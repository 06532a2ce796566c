package dev.millrace.controlplane.triggers.webhooks;

import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.controlplane.triggers.events.NewEvent;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ServerFilter;

/** Refuses what is too large or packed before a byte of it is read: anybody can send to these addresses. */
@ServerFilter("/webhooks/**")
final class DeliveryFilter {
    @RequestFilter
    void check(HttpRequest<?> request) {
        var encoding = request.getHeaders().get(HttpHeaders.CONTENT_ENCODING);
        if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
            throw new ApiException(
                    ErrorCode.UNSUPPORTED_MEDIA_TYPE,
                    "A delivery is sent as it is, not packed; leave Content-Encoding out.");
        }
        long length = request.getContentLength();
        if (length < 0) {
            throw new ApiException(ErrorCode.LENGTH_REQUIRED, "A delivery says its length: send Content-Length.");
        }
        if (length > NewEvent.MAX_BYTES) {
            throw new ApiException(
                    ErrorCode.PAYLOAD_TOO_LARGE,
                    "The delivery has %,d bytes; the limit is %,d.".formatted(length, NewEvent.MAX_BYTES));
        }
    }
}
