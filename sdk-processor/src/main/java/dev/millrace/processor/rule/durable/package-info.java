/**
 * What goes on for long: durable steps, the actions that they call, and steps that wait for an event or for a human.
 */
package dev.millrace.processor.rule.durable;
