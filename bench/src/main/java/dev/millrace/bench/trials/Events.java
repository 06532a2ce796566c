package dev.millrace.bench.trials;

import dev.millrace.bench.figures.Figures;
import dev.millrace.bench.figures.Json;
import dev.millrace.bench.processes.Child;
import dev.millrace.bench.processes.CpuAccount;
import dev.millrace.bench.processes.Machine;
import dev.millrace.bench.processes.OwnControlPlane;
import dev.millrace.bench.processes.PostgresAccount;
import dev.millrace.bench.processes.Programs;
import dev.millrace.bench.processes.Scene;
import java.time.Duration;
import java.util.List;

/**
 * How long it takes from the publication of an event to the first line of the step that it starts, with a thousand filters that ask
 * for something else; how many events a second can be published that nobody asks for; and how many a core holds against a filter.
 */
public final class Events implements Trial {
    private static final int FILTERS = 1_000;
    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration SLACK = Duration.ofSeconds(120);

    private final Sizes sizes;

    public Events(Sizes sizes) {
        this.sizes = sizes;
    }

    @Override
    public Findings conduct(Scene scene) {
        scene.tell("starting the control plane, and a worker that publishes; their logs are in " + scene.directory());
        var controlPlane = scene.with(
                OwnControlPlane.start(Programs.controlPlane(), Scene.jvm("controlPlane"), scene.directory()));
        var process = scene.with(Child.start(
                "worker",
                Programs.ofThisProgram(
                        EventsProcess.class, Scene.jvm("worker"), List.of(Integer.toString(sizes.slots()))),
                controlPlane.environment(),
                scene.directory().resolve("worker.log")));
        process.answer(START);
        scene.tell("making " + FILTERS + " filters");
        tell(process, Duration.ZERO, EventsProcess.Task.FILTERS + " " + FILTERS);
        scene.tell("warming up for " + sizes.warmUp().toSeconds() + " s");
        var half = sizes.warmUp().dividedBy(2);
        tell(process, half, EventsProcess.Task.MATCHED + " " + sizes.rate() + " " + Math.max(500, half.toMillis()));
        tell(process, half, EventsProcess.Task.UNMATCHED + " " + Math.max(500, half.toMillis()));
        scene.tell("measuring for " + sizes.length().toSeconds() + " s each");
        long millis = sizes.length().toMillis();
        var matched = tell(process, sizes.length(), EventsProcess.Task.MATCHED + " " + sizes.rate() + " " + millis);
        var account = CpuAccount.open(controlPlane, process);
        var unmatched = tell(process, sizes.length(), EventsProcess.Task.UNMATCHED + " " + millis);
        var spent = account.close();
        var evaluated = tell(process, sizes.length(), EventsProcess.Task.EVALUATE + " " + millis);
        var environment = Machine.facts(scene.directory());
        environment.put(
                "postgres", controlPlane.postgres().map(PostgresAccount::facts).orElseThrow());
        return report(matched, unmatched, spent, evaluated, environment);
    }

    private static Figures tell(Child process, Duration length, String task) {
        process.tell(task);
        return Figures.parse(process.answer(length.plus(SLACK)));
    }

    private Findings report(Figures matched, Figures unmatched, Figures spent, Figures evaluated, Json environment) {
        double perSecond = unmatched.get("perSecond");
        double events = perSecond * sizes.length().toSeconds();
        double cpu = spent.find("cpu.controlPlane").orElse(0.0)
                + spent.find("cpu.postgres").orElse(0.0);
        var findings = new Findings("events");
        findings.json()
                .put(
                        "startMillis",
                        new Json()
                                .put("p50", matched.get("startMillis.p50"))
                                .put("p95", matched.get("startMillis.p95"))
                                .put("p99", matched.get("startMillis.p99"))
                                .put("max", matched.get("startMillis.max")))
                .put("eventsPerSecond", sizes.rate())
                .put("filters", FILTERS)
                .put("started", matched.get("started"))
                .put("unmatchedEventsPerSecond", perSecond)
                .put("unmatchedCpuSecondsPer10000Events", cpu / events * 10_000)
                .put("celEvaluationsPerSecond", evaluated.get("perSecond"))
                .put(
                        "method",
                        new Json()
                                .put("matched", "one event a request at fixed instants, over REST")
                                .put("unmatched", "500 events a request, three connections")
                                .put("cel", "read and evaluated from the bytes of an event, a second of one core")
                                .put("celEventBytes", evaluated.get("bytes"))
                                .put("seconds", sizes.length().toSeconds())
                                .put("warmUpSeconds", sizes.warmUp().toSeconds()))
                .put("environment", environment);
        findings.row(
                        "publication to first line",
                        "p50 " + Findings.number(matched.get("startMillis.p50")) + " ms, p99 "
                                + Findings.number(matched.get("startMillis.p99")) + " ms, at " + sizes.rate()
                                + " events/s and " + FILTERS + " filters")
                .row("events that nobody asks for", Findings.number(perSecond) + " /s")
                .row("  server's CPU for 10,000 of them", Findings.number(cpu / events * 10_000) + " s")
                .row("evaluations of a filter", Findings.number(evaluated.get("perSecond")) + " /s of a core");
        double lost = matched.get("failed") + unmatched.get("failed");
        return lost == 0 ? findings : findings.problem(Math.round(lost) + " events were refused or started nothing.");
    }
}
