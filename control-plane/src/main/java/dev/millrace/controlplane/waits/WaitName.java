package dev.millrace.controlplane.waits;

import dev.millrace.engine.CheckpointKey;
import dev.millrace.engine.RunId;
import dev.millrace.engine.TenantId;

/** Names a wait of a step. */
record WaitName(TenantId tenant, RunId run, int generation, int node, int element, CheckpointKey key) {}
