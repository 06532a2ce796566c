/**
 * The contract between what the annotation processor writes and the worker and client that run it. Not for use by hand;
 * no part of it need be known to write a workflow.
 *
 * <p>For a workflow class {@code X} the processor writes
 *
 * <ul>
 *   <li>{@code XBinding}, a {@link dev.millrace.binding.WorkflowBinding} that calls the methods without reflection; a
 *       worker finds it by name ({@link dev.millrace.binding.WorkflowBinding#nameFor}), looking at superclasses where a
 *       framework handed it a proxy;
 *   <li>the manifest {@code META-INF/millrace/<name of X>.json} in the class output;
 *   <li>{@code XClient}, which holds a {@link dev.millrace.binding.WorkflowRef} and delegates each method in one line to a
 *       {@code RunStarter<I, R>} of {@code dev.millrace.client} in {@code sdk-runtime}: the one that {@code
 *       Millrace.workflow(WorkflowRef<I, R>)} returns, or {@code RunStarter.within(Durable, WorkflowRef<I, R>)}, which
 *       starts children through {@link dev.millrace.binding.ChildStarter};
 *   <li>where {@code X} has actions, {@code XSteps}, whose methods call them through a {@link dev.millrace.Durable};
 *   <li>where several steps make up the result, the record {@code XClient.Result} with a component per step.
 * </ul>
 */
package dev.millrace.binding;
