/**
 * Which task goes next, and to which worker. In: tasks that became ready, workers with free slots, tokens taken; out: one
 * task and one worker at a time. Internal to the engine.
 *
 * <p>Tasks that are alike to every gate (same workflow shape, priority, slots and rate limits) wait in one {@code Lane}, oldest
 * run first; so whatever blocks one blocks the lane, and blocking or waking costs the same for one task and for a million. A
 * lane that lacks tokens is parked under its {@code Bucket}; all others are shown to the {@code Crew}s whose workers serve
 * their shape. A crew without a free slot is not looked at, so what waits for a worker stands in nobody's way either.
 *
 * <p>Turns are taken by start-time fair queuing (Goyal, Vin and Cheng, "Start-time Fair Queueing", SIGCOMM 1996) on two levels
 * as in Goyal, Guo and Vin, "A Hierarchical CPU Scheduler", OSDI 1996: first between priorities, whose weights are so far
 * apart that the higher one practically goes first while the lower one ages in virtual time until it is its turn; then
 * between the workflows of a priority, with equal weights.
 */
package dev.millrace.engine.scheduling;
