package dev.millrace.controlplane.waits;

import dev.millrace.engine.VersionRef;
import java.time.Instant;

/**
 * A wait that something has to be brought to.
 *
 * @param ask what for, as JSON
 * @param runStarted when its run was acknowledged
 * @param until when it is over by itself
 * @param since what ended the latest wait of the step for the same; empty for none
 */
record OpenedWait(WaitName name, byte[] ask, VersionRef version, Instant runStarted, Instant until, String since) {}
