/**
 * Order fulfilment, the sample of {@code ./millrace demo}: charge, reserve, ship, and undo what was done when one of them
 * fails.
 *
 * <p>Start with {@link dev.millrace.samples.orders.OrderFulfilment}, the workflow; the interfaces beside it are what it
 * needs from the world, {@code simulated} plays that world, and {@link dev.millrace.samples.orders.OrderWorker} connects
 * both to a control plane.
 */
package dev.millrace.samples.orders;
