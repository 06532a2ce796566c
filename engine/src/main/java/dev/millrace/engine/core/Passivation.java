package dev.millrace.engine.core;

import dev.millrace.engine.Age;
import dev.millrace.engine.Command;
import dev.millrace.engine.Effect;
import dev.millrace.engine.LaneKey;
import dev.millrace.engine.Passivity;
import dev.millrace.engine.Residents;
import dev.millrace.engine.RunImage;
import dev.millrace.engine.Snapshots.LaneCount;
import dev.millrace.engine.Snapshots.WindowQuery;
import dev.millrace.engine.scheduling.Lane;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Puts runs out of memory that only wait, and back. Only what is stored as it stands may go: nothing of it is lost, and what is read
 * back is the run as it was. Leaves no facts: where a run is decides nothing but when its turn comes.
 *
 * <p>A run that queues goes when all its tasks lie beyond the end of their lane's window, and comes back with the window. Any other goes when
 * nothing happens to it for a while, and comes back shortly before its time. Each comes back earlier when a command asks for it.
 */
final class Passivation {
    private static final int LANES_PER_LOAD = 200;

    private final Memory memory;
    private final Recorder recorder;
    private final Restorer restorer;
    private final Followers followers;
    private final LoadNumbers numbers;
    private final FarTimers far;

    /** Runs that could have gone but for a load, or have to be looked at again. */
    private List<Run> again = new ArrayList<>();

    private final Map<Long, List<WindowQuery>> loads = new HashMap<>();

    private long putOut;
    private long readBack;
    private long outdated;

    Passivation(Memory memory, Recorder recorder, Restorer restorer, Followers followers, LoadNumbers numbers) {
        this.memory = memory;
        this.recorder = recorder;
        this.restorer = restorer;
        this.followers = followers;
        this.numbers = numbers;
        this.far = new FarTimers(memory, recorder, numbers);
    }

    // ---- out of memory ----

    /** How the run is found again when it is not in memory; empty when it has to be. */
    static Optional<Passivity> of(Run run) {
        if (run.hasEnded() || run.active == 0 || run.hasQuestions() || hasPermits(run) || Kinship.owes(run)) {
            return Optional.empty();
        }
        long wake = run.isCleaningUp() ? Long.MAX_VALUE : Instants.micros(run.deadline);
        Lane lane = null;
        for (int node = 0; node < run.tasks.length; node++) {
            var fan = run.fan(node);
            int count = fan != null ? fan.elements.length : run.tasks[node] == null ? 0 : 1;
            for (int i = 0; i < count; i++) {
                var task = fan != null ? fan.elements[i] : run.tasks[node];
                switch (task.state) {
                    case PENDING, SUCCEEDED, FAILED, CANCELLED, SKIPPED -> {
                        // waits for nothing
                    }
                    case QUEUED -> {
                        if (lane != null && task.lane() != lane || contends(task) || task.isBound()) {
                            return Optional.empty();
                        }
                        lane = task.lane();
                        wake = Math.min(wake, task.queueEndMicros());
                    }
                    case BACKING_OFF, WAITING -> wake = Math.min(wake, Instants.micros(task.due));
                    case ASSIGNED, RUNNING -> {
                        return Optional.empty();
                    }
                }
            }
        }
        return wake == Long.MAX_VALUE
                ? Optional.empty()
                : Optional.of(new Passivity(Optional.ofNullable(lane).map(Lane::key), Instants.of(wake)));
    }

    /** Who holds permits follows from the runs in memory, and so does who has to go because of others. */
    private static boolean hasPermits(Run run) {
        var claims = run.claims();
        return !claims.isEmpty()
                && (run.isAdmitted() || run.tenant.scheduler.limits().cancels(claims));
    }

    private static boolean contends(Task task) {
        return !task.claims().isEmpty() && task.run.tenant.scheduler.limits().cancels(task.claims());
    }

