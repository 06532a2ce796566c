package dev.millrace.engine.core;

import dev.millrace.engine.Command.InputGathered;
import dev.millrace.engine.Command.RunStart;
import dev.millrace.engine.Effect;
import dev.millrace.engine.Fact;
import dev.millrace.engine.Payload;
import dev.millrace.engine.Reply;
import dev.millrace.engine.RunTerms;
import dev.millrace.engine.StartOutcome;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Decides what becomes of starts before they are runs: whether a throttle lets them through, and which window they join; and when a
 * window closes. What is refused leaves nothing; what is accepted is in exactly one run, because facts say in which.
 */
final class Windowing {
    static final String THROTTLED = "THROTTLED";
    static final String TOO_MANY_WINDOWS = "TOO_MANY_WINDOWS";
    /** So many runs of a tenant may wait in windows: all of them are in memory. */
    static final int MOST_OPEN = 10_000;

    /** So many open windows of a workflow are told of at once. */
    private static final int MOST_TOLD = 100;

    private final Memory memory;
    private final Recorder recorder;
    private final Progress progress;

    Windowing(Memory memory, Recorder recorder, Progress progress) {
        this.memory = memory;
        this.recorder = recorder;
        this.progress = progress;
    }

    // ---- starts ----

    /** What became of a start that is not to be a run of its own; empty for one that is. */
    Optional<StartOutcome> meet(Tenant tenant, Version version, RunStart start) {
        var plan = version.plan;
        if (!plan.hasWindow() && plan.triggers.throttle().isEmpty()
                || start.terms().failure().isPresent()) {
            return Optional.empty();
        }
        var refused = throttle(tenant, version, start);
        if (refused.isPresent() || !plan.hasWindow()) {
            return refused;
        }
        var run = tenant.windows.get(StartWindows.Name.of(start.version(), start.terms()));
        if (run != null && mayJoin(run, start)) {
            join(run, start);
            return Optional.of(new StartOutcome.Started(run.id, false, true));
        }
        return tenant.inWindows.size() < MOST_OPEN
                ? Optional.empty()
                : Optional.of(new StartOutcome.Refused(
                        TOO_MANY_WINDOWS,
                        "Already " + MOST_OPEN + " runs wait in their windows for further starts, which is all that may"
                                + " wait at once. Nothing was started. Try again when some have begun, or choose a"
                                + " key with fewer values."));
    }

    private Optional<StartOutcome> throttle(Tenant tenant, Version version, RunStart start) {
        var spec = version.plan.triggers.throttle().orElse(null);
        if (spec == null) {
            return Optional.empty();
        }
        var workflow = version.ref.workflow();
        var key = start.terms().door().throttle();
        long now = recorder.nowMicros();
        long free = tenant.throttles.freeAt(workflow, spec, key, now);
        if (free > now) {
            return Optional.of(new StartOutcome.Refused(
                    THROTTLED,
                    "The throttle of workflow '" + workflow + "'" + (key.isEmpty() ? "" : " for key '" + key + "'")
                            + " lets " + spec.limit() + " starts through per " + spec.per()
                            + ". This one was dropped; the next is let through from " + Instants.of(free) + " on.",
                    Instants.of(free)));
        }
        return tenant.throttles.isFull(workflow, key, now)
                ? Optional.of(new StartOutcome.Refused(
                        THROTTLED,
                        "Throttles of this tenant count " + Throttles.MOST
                                + " keys at once, which is all that they can. This start of workflow '" + workflow
                                + "' was dropped. Choose a key with fewer values, or a shorter period."))
                : Optional.empty();
    }

    private boolean mayJoin(Run run, RunStart start) {
        return !run.window.superseded && run.window.closes.isAfter(recorder.now()) && !isFull(run) && fits(run, start);
    }

    /** Whether there is room for no other element. */
    static boolean isFull(Run run) {
        var collect = run.version.plan.triggers.collect();
        return collect.isPresent()
                && run.window.elements.size() >= collect.get().maxSize();
    }

    private static boolean fits(Run run, RunStart start) {
        var window = run.window;
        return run.version.plan.triggers.collect().isEmpty()
                || window.bytes + start.input().size() + window.elements.size() + 2 <= StartWindows.MOST_BYTES;
    }

    private void join(Run run, RunStart start) {
        recorder.record(new Fact.StartJoined(
                run.tenant.id,
                recorder.now(),
                run.id,
                start.input(),
                start.priority(),
                start.metadata(),
                Starts.deadline(run.version, start, recorder.nowMicros()),
                start.terms(),
                StartWindows.closes(run.version.plan, run.started, recorder.now())));
        if (isFull(run)) {
            due(run);
        }
    }

    /** The windows of a workflow that are open, the one that closes first first, {@value #MOST_TOLD} at most. */
    static List<Reply.Crowd> crowds(Tenant tenant, String workflow) {
        return tenant.inWindows.values().stream()
                .filter(run -> run.version.ref.workflow().equals(workflow))
                .sorted(Comparator.comparing((Run run) -> run.window.closes).thenComparing(run -> run.id))
                .limit(MOST_TOLD)
                .map(run -> new Reply.Crowd(1, Waits.window(run)))
                .toList();
    }

    // ---- closing ----

    /** The time of a window is over, it is full, or another one took its place. */
    void due(Run run) {
        if (!run.isInWindow()) {
            return;
        }
        if (run.version.plan.triggers.collect().isEmpty()) {
            close(run, run.input, run.terms);
            return;
        }
        memory.timers.set(run, recorder.nowMicros() + Instants.micros(memory.settings.acceptLease()));
        recorder.effect(
                new Effect.GatherInput(run.tenant.id, run.id, run.version.ref, run.window.elements, run.metadata));
    }

    void gathered(InputGathered command) {
        var run = memory.runs.get(command.run());
        if (run != null
                && run.tenant.id.equals(command.tenant())
                && run.isInWindow()
                && run.window.elements.size() == command.starts()
                && !mayBeJoined(run)) {
            close(
                    run,
                    command.input(),
                    command.terms().requiring(run.terms.requires()).through(run.terms.door()));
        }
    }

    /** An answer to what was asked before a crash may come when there is time left after all. */
    private boolean mayBeJoined(Run run) {
        return !run.window.superseded && !isFull(run) && run.window.closes.isAfter(recorder.now());
    }

    private void close(Run run, Payload input, RunTerms terms) {
        long allowed = Instants.micros(run.deadline) - Instants.micros(run.window.latest);
        recorder.record(new Fact.WindowClosed(
                run.tenant.id, recorder.now(), run.id, input, Instants.of(recorder.nowMicros() + allowed), terms));
        progress.settle(run);
    }
}
