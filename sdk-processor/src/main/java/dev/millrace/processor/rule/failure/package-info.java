/**
 * What happens when something goes wrong, if that is itself wrong: retries, promises of delivery, fallbacks, circuits,
 * compensations and the method for failed runs.
 */
package dev.millrace.processor.rule.failure;
