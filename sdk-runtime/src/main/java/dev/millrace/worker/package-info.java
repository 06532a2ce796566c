/**
 * Running steps. In come objects of annotated classes and, over one gRPC stream, assignments; out go the results and failures
 * of attempts.
 *
 * <p>{@code Workflows} finds the generated bindings and the manifests; {@code WorkerStream} speaks the protocol and remembers
 * every completion until it is acknowledged; {@code AttemptRunner} makes arguments, calls the method on a virtual thread
 * (where the JVM has them) and turns what came out into a completion.
 */
package dev.millrace.worker;
