/**
 * Load generator and benchmarks; load, worker and control plane run as separate processes.
 */
package dev.millrace.bench;