    /** The images of these runs are stored. */
    void projected(List<Run> runs) {
        memory.windows.heed(memory.payloadBytes / Math.max(1, memory.runs.size()), memory.isCrowded());
        for (int i = 0; i < runs.size(); i++) {
            var run = runs.get(i);
            if (run.dirty) {
                continue;
            }
            if (run.hasEnded()) {
                memory.remove(run);
                memory.departed(run, numbers.last());
            } else {
                stored(run);
            }
        }
        lookAgain();
    }

    /** Its image is stored, and it has not changed since. */
    private void stored(Run run) {
        var queued = run.firstQueued();
        if (queued != null && !queued.isBeyond()) {
            return; // in the window, as nearly every run that waits is
        }
        var passivity = of(run);
        if (passivity.isEmpty() || !far.isFar(passivity.get().wake())) {
            return;
        }
        var lane = passivity.get().lane();
        if (lane.isPresent() && !memory.windows.maySpill(lane.get())) {
            lookAgain(run);
        } else {
            put(run, passivity.get());
        }
    }

    private void put(Run run, Passivity passivity) {
        passivity.lane().ifPresent(memory.windows::spill); // first, for a lane of which nothing is left is forgotten
        restorer.remove(run);
        far.left(passivity.wake());
        followers.left(run);
        memory.departed(run, numbers.last());
        putOut++;
    }

    /** Whether it can go is seen to soon. */
    void lookAgain(Run run) {
        if (!run.looksAgain) {
            run.looksAgain = true;
            again.add(run);
        }
    }

    /** Looks at those again that could not go before. */
    void lookAgain() {
        for (var task : memory.windows.takeTrimmed()) {
            lookAgain(((Task) task).run);
        }
        if (again.isEmpty()) {
            return;
        }
        var runs = again;
        again = new ArrayList<>();
        for (var run : runs) {
            run.looksAgain = false;
            if (memory.runs.get(run.id) == run && run.isStored()) {
                stored(run);
            }
        }
    }

    Residents residents() {
        return new Residents(
                memory.runs.size(), memory.payloadBytes, memory.windows.spilled(), putOut, readBack, outdated);
    }

    // ---- back into memory ----

    /** Before the first command after a recovery. */
    void recovered() {
        far.recovered();
    }

    void queued(List<LaneCount> lanes) {
        for (var lane : lanes) {
            memory.windows.spilled(lane.lane(), lane.runs());
        }
    }

    /** Takes a run in that was out of memory; null if it is there or the image is older than what became of the run. */
    Run restore(RunImage image, long load) {
        if (memory.runs.containsKey(image.run()) || memory.hasDeparted(image.run(), load)) {
            outdated++;
            return null;
        }
        readBack++;
        image.passivity().flatMap(Passivity::lane).ifPresent(memory.windows::unspill);
        var run = restorer.restore(image);
        followers.back(run);
        return run;
    }

    /** Asks for what the windows lack. */
    void ask() {
        var queries = memory.windows.takeQueries();
        for (int from = 0; from < queries.size(); from += LANES_PER_LOAD) {
            var some = List.copyOf(queries.subList(from, Math.min(queries.size(), from + LANES_PER_LOAD)));
            long load = numbers.next();
            loads.put(load, some);
            memory.asked(load);
            recorder.effect(new Effect.LoadWindows(load, some));
        }
    }

    void loaded(Command.WindowsLoaded command) {
        var queries = loads.remove(command.load());
        if (queries == null) {
            return;
        }
        for (int i = 0; i < queries.size(); i++) {
            var window = command.windows().get(i);
            LaneKey lane = queries.get(i).lane();
            var runs = window.runs();
            memory.windows.answered(
                    lane, runs.isEmpty() ? Optional.empty() : Optional.of(Age.of(runs.get(runs.size() - 1))));
            for (var image : runs) {
                restore(image, command.load());
            }
            memory.windows.taken(lane, window.isAll());
        }
        memory.answered(command.load());
        lookAgain();
    }

    /** It is time to read runs back whose time comes. */
    void due() {
        far.ask();
    }

    void loaded(Command.DueLoaded command) {
        if (far.answers(command)) {
            for (var image : command.due().runs()) {
                restore(image, command.load());
            }
            memory.answered(command.load());
        }
    }
}
