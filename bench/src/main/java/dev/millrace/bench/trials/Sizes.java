package dev.millrace.bench.trials;

import java.time.Duration;

/**
 * How large a trial is.
 *
 * @param runs that are queued
 * @param tenants that are idle
 * @param rate starts per second
 * @param window runs in flight where nothing else is queued
 * @param slots of the worker
 * @param heapMegabytes the most memory that the control plane's virtual machine may take for objects; 0 for its own choice
 * @param warmUp how long to load the control plane before
 * @param length of one measurement
 * @param repeats measurements, of which the median counts
 */
public record Sizes(
        int runs,
        int tenants,
        int rate,
        int window,
        int slots,
        int heapMegabytes,
        Duration warmUp,
        Duration length,
        int repeats) {}
