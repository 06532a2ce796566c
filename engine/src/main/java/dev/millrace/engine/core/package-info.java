/**
 * What the shard does with a command: the memory of live runs, the one way to change it (a fact, applied), and the decisions
 * that lead to facts. In: commands, instants, facts and images; out: facts and effects in a batch, images. Internal to the
 * engine; {@link dev.millrace.engine.Shard} is the door.
 *
 * <p>{@code Memory} holds; {@code Ledger} alone changes it, by applying facts, with {@code Steps} for what follows from them;
 * {@code Recorder} applies a fact that was
 * decided and puts it into the batch. Decisions are by subject: {@code Starts}, {@code Attendance} (workers), {@code
 * Progress} (attempts and runs), {@code Timeouts} (what takes too long), {@code Questions} (what the edge decides), {@code Durables} (checkpoints), {@code Passivation} (what leaves memory and comes back), {@code
 * Waits} (why a task waits), {@code Mail} (signals), {@code OpenWaits} (what the edge is to bring to a waiting step), {@code
 * Budgets} (what a run may spend), {@code Kinship} (parents and children), {@code StartWindows} and {@code Throttles} (starts that
 * wait for each other, or are refused), {@code Loops} (turns), {@code Restarts}, {@code Builds} (who stays on which build), {@code
 * Replays}, {@code Inquiries} (follow, read, cancel, settle). {@code Core} takes the commands in and, after each,
 * offers what can go. What follows from facts alone (a task becomes ready, a join is complete, a back-off ends) has no fact
 * of its own.
 */
package dev.millrace.engine.core;
