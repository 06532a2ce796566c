/**
 * Starting runs and learning how they end. In comes a {@link dev.millrace.binding.WorkflowRef}, mostly by way of the client
 * that the compiler generates for a workflow; out go handles of runs, results, and exceptions that say how a run ended.
 *
 * <p>{@link dev.millrace.client.Millrace} is the door. Behind it one gRPC stream per process carries all starts, follows and
 * cancels ({@code RunStream}); a start is sent again under the same request id until it is answered, so a lost connection
 * neither loses a run nor starts it twice.
 */
package dev.millrace.client;
