package dev.millrace.controlplane.shard.postgres;

import dev.millrace.engine.TenantId;
import dev.millrace.engine.VersionRef;

/** The names of the nodes of known versions. Safe for use by several threads. */
@FunctionalInterface
public interface StepNames {
    /** The name of a node; empty when the version is not known here. */
    String name(TenantId tenant, VersionRef version, int node);
}
