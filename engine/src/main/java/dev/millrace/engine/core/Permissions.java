package dev.millrace.engine.core;

import dev.millrace.engine.TaskState;
import dev.millrace.engine.scheduling.HoldTimes;
import dev.millrace.engine.scheduling.Holder;
import dev.millrace.engine.scheduling.Kind.Claim;
import dev.millrace.engine.scheduling.Limits.Arrival;
import java.util.Collection;
import java.util.List;

/**
 * Who holds permits of concurrency limits, and who wants some. All of it follows from the states of runs and tasks: a run holds
 * its permits while it goes on, a task while an attempt of it is live.
 */
final class Permissions {

    /**
     * Somebody has to go because of a concurrency limit.
     *
     * @param newcomer because of whom; the same when it is the newcomer that has to go
     */
    record Leaving(Tenant tenant, Claim claim, Holder holder, Holder newcomer) {}

    private final Memory memory;

    Permissions(Memory memory) {
        this.memory = memory;
    }

    // ---- tasks ----

    /** An attempt of it is live. */
    void hold(Task task) {
        if (!task.claims().isEmpty()) {
            var since = task.state == TaskState.ASSIGNED ? task.due : task.started;
            task.run.tenant.scheduler.limits().hold(task.claims(), task.holder(), Instants.micros(since));
        }
    }

    /** The attempt is not live any more. */
    void release(Task task) {
        if (!task.claims().isEmpty()) {
            task.run.tenant.scheduler.limits().release(task.claims(), task.holder(), nowMicros());
            withdraw(task);
        }
    }

    /** It begins to queue. */
    void contend(Task task, Arrival arrival, Collection<Leaving> leaving) {
        if (!task.claims().isEmpty()) {
            contend(task.run.tenant, task.claims(), task.holder(), arrival, leaving);
        }
    }

    /** It neither queues nor has a live attempt. */
    void withdraw(Task task) {
        if (!task.claims().isEmpty()) {
            task.run.tenant.scheduler.limits().withdraw(task.claims(), task.holder(), nowMicros());
        }
    }

    // ---- runs ----

    /** It begins. */
    void hold(Run run) {
        hold(run, nowMicros());
    }

    /** It had begun when it was put back; nobody remembers when. */
    void holdAgain(Run run) {
        hold(run, HoldTimes.UNKNOWN);
    }

    private static void hold(Run run, long sinceMicros) {
        if (!run.claims().isEmpty()) {
            run.tenant.scheduler.limits().hold(run.claims(), run.holder(), sinceMicros);
        }
    }

    /** It ends. */
    void release(Run run) {
        if (run.window != null || run.claims().isEmpty()) {
            return; // it never wanted to begin
        }
        if (run.isAdmitted()) {
            run.tenant.scheduler.limits().release(run.claims(), run.holder(), nowMicros());
        }
        run.tenant.scheduler.limits().withdraw(run.claims(), run.holder(), nowMicros());
    }

    /** It wants to begin, or has begun. */
    void contend(Run run, Arrival arrival, Collection<Leaving> leaving) {
        if (!run.claims().isEmpty()) {
            contend(run.tenant, run.claims(), run.holder(), arrival, leaving);
        }
    }

    private static void contend(
            Tenant tenant, List<Claim> claims, Holder holder, Arrival arrival, Collection<Leaving> leaving) {
        for (var claim : claims) {
            tenant.scheduler
                    .limits()
                    .contend(claim, holder, arrival)
                    .ifPresent(goes -> leaving.add(new Leaving(tenant, claim, goes, holder)));
        }
    }

    private long nowMicros() {
        return Instants.micros(memory.clock);
    }
}
