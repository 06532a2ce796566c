package dev.millrace.connection;

import io.grpc.Metadata;
import io.grpc.Status;
import java.util.Locale;
import java.util.Optional;

/** Reads the end of a gRPC stream. */
final class Losses {
    private static final Metadata.Key<String> CODE = Metadata.Key.of("millrace-code", Metadata.ASCII_STRING_MARSHALLER);

    private Losses() {}

    static Loss of(Status status, Metadata trailers, GrpcAddress address, String url) {
        String said = Optional.ofNullable(status.getDescription())
                .orElse(status.getCode().name());
        var code = Optional.ofNullable(trailers.get(CODE));
        switch (status.getCode()) {
            case OK:
                return new Loss(
                        Loss.Kind.ENDED,
                        new UnavailableException("The control plane at " + address + " closed the stream."));
            case UNAUTHENTICATED:
            case PERMISSION_DENIED:
                return refused(new AccessRefusedException(
                        code.orElse(status.getCode().name()),
                        "The control plane at " + url + " does not take the token for this: " + said));
            case UNIMPLEMENTED:
                return refused(new MillraceException(
                        code.orElse("NOT_A_CONTROL_PLANE"),
                        "What answers at " + address + " speaks gRPC but has no such service: " + said
                                + ". Is it a Millrace control plane, and of a version that fits this SDK?"));
            case INVALID_ARGUMENT:
            case FAILED_PRECONDITION:
            case NOT_FOUND:
            case ALREADY_EXISTS:
            case OUT_OF_RANGE:
                return refused(new MillraceException(
                        code.orElse(status.getCode().name()),
                        "The control plane at " + url + " refused the stream: " + said));
            default:
                return speaksHttp(status)
                        ? refused(new MillraceException(
                                "NOT_GRPC",
                                "What answers at " + address
                                        + " speaks HTTP, but not gRPC. Is that the port of the REST API?"
                                        + " The gRPC services have a port of their own; leave MILLRACE_GRPC_ADDRESS out and it"
                                        + " is asked for."))
                        : new Loss(
                                Loss.Kind.BROKEN,
                                new UnavailableException(
                                        "The connection to the control plane at " + address + " is lost: " + said,
                                        status.getCause()));
        }
    }

    private static Loss refused(MillraceException reason) {
        return new Loss(Loss.Kind.REFUSED, reason);
    }

    /** A server that knows HTTP/1.1 only answers in text, which the transport reads as a frame of absurd size. */
    private static boolean speaksHttp(Status status) {
        String description = Optional.ofNullable(status.getDescription()).orElse("");
        if (description.contains("HTTP status code") || description.contains("invalid content-type")) {
            return true;
        }
        for (Throwable cause = status.getCause(); cause != null; cause = cause.getCause()) {
            String message = String.valueOf(cause.getMessage()).toUpperCase(Locale.ROOT);
            if (message.contains("FRAME_SIZE_ERROR") || message.contains("EXPECTED A CONNECTION HEADER")) {
                return true;
            }
        }
        return false;
    }
}
