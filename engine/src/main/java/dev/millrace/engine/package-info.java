/**
 * The pure core of Millrace: commands and instants in, facts and effects out. No I/O, no threads, no clock, no randomness,
 * no iteration order that depends on hashes; same commands at same instants give the same facts.
 *
 * <p>{@link dev.millrace.engine.Shard#handle} decides a {@link dev.millrace.engine.Command}, applies every
 * {@link dev.millrace.engine.Fact} to memory at once and puts it into the open {@link dev.millrace.engine.Batch}, together
 * with the {@link dev.millrace.engine.Effect}s that may leave once the facts are stored. The shell around it (the control
 * plane, or the harness of tests) stores batches in a {@link dev.millrace.engine.Journal} and later projects images of
 * changed runs into {@link dev.millrace.engine.Snapshots}. Recovery is the newest images, then the journal's tail through
 * the same {@code apply}.
 */
package dev.millrace.engine;
