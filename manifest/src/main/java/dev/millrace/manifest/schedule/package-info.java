/**
 * Cron expressions: read once by the compiler, which refuses those that can never fire, and by the control plane, which asks
 * for the next tick. Nothing here knows what time it is.
 */
package dev.millrace.manifest.schedule;
