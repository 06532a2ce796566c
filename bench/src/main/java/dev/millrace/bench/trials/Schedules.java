package dev.millrace.bench.trials;

import dev.millrace.bench.figures.Figures;
import dev.millrace.bench.figures.Json;
import dev.millrace.bench.processes.BenchException;
import dev.millrace.bench.processes.Child;
import dev.millrace.bench.processes.Machine;
import dev.millrace.bench.processes.OwnControlPlane;
import dev.millrace.bench.processes.PostgresAccount;
import dev.millrace.bench.processes.Programs;
import dev.millrace.bench.processes.Scene;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;

/**
 * How late the ticks of many schedules start: from the instant of the tick to the first line of the step, by the instants that the
 * control plane stored. Each schedule is an interval counted from when it was made, so the ticks are spread as the making of them
 * was. A window of whole periods has as many ticks of each schedule as periods, wherever it begins: what is not there was missed, what
 * is there twice was doubled.
 */
public final class Schedules implements Trial {
    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration MAKING = Duration.ofMinutes(10);
    /** How often each fires. */
    static final Duration PERIOD = Duration.ofSeconds(10);
    /** After the window, for ticks that are late and for the lists to follow. */
    private static final Duration SETTLING = Duration.ofSeconds(10);

    private final Sizes sizes;

    public Schedules(Sizes sizes) {
        this.sizes = sizes;
    }

    /**
     * What was found of the ticks of a window.
     *
     * @param runs that were started by ticks of the window
     * @param ticks that have a run
     */
    record Ticks(double p50, double p99, double max, long runs, long ticks) {
        long missed(long expected) {
            return expected - ticks;
        }

        long doubled() {
            return runs - ticks;
        }
    }

    /** How many periods are measured: whole ones, one at least. */
    static long periods(Duration length) {
        return Math.max(1, length.dividedBy(PERIOD));
    }

    @Override
    public Findings conduct(Scene scene) {
        scene.tell("starting the control plane, and a worker; their logs are in " + scene.directory());
        var controlPlane = scene.with(
                OwnControlPlane.start(Programs.controlPlane(), Scene.jvm("controlPlane"), scene.directory()));
        var process = scene.with(Child.start(
                "worker",
                Programs.ofThisProgram(
                        SchedulesProcess.class,
                        Scene.jvm("worker"),
                        List.of(Integer.toString(sizes.slots()), PERIOD.toSeconds() + "s")),
                controlPlane.environment(),
                scene.directory().resolve("worker.log")));
        process.answer(START);
        scene.tell("making " + sizes.runs() + " schedules that fire every " + PERIOD.toSeconds() + " s");
        process.tell(Integer.toString(sizes.runs()));
        var failed = Math.round(Figures.parse(process.answer(MAKING)).get("failed"));
        scene.tell("warming up for " + sizes.warmUp().toSeconds() + " s");
        Recovery.pause(sizes.warmUp());
        var window = PERIOD.multipliedBy(periods(sizes.length()));
        scene.tell("measuring for " + window.toSeconds() + " s");
        var from = Instant.now();
        Recovery.pause(window.plus(SETTLING));
        var postgres = controlPlane.postgres().orElseThrow();
        var ticks = ticks(postgres, from, from.plus(window));
        var environment = Machine.facts(scene.directory());
        environment.put("postgres", postgres.facts());
        return report(ticks, failed, environment);
    }

    private static Ticks ticks(PostgresAccount postgres, Instant from, Instant to) {
        try (var connection = postgres.connect("millrace");
                var statement = connection.prepareStatement("""
                        WITH labelled AS (
                          SELECT started_at,
                            metadata_values[array_position(metadata_keys, 'millrace.schedule')] AS schedule,
                            metadata_values[array_position(metadata_keys, 'millrace.tick')]::timestamptz AS tick
                          FROM analytics.run WHERE workflow = 'bench-heard' AND 'millrace.tick' = ANY (metadata_keys)),
                        found AS (
                          SELECT schedule, tick, extract(epoch FROM started_at - tick) * 1000 AS late
                          FROM labelled WHERE tick >= ? AND tick < ?)
                        SELECT coalesce(percentile_disc(0.5) WITHIN GROUP (ORDER BY late), 0),
                          coalesce(percentile_disc(0.99) WITHIN GROUP (ORDER BY late), 0), coalesce(max(late), 0),
                          count(*), count(DISTINCT (schedule, tick)) FROM found""")) {
            statement.setObject(1, from.atOffset(ZoneOffset.UTC));
            statement.setObject(2, to.atOffset(ZoneOffset.UTC));
            try (var rows = statement.executeQuery()) {
                rows.next();
                return new Ticks(
                        rows.getDouble(1), rows.getDouble(2), rows.getDouble(3), rows.getLong(4), rows.getLong(5));
            }
        } catch (SQLException e) {
            throw new BenchException("The runs of the ticks cannot be read: " + e.getMessage() + ".", e);
        }
    }

    private Findings report(Ticks ticks, long failed, Json environment) {
        long expected = (sizes.runs() - failed) * periods(sizes.length());
        long missed = ticks.missed(expected);
        var findings = new Findings("schedules");
        findings.json()
                .put(
                        "lateMillis",
                        new Json()
                                .put("p50", ticks.p50())
                                .put("p99", ticks.p99())
                                .put("max", ticks.max()))
                .put("schedules", sizes.runs() - failed)
                .put("ticks", expected)
                .put("missed", missed)
                .put("doubled", ticks.doubled())
                .put(
                        "method",
                        new Json()
                                .put("late", "from the tick to the entry of the step, as stored")
                                .put("everySeconds", PERIOD.toSeconds())
                                .put("seconds", periods(sizes.length()) * PERIOD.toSeconds())
                                .put("warmUpSeconds", sizes.warmUp().toSeconds()))
                .put("environment", environment);
        findings.row(
                        "tick to first line",
                        "p50 " + Findings.number(ticks.p50()) + " ms, p99 " + Findings.number(ticks.p99()) + " ms, of "
                                + Findings.number(expected) + " ticks of " + Findings.number(sizes.runs() - failed)
                                + " schedules")
                .row("missed", Findings.number(missed))
                .row("doubled", Findings.number(ticks.doubled()));
        if (failed > 0) {
            return findings.problem(failed + " schedules could not be made.");
        }
        return missed == 0 && ticks.doubled() == 0
                ? findings
                : findings.problem(
                        missed + " ticks started nothing, " + ticks.doubled() + " started more than one run.");
    }
}
