/**
 * What steps emit while they run. In come chunks of items from workers, over the {@code Streams} door; they are checked, stored in an
 * order of their run, and acknowledged. Out they go to whoever follows the run, over the same door or as server-sent events. The shard is
 * only asked which attempts are live; it stores nothing of this. See docs/decisions/0019-streams.md.
 */
package dev.millrace.controlplane.items;
