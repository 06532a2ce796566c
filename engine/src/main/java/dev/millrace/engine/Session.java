package dev.millrace.engine;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A worker's open stream: what it holds and what room it has. */
final class Session {
    final long number;
    final TenantId tenant;
    final WorkerInfo worker;
    /** The flows it can serve. */
    final List<Flow> flows = new ArrayList<>();
    /** Tasks whose live attempt it holds. */
    final Set<Task> live = new LinkedHashSet<>();
    /** Attempts that are over for us but not yet for the worker: their slots are still taken. */
    final Map<AttemptRef, Integer> stopping = new LinkedHashMap<>();

    int used;
    boolean draining;

    Session(long number, TenantId tenant, WorkerInfo worker) {
        this.number = number;
        this.tenant = tenant;
        this.worker = worker;
    }

    int free() {
        return draining ? 0 : worker.slots() - used;
    }
}
