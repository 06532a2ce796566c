package dev.millrace.bench.trials;

import dev.millrace.bench.figures.Figures;
import dev.millrace.bench.figures.Json;
import dev.millrace.bench.processes.BenchException;
import dev.millrace.bench.processes.Child;
import dev.millrace.bench.processes.ControlPlane;
import dev.millrace.bench.processes.Programs;
import dev.millrace.bench.processes.Scene;
import dev.millrace.bench.trials.NeighboursProcess.Load;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What a thousand tenants, each with a worker of its own, see of each other when one of a hundred starts runs by the hundred and
 * the others one by one.
 *
 * <p>The <em>fair share</em> of a tenant is what it would see if all tenants were like it and started as many runs in all. So there
 * are three loads of equal rate: all tenants light, all heavy, and both side by side. Of each tenant the 99th percentile of the time
 * from the instant at which the start was due to the first line of the step is taken; the worst tenant of those that are alike
 * is held against the worst one where all are like it, and the median tenant against the median.
 */
public final class Neighbours implements Trial {
    /** So many runs a heavy tenant starts at once, and one tenant of so many is heavy. */
    static final int TIMES = 100;

    private static final Duration CONNECTING = Duration.ofMinutes(5);
    private static final Duration SLACK = Duration.ofMinutes(2);

    private final Sizes sizes;

    public Neighbours(Sizes sizes) {
        this.sizes = sizes;
    }

    static boolean isHeavy(int tenant) {
        return tenant % TIMES == 0;
    }

    @Override
    public Findings conduct(Scene scene) {
        var ground = Ground.prepare(scene, sizes.heapMegabytes());
        var first = ground.controlPlane();
        // A worker brings the workflow that the tenants get.
        Crowd.join(scene, first, 1).tell(TrialProcess.Order.EXECUTIONS);
        scene.tell("making " + sizes.tenants() + " tenants");
        try (var connection = first.postgres().orElseThrow().connect("millrace")) {
            var tenants = new Tenants(connection);
            tenants.make(sizes.tenants());
            tenants.makeTokens();
        } catch (SQLException e) {
            throw new BenchException("The tenants cannot be made: " + e.getMessage() + ".", e);
        }
        scene.tell("starting the control plane again, so that it meets all tenants at its start");
        first.close();
        var process = connect(scene, scene.with(first.again()));
        if (!sizes.warmUp().isZero()) {
            scene.tell("warming up for " + sizes.warmUp().toSeconds() + " s");
            load(process, Load.MIXED, sizes.warmUp());
        }
        var light = told(scene, process, Load.LIGHT);
        var heavy = told(scene, process, Load.HEAVY);
        var mixed = told(scene, process, Load.MIXED);
        return report(sizes, light, heavy, mixed, ground.environment());
    }

    /**
     * So much that nothing need be collected while a minute is measured: with a few threads for each of a thousand tenants a collection
     * takes this process, which is not what is measured, a twentieth of a second.
     */
    private static List<String> roomForAMinute() {
        var options = new ArrayList<>(List.of("-Xmx4g", "-Xmn3g"));
        options.addAll(Scene.jvm("worker"));
        return options;
    }

    private Child connect(Scene scene, ControlPlane controlPlane) {
        scene.tell("connecting a worker of each tenant");
        var process = scene.with(Child.start(
                "workers and load",
                Programs.ofThisProgram(
                        NeighboursProcess.class,
                        roomForAMinute(),
                        List.of(Integer.toString(sizes.tenants()), Integer.toString(sizes.slots()))),
                controlPlane.environment(),
                scene.directory().resolve("workers.log")));
        process.answer(CONNECTING);
        return process;
    }

    private Figures told(Scene scene, Child process, Load load) {
        var figures = load(process, load, sizes.length());
        scene.tell(load.name().toLowerCase(java.util.Locale.ROOT) + ": " + figures.line());
        return figures;
    }

    private Figures load(Child process, Load load, Duration length) {
        process.tell(load + " " + sizes.rate() + " " + length.toMillis());
        return Figures.parse(process.answer(length.plus(SLACK)));
    }

