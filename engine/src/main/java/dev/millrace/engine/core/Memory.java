package dev.millrace.engine.core;

import dev.millrace.engine.Payload;
import dev.millrace.engine.RunId;
import dev.millrace.engine.ShardSettings;
import dev.millrace.engine.TenantId;
import dev.millrace.engine.VersionRef;
import dev.millrace.engine.scheduling.Windows;
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
    /** When tasks that back off queue again. Apart, because that is not decided but follows. */
    final Timers returns = new Timers();

    final Map<TenantId, Tenant> tenants = new TreeMap<>();
    /** Looked up, never walked. Changed by {@link #add} and {@link #remove}. */
    final Map<RunId, Run> runs = new HashMap<>();

    final UniqueKeys keys = new UniqueKeys();
    final Permissions permits = new Permissions(this);
    final Windows windows;
    private final Departures departures = new Departures();
    /** Tenants some of whose tasks may go. */
    final List<Tenant> awake = new ArrayList<>();
    /** Runs that changed since the last capture, in the order of their first change. */
    List<Run> dirty = new ArrayList<>();
    /** Tenants where builds of workers came or went. */
    final List<Builds> rebuilt = new ArrayList<>();
    /** Number of the newest call that serves several attempts; higher than those of all live ones. */
    long calls;
    /** Those of which the edge has not heard yet what it is to bring to them. */
    final List<Run> rewaiting = new ArrayList<>();
    /** What the runs hold: inputs, results and checkpoints. */
    long payloadBytes;
    /** The latest instant seen. */
    Instant clock = Instant.EPOCH;

    Memory(ShardSettings settings) {
        this.settings = settings;
        this.windows = new Windows(settings.residence());
    }

    Tenant tenant(TenantId id) {
        var tenant = tenants.get(id);
        if (tenant == null) {
            tenant = new Tenant(id, this);
            tenants.put(id, tenant);
        }
        return tenant;
    }

    /** The version that a fact or image names. */
    Version version(Tenant tenant, VersionRef ref) {
        var version = tenant.version(ref);
        if (version == null) {
            throw new IllegalStateException("Version " + ref + " of tenant " + tenant.id
                    + " is named by the journal or an image, but was never defined. Define versions before the"
                    + " recovery.");
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

    /** An image that the store is asked for from now on may be older than what becomes of its run meanwhile. */
    void asked(long load) {
        departures.asked(load);
    }

    void answered(long load) {
        departures.answered(load);
    }

    /** A run left memory when the newest load had this number. */
    void departed(Run run, long newestLoad) {
        departures.left(run.id, newestLoad);
    }

    /** Whether a run left memory after a load was asked for, so that what the load brings of it may be outdated. */
    boolean hasDeparted(RunId run, long load) {
        return departures.since(run, load);
    }

    /** A live attempt is served by the call of this number. */
    void hasCall(long number) {
        calls = Math.max(calls, number);
    }

    /** Takes a run in; false when it is there. */
    boolean add(Run run) {
        if (runs.putIfAbsent(run.id, run) != null) {
            return false;
        }
        holds(run, run.input);
        return true;
    }

    /** Forgets a run. */
    void remove(Run run) {
        runs.remove(run.id);
        payloadBytes -= run.payloadBytes;
        run.payloadBytes = 0;
    }

    /** A run has one more payload. */
    void holds(Run run, Payload payload) {
        holds(run, payload.data().length);
    }

    /** What a run has in payloads and checkpoints takes so many bytes more. */
    void holds(Run run, long bytes) {
        run.payloadBytes += bytes;
        payloadBytes += bytes;
    }

    /** Whether payloads take so much that what can leave memory leaves it sooner: half of what they may take. */
    boolean isCrowded() {
        return payloadBytes > settings.residence().payloadBytes() / 2 / windows.sharing();
    }

    /** Whether so many runs more must not be started. What was acknowledged goes on all the same, else nothing would make room. */
    boolean isFull(int runsMore) {
        return runs.size() + runsMore > settings.maxRunsResident() || payloadBytes >= settings.maxPayloadBytes();
    }

    /** What the edge is to bring to it has changed. */
    void rewaits(Run run) {
        if (!run.rewaits) {
            run.rewaits = true;
            rewaiting.add(run);
        }
    }

    void markDirty(Run run) {
        if (!run.dirty) {
            run.dirty = true;
            dirty.add(run);
        }
    }
}
