package dev.millrace.engine.core;

import dev.millrace.engine.Fact;
import dev.millrace.engine.Payload;
import dev.millrace.engine.RunTerms;
import dev.millrace.engine.StartWindow;
import dev.millrace.engine.VersionRef;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * The windows of runs that have not begun, as facts make them. A window is the run that it will be: it has its id from the first start
 * on, and whoever joins gets that id. When a window that is full, over or replaced by another one is closed is decided by {@link Windowing}.
 */
final class StartWindows {
    /** The longest input that gathered starts may make, as JSON. */
    static final long MOST_BYTES = 1 << 20;

    /**
     * What starts have in common that join the same window.
     *
     * @param requires labels of workers
     */
    record Name(VersionRef version, String key, Map<String, String> requires) {
        static Name of(VersionRef version, RunTerms terms) {
            return new Name(version, terms.door().window(), terms.requires());
        }

        private static Name of(Run run) {
            return of(run.version.ref, run.terms);
        }
    }

    private final Memory memory;

    StartWindows(Memory memory) {
        this.memory = memory;
    }

    /** Whether a run that was just acknowledged waits for others. */
    static boolean isFor(Run run) {
        return run.version.plan.hasWindow()
                && run.parent == null
                && run.terms.failure().isEmpty();
    }

    /** A start was acknowledged that other starts may join. */
    void open(Run run) {
        boolean gathers = run.version.plan.triggers.collect().isPresent();
        run.window = new Gathered(new StartWindow(
                run.terms.door().window(),
                closes(run.version.plan, run.started, run.started),
                run.started,
                1,
                gathers ? List.of(run.input) : List.of()));
        if (gathers) {
            run.input = Payload.NONE; // which is held by the window
        }
        enter(run);
    }

    /** When a window closes that was opened then and that a start joins now, if nobody else does. */
    static Instant closes(Plan plan, Instant opened, Instant now) {
        if (plan.triggers.collect().isPresent()) {
            return Instants.of(Instants.micros(opened)
                    + Instants.micros(plan.triggers.collect().get().maxWait()));
        }
        var debounce = plan.triggers.debounce().orElseThrow();
        long most = debounce.maxWait().map(Instants::micros).orElse(plan.nodes[plan.ordered[0]].queueTimeoutMicros);
        return Instants.of(
                Math.min(Instants.micros(now) + Instants.micros(debounce.quiet()), Instants.micros(opened) + most));
    }

    /** A start joined. */
    void join(Run run, Fact.StartJoined fact) {
        var window = run.window;
        if (run.version.plan.triggers.collect().isPresent()) {
            window.elements.add(fact.input());
            window.bytes += fact.input().size();
        } else {
            memory.holds(run, -run.input.data().length);
            run.input = fact.input();
            run.metadata = fact.metadata();
            run.priority = fact.priority();
            run.terms = fact.terms();
            run.deadline = fact.deadline();
            window.latest = fact.at();
        }
        memory.holds(run, fact.input());
        window.starts++;
        window.closes = fact.closes();
        memory.timers.set(run, Instants.micros(window.closes));
    }

    /** Nobody joins it any more: the run begins, or was cancelled. */
    void leave(Run run) {
        run.tenant.inWindows.remove(run.id);
        run.tenant.windows.remove(Name.of(run), run);
        memory.timers.cancel(run);
    }

    /** What came to the window is not held any more. */
    void forgetInputs(Run run) {
        memory.holds(run, -run.input.data().length);
        run.window.elements.forEach(element -> memory.holds(run, -element.data().length));
    }

    /** A run in a window was read back. */
    void restore(Run run, StartWindow image) {
        run.window = new Gathered(image);
        if (run.isInWindow()) {
            image.elements().forEach(element -> memory.holds(run, element));
            enter(run);
        }
    }

    /** What is due by now is to be seen to: when facts were replayed, nobody was there to ask. */
    void recovered() {
        for (var tenant : memory.tenants.values()) {
            for (var run : tenant.inWindows.values()) {
                boolean over = run.window.superseded || Windowing.isFull(run);
                memory.timers.set(run, Instants.micros(over ? memory.clock : run.window.closes));
            }
        }
    }

    /** Of several of one name the newest may be joined; the others close. */
    private void enter(Run run) {
        var name = Name.of(run);
        run.tenant.inWindows.put(run.id, run);
        var other = run.tenant.windows.get(name);
        if (other != null && isNewer(other, run)) {
            supersede(run);
            return;
        }
        run.tenant.windows.put(name, run);
        memory.timers.set(run, Instants.micros(run.window.closes));
        if (other != null) {
            supersede(other);
        }
    }

    private void supersede(Run run) {
        run.window.superseded = true;
        memory.timers.set(run, Instants.micros(memory.clock));
    }

    private static boolean isNewer(Run one, Run other) {
        int order = one.started.compareTo(other.started);
        return order != 0 ? order > 0 : one.id.compareTo(other.id) > 0;
    }
}
