/**
 * Deliveries of other companies' servers, made events. In comes a request at the address of a webhook; its signature is checked over
 * the bytes as they came, its name over what came before, and what it says becomes an event by the webhook's expressions. Whoever
 * delivers learns no more than whether it was taken; why it was not, the webhook's owner can read.
 */
package dev.millrace.controlplane.triggers.webhooks;
