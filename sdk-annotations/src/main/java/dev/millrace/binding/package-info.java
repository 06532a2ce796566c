/**
 * How a worker calls a user's methods without reflection: the contract between the bindings that the annotation processor
 * writes and the worker that runs them. Not for use by hand; no part of it need be known to write a workflow.
 *
 * <p>For a workflow class {@code X} the processor writes {@code XBinding}, found by name ({@link
 * dev.millrace.binding.WorkflowBinding#nameFor}), and its manifest as a resource.
 */
package dev.millrace.binding;
