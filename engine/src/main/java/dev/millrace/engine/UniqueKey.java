package dev.millrace.engine;

import java.util.Objects;

/**
 * Something that may happen only once for a tenant: a request, a start under an idempotency key, a tick of a schedule.
 *
 * @param scope kind of key, such as {@code request} or {@code start:order-fulfilment}
 */
public record UniqueKey(TenantId tenant, String scope, String key) {
    /** Scope of the request ids of start batches. */
    public static final String REQUEST = "request";

    public UniqueKey {
        Objects.requireNonNull(tenant, "tenant");
        Objects.requireNonNull(scope, "scope");
        Objects.requireNonNull(key, "key");
    }

    /** Scope of the idempotency keys of a workflow's starts. */
    public static String startScope(String workflow) {
        return "start:" + workflow;
    }
}
