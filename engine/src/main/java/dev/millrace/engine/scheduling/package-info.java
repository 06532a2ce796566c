/**
 * Which task goes next, and to which worker. In: tasks that became ready, workers with free slots, permits held and given back,
 * tokens taken, limits changed; out: one task and one worker at a time, and for any task that waits what it waits for. Internal to
 * the engine.
 *
 * <p>Tasks that are alike to every gate (same {@code Kind}: workflow shape, priority, slots, keys) wait in one {@code Lane}, oldest
 * run first; so whatever blocks one blocks the lane, and blocking or waking costs the same for one task and for a million. A lane
 * that lacks something is parked under its {@code Limit} (who is passed over there too often gets {@code Precedence}), together with those that the same workers could serve; all others are shown
 * to the {@code Crew}s whose workers serve their shape. A crew without a free slot is not looked at, so what waits for a worker stands in
 * nobody's way either. A limit that may have enough again calls one lane for each set of workers; whoever is called takes its turn among
 * all that can go, and asks again.
 *
 * <p>Turns are taken by start-time fair queuing (Goyal, Vin and Cheng, "Start-time Fair Queueing", SIGCOMM 1996) on several levels
 * as in Goyal, Guo and Vin, "A Hierarchical CPU Scheduler", OSDI 1996: between services, between the priorities of a service, whose
 * weights are so far apart that the higher one practically goes first while the lower one ages in virtual time until it is its turn,
 * between the workflows of a priority, and between the keys of a workflow by their weights.
 *
 * <p>One room, larger than others are. Its classes are the parts of one structure, each of which holds the others directly: a lane knows
 * its limits and crews, a limit its lanes, a crew its lanes and workers, a turn its flow. Rooms of their own for order, limits and placement would
 * have to make some thirty types and their fields public, which no one else may touch. What belongs together: {@code Flow}, {@code Turn},
 * {@code Seat}, {@code Queue}, {@code Roll} and {@code Heap} are turns; {@code Limit}, {@code Berth}, {@code Permits}, {@code Bucket},
 * {@code Gathering}, {@code Pause} and {@code Precedence} what is scarce; {@code Crew}, {@code Room}, {@code Line}, {@code WorkerSlots} and
 * {@code Labels} placement; {@code Lane}, {@code Window} and {@code Order} what waits.
 */
package dev.millrace.engine.scheduling;
