package dev.millrace.controlplane.tenancy;

import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import io.micronaut.http.context.ServerRequestContext;
import jakarta.inject.Singleton;

/** Who makes the REST request that the current thread works on. */
@Singleton
public final class Caller {
    static final String ATTRIBUTE = "millrace.principal";

    /**
     * The principal of the current request. To be asked before the work moves to another thread.
     *
     * @throws ApiException with {@link ErrorCode#UNAUTHENTICATED} outside of an authenticated request
     */
    public Principal principal() {
        return ServerRequestContext.currentRequest()
                .flatMap(request -> request.getAttribute(ATTRIBUTE, Principal.class))
                .orElseThrow(() -> new ApiException(ErrorCode.UNAUTHENTICATED, "A bearer token is needed."));
    }
}
