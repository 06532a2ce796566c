/**
 * What every door says when it refuses: one code per reason, with its HTTP and its gRPC status, and a sentence. In come
 * {@link dev.millrace.controlplane.errors.ApiException}s and whatever the framework throws; out go problem documents (RFC
 * 9457) and gRPC statuses. Nothing of the inside leaks: what is not foreseen is logged under a number and answered with it.
 */
package dev.millrace.controlplane.errors;
