package dev.millrace.engine.core;

import dev.millrace.engine.LimitName;
import dev.millrace.engine.RunId;
import dev.millrace.engine.ServiceId;
import dev.millrace.engine.TenantConfig;
import dev.millrace.engine.TenantId;
import dev.millrace.engine.VersionRef;
import dev.millrace.engine.WorkerId;
import dev.millrace.engine.WorkerStatus;
import dev.millrace.engine.scheduling.Scheduler;
import dev.millrace.manifest.Manifest;
import dev.millrace.manifest.Sharing;
import dev.millrace.manifest.placement.PlacementSpec;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What a shard knows of a tenant beside its runs. */
final class Tenant {
    final TenantId id;
    final Scheduler scheduler;
    final Builds builds;
    final Map<WorkerId, Worker> workers = new LinkedHashMap<>();
    private final Map<VersionRef, Version> versions = new HashMap<>();
    private final List<Tenant> awake;
    final Throttles throttles = new Throttles();
    /** Windows that starts may join, by what starts must have in common. */
    final Map<StartWindows.Name, Run> windows = new HashMap<>();
    /** All that have not begun because of their windows, also those that starts may not join. */
    final Map<RunId, Run> inWindows = new TreeMap<>();

    private TenantConfig config = TenantConfig.NONE;
    private boolean isAwake;

    /**
     * A tenant without versions.
     *
     * @param memory where a tenant puts itself when some of its tasks may go
     */
    Tenant(TenantId id, Memory memory) {
        this.id = id;
        this.awake = memory.awake;
        this.builds = new Builds(this, memory);
        this.scheduler = new Scheduler(memory.timers, this::wake, memory.windows, id, memory.settings.patience());
    }

    private void wake() {
        if (!isAwake) {
            isAwake = true;
            awake.add(this);
        }
    }

    void sleep() {
        isAwake = false;
    }

    /** The version, or null when it was never defined. */
    Version version(VersionRef ref) {
        return versions.get(ref);
    }

    /** Makes a version known; returns whether it was not before. */
    boolean define(ServiceId service, VersionRef ref, Manifest manifest, Instant now) {
        if (versions.containsKey(ref)) {
            return false;
        }
        for (var limit : manifest.rateLimits()) {
            scheduler.limits().define(limit, Instants.micros(now));
        }
        define(manifest.sharing(), manifest.workflow());
        for (var step : manifest.steps()) {
            define(step.sharing(), LimitName.owner(manifest.workflow(), step.name()));
        }
        var shape = scheduler.shape(service.value().toString(), ref.workflow(), manifest.shapeHash());
        var plan = new Plan(manifest);
        boolean news = false;
        for (var node : plan.nodes) {
            news |= scheduler.crews().ask(node.placement);
        }
        versions.put(ref, new Version(ref, plan, shape, scheduler));
        for (var worker : workers.values()) {
            if (news || worker.serves(ref)) {
                worker.rejoin();
            }
        }
        return true;
    }

    /** Some tasks will ask for workers like this: workers that differ in it go apart. */
    void ask(PlacementSpec placement) {
        if (scheduler.crews().ask(placement)) {
            workers.values().forEach(Worker::rejoin);
        }
    }

    /** What people have set is this from now on. */
    void configure(TenantConfig next, Instant now) {
        config = next;
        scheduler.limits().configure(next, Instants.micros(now));
        for (var worker : workers.values()) {
            worker.rejoin();
        }
    }

    /** Since when and by whom a workflow is paused, if it is. */
    Optional<TenantConfig.Pause> pause(String workflow) {
        return Optional.ofNullable(config.pausedWorkflows().get(workflow));
    }

    boolean isPaused(WorkerId worker) {
        return config.pausedWorkers().contains(worker);
    }

    List<WorkerStatus> workerStates() {
        return workers.values().stream()
                .flatMap(worker -> worker.status().stream())
                .toList();
    }

    private void define(Sharing sharing, String owner) {
        for (int i = 0; i < sharing.concurrency().size(); i++) {
            var limit = sharing.concurrency().get(i);
            scheduler.limits().define(LimitName.of(limit, owner, i), limit);
        }
    }

    /** The one of equal id that is here now, if there is one: it may have left and come back since. */
    Worker sameWorker(Worker worker) {
        var present = workers.get(worker.id);
        return present == null ? worker : present;
    }

    /** The worker that an ended attempt was with, which may have left long ago. */
    Worker formerWorker(WorkerId worker) {
        var present = workers.get(worker);
        return present != null ? present : new Worker(this, worker);
    }

    /** The worker with this id; a new one is absent until it connects. */
    Worker worker(WorkerId worker) {
        return workers.computeIfAbsent(worker, any -> new Worker(this, worker));
    }
}
