/**
 * The worker protocol on the wire. Beside this package stand the messages and stubs that protoc generates
 * ({@code worker.v1}, {@code runs.v1}), the protobuf-lite runtime they need ({@code protobuf}) and its gRPC glue
 * ({@code grpc}), the last two rewritten to these names so that an application's own protobuf never meets ours. Nothing of
 * it appears in a public signature of the SDK.
 */
package dev.millrace.wire;
