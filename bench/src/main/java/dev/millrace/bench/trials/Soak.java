package dev.millrace.bench.trials;

import dev.millrace.bench.figures.Figures;
import dev.millrace.bench.figures.Json;
import dev.millrace.bench.processes.BenchException;
import dev.millrace.bench.processes.Scene;
import dev.millrace.bench.trials.TrialProcess.Order;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The same moderate load for a long time, minute by minute: whether the heap stays flat, the tables stay clean, the journal goes
 * round, and starts stay as fast as they were.
 */
public final class Soak implements Trial {
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration SLACK = Duration.ofMinutes(3);
    /** The first and the last so many minutes are compared; in the very first the virtual machines get warm. */
    private static final int COMPARED = 5;

    private final Sizes sizes;

    public Soak(Sizes sizes) {
        this.sizes = sizes;
    }

    @Override
    public Findings conduct(Scene scene) {
        var ground = Ground.prepare(scene, sizes.heapMegabytes());
        var postgres = ground.controlPlane().postgres().orElseThrow();
        var crowd = Crowd.join(scene, ground.controlPlane(), sizes.slots());
        try (var connection = postgres.connect("millrace")) {
            return report(minutes(scene, crowd, ground.gc(), new Upkeep(connection)), ground);
        } catch (SQLException e) {
            throw new BenchException("The database cannot be asked: " + e.getMessage() + ".", e);
        }
    }

    private List<Figures> minutes(Scene scene, Crowd crowd, GcLog gc, Upkeep upkeep) {
        upkeep.read();
        var minutes = new ArrayList<Figures>();
        int seen = 0;
        for (int minute = 1; minute <= sizes.length().toMinutes(); minute++) {
            var load = crowd.tell(MINUTE.plus(SLACK), Order.STEADY, sizes.rate(), MINUTE.toMillis());
            var collections = gc.collections();
            var ofMinute = collections.subList(seen, collections.size());
            seen = collections.size();
            var figures = load.and(upkeep.read())
                    .with("collections", ofMinute.size())
                    // Young collections leave what has grown old for a time: the least of a minute is nearest to what
                    // lives.
                    .with(
                            "heapMegabytesAfter",
                            ofMinute.stream()
                                    .mapToInt(GcLog.Collection::after)
                                    .min()
                                    .orElse(
                                            minutes.isEmpty()
                                                    ? 0
                                                    : (int) Math.round(minutes.get(minutes.size() - 1)
                                                            .get("heapMegabytesAfter"))));
            scene.tell("minute " + minute + " of " + sizes.length().toMinutes() + ": " + figures.line());
            minutes.add(figures);
        }
        return minutes;
    }

    private Findings report(List<Figures> minutes, Ground ground) {
        var troughs = ground.gc().troughs();
        var last = minutes.get(minutes.size() - 1);
        var compared = Math.max(1, Math.min(COMPARED, minutes.size() / 2));
        var warm = minutes.subList(minutes.size() > 2 * compared ? 1 : 0, minutes.size());
        var early = Figures.medians(warm.subList(0, compared));
        var late = Figures.medians(warm.subList(warm.size() - compared, warm.size()));
        var failed =
                minutes.stream().mapToDouble(minute -> minute.get("failed")).sum();
        var findings = new Findings("soak");
        var json = findings.json()
                .put("minutes", minutes.size())
                .put("rate", sizes.rate())
                .put("runsPerSecond", Figures.medians(minutes).get("runsPerSecond"))
                .put(
                        "runs",
                        minutes.stream()
                                .mapToDouble(minute -> minute.get("ended"))
                                .sum())
                .put("failedRuns", failed)
                .put("comparedMinutes", compared)
                .put(
                        "heapMegabytesTroughs",
                        troughs.stream().mapToDouble(trough -> trough).toArray())
                .put("startMillisP99Early", early.get("startMillis.p99"))
                .put("startMillisP99Late", late.get("startMillis.p99"))
                .put("deadRowsLate", late.get("deadRows"))
                .put("vacuums", last.get("vacuums"))
                .put("checkpoints", last.get("checkpoints"))
                .put("journalMegabytesMax", max(minutes, "journalMegabytes"))
                .put("journalTablesEmptied", last.get("journalTablesEmptied"))
                .put("databaseMegabytes", last.get("databaseMegabytes"))
                .put("walMegabytes", last.get("walMegabytes"));
        var byMinute = new Json();
        for (var name : List.of(
                "runsPerSecond",
                "startMillis.p50",
                "startMillis.p99",
                "heapMegabytesAfter",
                "collections",
                "deadRows",
                "journalMegabytes",
                "databaseMegabytes",
                "checkpoints",
                "vacuums")) {
            byMinute.put(
                    name,
                    minutes.stream().mapToDouble(minute -> minute.get(name)).toArray());
        }
        json.put("byMinute", byMinute).put("environment", ground.environment());
        findings.row("load", sizes.rate() + " starts/s for " + minutes.size() + " min")
                .row(
                        "runs",
                        Findings.number(minutes.stream()
                                        .mapToDouble(minute -> minute.get("ended"))
                                        .sum()) + ", " + Findings.number(failed) + " failed")
                .row(
                        "what lives in the heap",
                        (troughs.isEmpty()
                                        ? "not known: old objects were not collected"
                                        : troughs.get(0) + " MB the first time, " + troughs.get(troughs.size() - 1)
                                                + " MB the last")
                                + ", limit " + sizes.heapMegabytes() + " MB")
                .row("start to first line, p99", change(early, late, "startMillis.p99") + " ms")
                .row("dead rows", change(early, late, "deadRows"))
                .row(
                        "journal",
                        "at most " + Findings.number(max(minutes, "journalMegabytes")) + " MB, "
                                + Findings.number(last.get("journalTablesEmptied")) + " tables emptied")
                .row(
                        "database",
                        Findings.number(last.get("databaseMegabytes")) + " MB, "
                                + Findings.number(last.get("vacuums")) + " vacuums, "
                                + Findings.number(last.get("checkpoints")) + " checkpoints")
                .row("", "\"a then b\": medians of " + compared + " minutes near the start and at the end");
        if (failed > 0) {
            findings.problem(Math.round(failed) + " runs failed under the load, so the other figures say little.");
        }
        return findings;
    }

    private static String change(Figures early, Figures late, String name) {
        return Findings.number(early.get(name)) + " then " + Findings.number(late.get(name));
    }

    private static double max(List<Figures> minutes, String name) {
        return minutes.stream().mapToDouble(minute -> minute.get(name)).max().orElse(0);
    }
}
