/**
 * Order fulfilment: charge, reserve, ship, and undo what was done when one of them fails.
 */
package dev.millrace.samples.orders;
