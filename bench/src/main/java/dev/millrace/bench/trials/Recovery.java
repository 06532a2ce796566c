package dev.millrace.bench.trials;

import dev.millrace.bench.figures.Figures;
import dev.millrace.bench.figures.Json;
import dev.millrace.bench.processes.BenchException;
import dev.millrace.bench.processes.OwnControlPlane;
import dev.millrace.bench.processes.Scene;
import dev.millrace.bench.trials.TrialProcess.Order;
import dev.millrace.bench.workflows.Receipt;
import java.time.Duration;
import java.util.ArrayList;

/**
 * Kills the control plane with {@code kill -9} while its queue is full and a worker works on it, starts it again, and looks when the
 * worker gets work again, and whether anything is lost or was done to its end twice.
 */
public final class Recovery implements Trial {
    private static final Duration LONGEST_FILL = Duration.ofMinutes(10);
    private static final Duration LONGEST_RECOVERY = Duration.ofMinutes(3);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(60);
    private static final Duration LONGEST_DRAIN = Duration.ofMinutes(30);
    /** An attempt takes so long: the queue lasts, and attempts are under way at the kill. */
    private static final Duration WORK = Duration.ofMillis(10);
    /** So long the worker works before the kill. */
    private static final Duration UNDER_WAY = Duration.ofSeconds(2);
    /**
     * What was assigned before the kill is entered at once, and no process that is started after it is up so soon: what is entered
     * later was assigned by the new one.
     */
    private static final Duration LAST_OF_THE_OLD = Duration.ofMillis(200);

    private final Sizes sizes;

    public Recovery(Sizes sizes) {
        this.sizes = sizes;
    }

    @Override
    public Findings conduct(Scene scene) {
        var ground = Ground.prepare(scene, sizes.heapMegabytes());
        var controlPlane = ground.controlPlane();
        var crowd = Crowd.join(scene, controlPlane, sizes.slots());
        crowd.tell(Order.WORK, WORK.toNanos() / 1_000);
        crowd.tell(Order.REMEMBER);
        var repeats = new ArrayList<Figures>();
        for (int repeat = 1; repeat <= sizes.repeats(); repeat++) {
            crowd.tell(Order.HOLD);
            scene.tell("queueing " + sizes.runs() + " runs");
            var figures = crowd.tell(LONGEST_FILL, Order.FILL, sizes.runs(), 1);
            var killed = kill(scene, crowd, controlPlane);
            controlPlane = scene.with(killed.successor);
            figures = figures.and(killed.figures).and(outcome(scene, crowd, killed.micros));
            scene.tell("measurement " + repeat + " of " + sizes.repeats() + ": " + figures.line());
            repeats.add(figures);
        }
        return report(repeats, ground.environment());
    }

    private record Killed(OwnControlPlane successor, long micros, Figures figures) {}

    private static Killed kill(Scene scene, Crowd crowd, OwnControlPlane controlPlane) {
        crowd.tell(Order.LET_GO);
        pause(UNDER_WAY);
        var done = crowd.tell(Order.EXECUTIONS).get("executions");
        scene.tell("killing the control plane with kill -9");
        var killed = Receipt.nowMicros();
        controlPlane.kill();
        crowd.tell(Order.AWAIT, killed + LAST_OF_THE_OLD.toNanos() / 1_000);
        var successor = controlPlane.again();
        var ready = Receipt.nowMicros();
        var first = crowd.tell(LONGEST_RECOVERY, Order.FIRST, LONGEST_RECOVERY.toSeconds() - 5)
                .get("micros");
        return new Killed(
                successor,
                killed,
                Figures.none()
                        .with("doneBefore", done)
                        .with("secondsToReady", (ready - killed) / 1e6)
                        .with("secondsToFirstAssignment", (first - killed) / 1e6));
    }

    private static Figures outcome(Scene scene, Crowd crowd, long killedMicros) {
        scene.tell("waiting for the ends of all runs");
        var ends = crowd.tell(LONGEST_DRAIN, Order.ENDS, LONGEST_PAUSE.toSeconds());
        scene.tell("reading the histories of all runs that may have been completed twice");
        // A completion that was on its way at the kill was sent again: its call is at most the work older.
        var since = killedMicros - Duration.ofSeconds(2).toNanos() / 1_000;
        return ends.and(crowd.tell(LONGEST_DRAIN, Order.DUPLICATES, since));
    }

    private Findings report(ArrayList<Figures> repeats, Json environment) {
        var medians = Figures.medians(repeats);
        var findings = new Findings("recovery");
        findings.json()
                .put("queuedRuns", sizes.runs())
                .put("secondsToFirstAssignment", medians.get("secondsToFirstAssignment"))
                .put("secondsToReady", medians.get("secondsToReady"))
                .put("lost", sum(repeats, "lost"))
                .put("duplicatedCompletions", sum(repeats, "duplicated"))
                .put("failedRuns", sum(repeats, "failed"))
                .put("runsOfRepeatedCalls", sum(repeats, "calledAgain"))
                .put("historiesRead", sum(repeats, "read"))
                .put(
                        "secondsToFirstAssignmentOfEachRepeat",
                        repeats.stream()
                                .mapToDouble(repeat -> repeat.get("secondsToFirstAssignment"))
                                .toArray())
                .put("ratios", new Json().put("ofCommitted6", medians.get("secondsToFirstAssignment") / 6))
                .put(
                        "method",
                        new Json()
                                .put("kill", "SIGKILL to the control plane; PostgreSQL goes on and is taken over")
                                .put("repeats", sizes.repeats())
                                .put("workerSlots", sizes.slots())
                                .put("millisOfWorkPerAttempt", WORK.toMillis()))
                .put("environment", environment);
        findings.row("queued runs", Findings.number(sizes.runs()))
                .row(
                        "kill -9 to first assignment",
                        Findings.number(medians.get("secondsToFirstAssignment")) + " s, of which the new process took "
                                + Findings.number(medians.get("secondsToReady")) + " s to be up")
                .row("lost", Long.toString(sum(repeats, "lost")))
                .row("completed twice", Long.toString(sum(repeats, "duplicated")))
                .row("failed", Long.toString(sum(repeats, "failed")))
                .row(
                        "steps called again",
                        Findings.number(sum(repeats, "calledAgain")) + " runs (at least once is the promise)")
                .row("", "median of " + sizes.repeats() + " kills; the counts are of all of them");
        if (sum(repeats, "lost") + sum(repeats, "duplicated") + sum(repeats, "failed") > 0) {
            findings.problem("Acknowledged runs were lost, completed twice or failed. None of it may happen, "
                    + "whenever the control plane is killed: this is a defect of Millrace.");
        }
        return findings;
    }

    private static long sum(Iterable<Figures> repeats, String name) {
        long sum = 0;
        for (var repeat : repeats) {
            sum += Math.round(repeat.get(name));
        }
        return sum;
    }

    static void pause(Duration duration) {
        try {
            Thread.sleep(duration.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("The benchmark was interrupted.", e);
        }
    }
}
