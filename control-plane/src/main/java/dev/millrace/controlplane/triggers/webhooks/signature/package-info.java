/**
 * Whether a webhook comes from whom it says: what providers sign, and how. Pure, without clock, database or HTTP, so that every
 * provider's published example is a test.
 */
package dev.millrace.controlplane.triggers.webhooks.signature;
