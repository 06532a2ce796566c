package dev.millrace.engine.core;

import dev.millrace.engine.Effect;
import dev.millrace.engine.OpenWait;
import java.util.ArrayList;
import java.util.List;

/** Tells the edge what runs wait for that it brings. Reads only. */
final class OpenWaits {
    private OpenWaits() {}

    /** All that the run waits for now. */
    static Effect.Awaits of(Run run) {
        var open = new ArrayList<OpenWait>(1);
        if (!run.hasEnded()) {
            for (int node = 0; node < run.tasks.length; node++) {
                var fan = run.fan(node);
                if (fan == null) {
                    add(run.tasks[node], open);
                } else {
                    for (var task : fan.elements) {
                        add(task, open);
                    }
                }
            }
            if (run.funds != null) {
                run.funds.asking().forEach(held -> open.add(OpenWait.ofBudget(held, run.deadline)));
            }
        }
        return Effect.Awaits.of(run.tenant.id, run.id, run.generation, run.version.ref, run.started, open, run.input);
    }

    private static void add(Task task, List<OpenWait> open) {
        if (task == null || task.state.isFinal()) {
            return;
        }
        add(task, task.awaited, open);
        add(task, task.trail, open);
    }

    private static void add(Task task, Trail trail, List<OpenWait> open) {
        if (trail != null && trail.isWaiting()) {
            OpenWait.addOf(task.node.number, task.element, trail.all(), task.run.heard, open);
        }
    }
}