    static Findings report(Sizes sizes, Figures light, Figures heavy, Figures mixed, Json environment) {
        double lightRatio = ratio(mixed, "light", light, "p99.worst");
        double heavyRatio = ratio(mixed, "heavy", heavy, "p99.worst");
        var findings = new Findings("tenants");
        findings.json()
                .put("tenants", sizes.tenants())
                .put("startsPerSecond", sizes.rate())
                .put("ratioToFairShare", Math.max(lightRatio, heavyRatio))
                .put("light", told(mixed, "light", light, lightRatio))
                .put("heavy", told(mixed, "heavy", heavy, heavyRatio))
                .put("lateMillisMax", mixed.get("lateMillis.max"))
                .put("lateMillisMaxOfLight", light.get("lateMillis.max"))
                .put("lateMillisMaxOfHeavy", heavy.get("lateMillis.max"))
                .put(
                        "method",
                        new Json()
                                .put("light", "starts one run at a time")
                                .put(
                                        "heavy",
                                        "one tenant of " + TIMES + ": starts " + TIMES + " runs at once, as often")
                                .put(
                                        "fairShare",
                                        "p99 where all tenants are like it and all start as many runs together:"
                                                + " worst tenant against worst, median against median")
                                .put(
                                        "time",
                                        "from the instant at which the start was due to the first line of the step")
                                .put("secondsPerMeasurement", sizes.length().toSeconds())
                                .put("warmUpSeconds", sizes.warmUp().toSeconds())
                                .put("workerSlots", sizes.slots()))
                .put("environment", environment);
        findings.row(
                        "tenants",
                        Findings.number(sizes.tenants()) + " at " + Findings.number(sizes.rate()) + " starts/s in all")
                .row("light: worst tenant's p99", row(mixed, "light", light, lightRatio))
                .row("heavy: worst tenant's p99", row(mixed, "heavy", heavy, heavyRatio))
                .row(
                        "",
                        sizes.length().toSeconds() + " s each after "
                                + sizes.warmUp().toSeconds() + " s of warm-up");
        double failed = light.get("failed") + heavy.get("failed") + mixed.get("failed");
        if (failed > 0) {
            return findings.problem(Math.round(failed) + " runs failed, so these figures say nothing.");
        }
        var late = new ArrayList<String>();
        late(late, "light", light, light.get("all.p99.worst"));
        late(late, "heavy", heavy, heavy.get("all.p99.worst"));
        late(late, "mixed", mixed, Math.min(mixed.get("light.p99.worst"), mixed.get("heavy.p99.worst")));
        return late.isEmpty()
                ? findings
                : findings.problem(
                        "Starts were made later than they were due (" + String.join(", ", late)
                                + "), so the times are those of the load itself and the ratios say nothing. Use a lower --rate.");
    }

    /** A load that cannot keep to its own schedule measures itself: the lateness is part of every time that it takes. */
    private static void late(List<String> late, String load, Figures figures, double p99) {
        double most = figures.get("lateMillis.max");
        if (most > p99 / 2) {
            late.add(load + " by up to " + Findings.number(most) + " ms of a p99 of " + Findings.number(p99) + " ms");
        }
    }

    private static double ratio(Figures mixed, String who, Figures alike, String what) {
        return mixed.get(who + "." + what) / alike.get("all." + what);
    }

    private static Json told(Figures mixed, String who, Figures alike, double ratio) {
        return new Json()
                .put("tenants", Math.round(mixed.get(who + ".tenants")))
                .put("starts", Math.round(mixed.get(who + ".starts")))
                .put("p99StartMillis", mixed.get(who + ".p99.worst"))
                .put("fairShareMillis", alike.get("all.p99.worst"))
                .put("ratio", ratio)
                .put("medianTenantP99StartMillis", mixed.get(who + ".p99.median"))
                .put("medianTenantFairShareMillis", alike.get("all.p99.median"))
                .put("medianTenantRatio", ratio(mixed, who, alike, "p99.median"));
    }

    private static String row(Figures mixed, String who, Figures alike, double ratio) {
        return Findings.number(mixed.get(who + ".p99.worst")) + " ms, fair share "
                + Findings.number(alike.get("all.p99.worst")) + " ms: " + Findings.number(ratio)
                + " times it; median tenant "
                + Findings.number(ratio(mixed, who, alike, "p99.median")) + " times";
    }
}
