/**
 * Everything that starts a run beside its clients, one room for each: {@code events} with their {@code filters}, {@code schedules},
 * {@code webhooks}, and {@code cel}, the expressions by which they decide.
 */
package dev.millrace.controlplane.triggers;
