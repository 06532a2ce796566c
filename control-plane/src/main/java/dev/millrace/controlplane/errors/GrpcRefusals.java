package dev.millrace.controlplane.errors;

import io.grpc.Metadata;
import io.grpc.Status;

/** Refusals as gRPC sees them: a status with the sentence, and the stable code in the trailers. */
public final class GrpcRefusals {
    /** Trailer that carries the stable code, as {@code code} does in a problem document. */
    public static final Metadata.Key<String> CODE = Metadata.Key.of("millrace-code", Metadata.ASCII_STRING_MARSHALLER);

    private GrpcRefusals() {}

    /** The status of a refusal; its code is put into the trailers. */
    public static Status status(ApiException refusal, Metadata trailers) {
        trailers.put(CODE, refusal.code().name());
        return Status.fromCode(refusal.code().grpcStatus()).withDescription(refusal.getMessage());
    }
}
