package dev.millrace.bench.trials;

import dev.millrace.bench.figures.Figures;
import dev.millrace.bench.figures.Json;
import dev.millrace.bench.processes.Child;
import dev.millrace.bench.processes.Programs;
import dev.millrace.bench.processes.Scene;
import dev.millrace.bench.trials.FairnessProcess.Task;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Turns between a hundred keys of which one has a hundred times the load of each other, all queued before the first is served.
 * First a worker of several slots serves them, and what each key got while all had something left is compared. Then one of a
 * single slot does, so that the order in which runs enter the step is the order in which it was their turn, and tasks of keys of
 * their own come in between. What a round is says {@link Rounds}.
 */
public final class Fairness implements Trial {
    private static final int KEYS = 100;
    private static final int TIMES = 100;
    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration LONGEST = Duration.ofMinutes(30);

    private final Sizes sizes;

    public Fairness(Sizes sizes) {
        this.sizes = sizes;
    }

    @Override
    public Findings conduct(Scene scene) {
        var ground = Ground.prepare(scene, sizes.heapMegabytes());
        var process = scene.with(Child.start(
                "worker and load",
                Programs.ofThisProgram(FairnessProcess.class, Scene.jvm("worker"), List.of()),
                ground.controlPlane().environment(),
                scene.directory().resolve("worker.log")));
        process.answer(START);
        var repeats = new ArrayList<Figures>();
        for (int repeat = 1; repeat <= sizes.repeats(); repeat++) {
            var shares = queued(scene, process, sizes.slots(), Task.SHARES.name());
            var lone = queued(scene, process, 1, Task.LONE + " " + Math.max(1, sizes.runs() / 2));
            var figures = shares.under("shares").and(lone.under("lone"));
            scene.tell("measurement " + repeat + " of " + sizes.repeats() + ": " + figures.line());
            repeats.add(figures);
        }
        return report(sizes, repeats, ground.environment());
    }

    private Figures queued(Scene scene, Child process, int slots, String task) {
        tell(process, Task.WORKER + " " + slots);
        var queued = tell(process, Task.QUEUE + " " + KEYS + " " + sizes.runs() + " " + TIMES);
        scene.tell(Findings.number(queued.get("queued")) + " runs of " + KEYS + " keys queued; " + slots
                + (slots == 1 ? " slot serves them" : " slots serve them"));
        return tell(process, task);
    }

    private static Figures tell(Child process, String task) {
        process.tell(task);
        return Figures.parse(process.answer(LONGEST));
    }

    /** What counts is the worst of all repeats: fairness is not a matter of the median. */
    static Findings report(Sizes sizes, List<Figures> repeats, Json environment) {
        double jain = least(repeats, "shares.jainIndex");
        double worstJain = least(repeats, "shares.worstJainIndex");
        long rounds = Math.round(most(repeats, "lone.mostRounds"));
        var findings = new Findings("fairness");
        findings.json()
                .put("keys", KEYS)
                .put("jainIndex", jain)
                .put("jainIndexOfWorstTenRounds", worstJain)
                .put("loneTaskMaxRounds", rounds)
                .put("loneTaskMeanRounds", Figures.medians(repeats).get("lone.meanRounds"))
                .put(
                        "loneTasks",
                        Math.round(repeats.stream()
                                .mapToDouble(r -> r.get("lone.loneTasks"))
                                .sum()))
                .put("turnsCompared", Math.round(least(repeats, "shares.turns")))
                .put(
                        "method",
                        new Json()
                                .put(
                                        "load",
                                        TIMES + " times as many runs of one key as of each other, all queued before")
                                .put("runsOfEachOtherKey", sizes.runs())
                                .put("jainIndex", "of the turns that the keys got while all had something waiting")
                                .put(
                                        "rounds",
                                        "the most turns that another key had between the acknowledgement of a task that is"
                                                + " the only one of its key and its own turn; worker of one slot")
                                .put("statistic", "the worst of all repeats")
                                .put("repeats", sizes.repeats())
                                .put("workerSlots", sizes.slots()))
                .put("environment", environment);
        findings.row("Jain's index of " + KEYS + " keys", String.format(java.util.Locale.ROOT, "%.5f", jain))
                .row("  of the worst ten rounds", String.format(java.util.Locale.ROOT, "%.5f", worstJain))
                .row("rounds that a lone task waits", "at most " + rounds)
                .row("", "the worst of " + sizes.repeats() + " repeats; one key with " + TIMES + " times the load");
        double failed = repeats.stream()
                .mapToDouble(r -> r.get("shares.failed") + r.get("lone.failed"))
                .sum();
        if (failed > 0) {
            findings.problem(Math.round(failed) + " runs failed, so these figures say nothing.");
        } else if (least(repeats, "lone.keysLeft") < 1) {
            findings.problem(
                    "Some keys had nothing left to do before the last lone task came: queue more with --runs.");
        }
        return findings;
    }

    private static double least(List<Figures> repeats, String name) {
        return repeats.stream().mapToDouble(repeat -> repeat.get(name)).min().orElseThrow();
    }

    private static double most(List<Figures> repeats, String name) {
        return repeats.stream().mapToDouble(repeat -> repeat.get(name)).max().orElseThrow();
    }
}
