package dev.millrace.engine.core;

import dev.millrace.engine.RunId;
import dev.millrace.engine.ShardSettings;
import dev.millrace.engine.TenantId;
import dev.millrace.engine.VersionRef;
import dev.millrace.engine.timer.Timers;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Everything a shard holds. */
final class Memory {
    final ShardSettings settings;
    final Timers timers = new Timers();
    final Map<TenantId, Tenant> tenants = new TreeMap<>();
    /** Looked up, never walked. */
    final Map<RunId, Run> runs = new HashMap<>();

    final UniqueKeys keys = new UniqueKeys();
    final Permissions permits = new Permissions(this);
    /** Tenants some of whose tasks may go. */
    final List<Tenant> awake = new ArrayList<>();
    /** Runs that changed since the last capture, in the order of their first change. */
    List<Run> dirty = new ArrayList<>();
    /** The latest instant seen. */
    Instant clock = Instant.EPOCH;

    Memory(ShardSettings settings) {
        this.settings = settings;
    }

    Tenant tenant(TenantId id) {
        var tenant = tenants.get(id);
        if (tenant == null) {
            tenant = new Tenant(id, timers, awake);
            tenants.put(id, tenant);
        }
        return tenant;
    }

    /** The version that a fact or image names. */
    Version version(Tenant tenant, VersionRef ref) {
        var version = tenant.version(ref);
        if (version == null) {
            throw new IllegalStateException(
                    "Version " + ref + " of tenant " + tenant.id
                            + " is named by the journal or an image, but was never defined. Define versions before the recovery.");
        }
        return version;
    }

    /** The run that a fact names. */
    Run run(RunId id) {
        var run = runs.get(id);
        if (run == null) {
            throw new IllegalStateException("Run " + id + " is named by the journal, but is not in memory.");
        }
        return run;
    }

    void markDirty(Run run) {
        if (!run.dirty) {
            run.dirty = true;
            dirty.add(run);
        }
    }
}
