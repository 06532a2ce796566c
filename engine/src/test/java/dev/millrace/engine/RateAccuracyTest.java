package dev.millrace.engine;

import static dev.millrace.engine.harness.FakeWorker.failure;
import static dev.millrace.engine.harness.FakeWorker.value;
import static dev.millrace.engine.harness.WorkflowBuilder.workflow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.harness.EngineHarness;
import dev.millrace.engine.harness.FakeWorker;
import dev.millrace.manifest.Backoff;
import dev.millrace.manifest.Manifest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * While there is more to do than a rate limit lets through, any ten of its periods bring ten times its limit, to one percent:
 * whoever shares it, whatever single tasks cost, and whenever the owner crashes.
 */
class RateAccuracyTest {
    private static final int WINDOWS = 10;
    private static final int MOST_COST = 4;
    /** A burst that has place for what attempts give back at one moment. */
    private static final int ROOM = 80;

    private static final double TOLERANCE = 0.01;

    /** Tokens taken at an instant. */
    private record Taken(Instant at, long cost) {}

    /** A time in which nothing can go: the limit is closed, or nobody is there. */
    private record Gap(Instant from, Instant to) {
        Duration within(Instant begin, Instant end) {
            var first = from.isAfter(begin) ? from : begin;
            var last = to.isBefore(end) ? to : end;
            return last.isAfter(first) ? Duration.between(first, last) : Duration.ZERO;
        }
    }

    private static final class Demand {
        final Random random;
        final EngineHarness engine = new EngineHarness();
        final long limit;
        final Duration period;
        final long burst;
        final List<VersionRef> versions = new ArrayList<>();
        final List<Taken> taken = new ArrayList<>();
        final List<Gap> gaps = new ArrayList<>();
        private final Map<RunId, Long> costs = new java.util.HashMap<>();
        /** What has been counted of each attempt: its cost, until it says what it took. */
        private final Map<AttemptRef, Long> counted = new java.util.HashMap<>();

        Demand(long seed, long burst) {
            this(seed, burst, 50);
        }

        Demand(long seed, long burst, int least) {
            this.random = new Random(seed);
            this.limit = least + random.nextInt(200);
            this.period = Duration.ofMillis(200 + random.nextInt(1_800));
            // Timers have ticks of a millisecond, and what flows in meanwhile has to have a place.
            long tick = 1 + limit / period.toMillis();
            this.burst = burst > 0 ? burst + tick : MOST_COST + tick + random.nextInt((int) limit);
            for (int i = 0; i < 3; i++) {
                versions.add(engine.define(manifest("flow-" + i, 1 + i)));
            }
            engine.watch(this::watch);
        }

        /** Several steps, one of which each run takes at once; all share the bucket. */
        private Manifest manifest(String name, int steps) {
            var workflow = workflow(name).limit("api", limit, period, burst);
            for (int i = 0; i < steps; i++) {
                workflow.step(
                        "work" + i,
                        step -> step.keyedLimit("api")
                                .retries(3)
                                .queueTimeout(Duration.ofHours(10))
                                .backoff(new Backoff(Duration.ofMillis(10), 2, Duration.ofSeconds(1))));
            }
            return workflow.build();
        }

        private void watch(Fact fact) {
            if (fact instanceof Fact.AttemptOffered offered) {
                long cost = costs.get(offered.attempt().run());
                taken.add(new Taken(fact.at(), cost));
                counted.put(offered.attempt(), cost);
            } else if (fact instanceof Fact.AttemptSpent spent) {
                long actual = spent.spent().settled().amount("api");
                taken.add(new Taken(fact.at(), actual - counted.put(spent.attempt(), actual)));
            } else if (fact instanceof Fact.RateLimitClosed closed) {
                gaps.add(new Gap(fact.at(), closed.until()));
            }
        }

        void start() {
            var plain = engine.starting(versions.get(random.nextInt(versions.size())), "{}");
            long cost = 1 + random.nextInt(MOST_COST);
            costs.put(plain.run(), cost);
            var verdict = new Verdict.Holds(new Terms(List.of(), "", 1, List.of("k"), List.of(cost)));
            engine.start(new Command.RunStart(
                    plain.run(),
                    plain.version(),
                    plain.input(),
                    plain.idempotencyKey(),
                    plain.digest(),
                    plain.priority(),
                    plain.metadata(),
                    plain.deadline(),
                    plain.follow(),
                    new RunTerms(Verdict.PLAIN, Map.of(0, verdict, 1, verdict, 2, verdict))));
        }

        FakeWorker worker() {
            return engine.absentWorker(5_000, versions.toArray(VersionRef[]::new));
        }

        /** Enough to do for some time, and then about twice as much again as the limit lets through, at random instants. */
        void keepComing(Duration time, Runnable between) {
            for (int i = 0; i < Math.max(200, 2 * limit); i++) {
                start();
            }
            double perSecond = limit / (period.toNanos() / 1e9);
            var end = engine.now().plus(time);
            while (engine.now().isBefore(end)) {
                engine.advance(
                        Duration.ofNanos((long) (-Math.log(1 - random.nextDouble()) * 1e9 * 10 / (perSecond * 0.5))));
                for (int i = 0; i < 5 + random.nextInt(11); i++) {
                    start();
                }
                between.run();
            }
        }

        long tokens(Instant from, Instant to) {
            return taken.stream()
                    .filter(one -> !one.at.isBefore(from) && one.at.isBefore(to))
                    .mapToLong(Taken::cost)
                    .sum();
        }

        /** Ten periods from anywhere between the first burst and the end, one tenth of a period apart. */
        List<Instant> windows() {
            var starts = new ArrayList<Instant>();
            var length = period.multipliedBy(WINDOWS);
            for (var from = EngineHarness.BEGINNING.plus(period);
                    from.plus(length).isBefore(engine.now());
                    from = from.plus(period.dividedBy(10))) {
                starts.add(from);
            }
            return starts;
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void tenPeriodsBringTenTimesTheLimitToOnePercentWheneverTheOwnerCrashes(long seed) {
        var demand = new Demand(seed, 0);
        var engine = demand.engine;
        demand.worker()
                .on("work0", any -> value("1", Duration.ofMillis(demand.random.nextInt(200))))
                .connect();
        var crashes = new int[1];
        demand.keepComing(demand.period.multipliedBy(13), () -> {
            switch (demand.random.nextInt(12)) {
                case 0 -> {
                    engine.crashAndReconnect();
                    crashes[0]++;
                }
                case 1 -> engine.project();
                default -> {
                    // time passes
                }
            }
        });
        assertThat(crashes[0]).as("crashes in the middle").isPositive();
        assertThat(demand.windows()).hasSizeGreaterThan(10);
        double expected = WINDOWS * demand.limit;
        for (var from : demand.windows()) {
            double tokens = demand.tokens(from, from.plus(demand.period.multipliedBy(WINDOWS)));
            assertThat(Math.abs(tokens - expected) / expected)
                    .as("seed %d: %s tokens instead of %s from %s", seed, tokens, expected, from)
                    .isLessThanOrEqualTo(TOLERANCE);
        }
    }

    /** What flows in while nothing can go is kept up to the burst, which is small here; the rest of it is gone. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void theTimeInWhichAProviderClosedItOrNobodyWasThereBringsNoMoreThanTheBurst(long seed) {
        var demand = new Demand(seed, MOST_COST);
        var engine = demand.engine;
        var worker = demand.worker()
                .on(
                        "work0",
                        any -> demand.random.nextInt(200) == 0
                                ? failure(new Failure("TooMany", "429", "", false, demand.period.toMillis() / 5, "api"))
                                : value("1", Duration.ofMillis(demand.random.nextInt(200))));
        worker.connect();
        demand.keepComing(demand.period.multipliedBy(14), () -> {
            if (demand.random.nextInt(60) == 0) {
                engine.crash();
                var from = engine.now();
                engine.advance(Duration.ofNanos(demand.period.toNanos() / 10));
                demand.gaps.add(new Gap(from, engine.now()));
                worker.connect();
            }
        });
        assertThat(demand.gaps).isNotEmpty();
        double perNano = (double) demand.limit / demand.period.toNanos();
        for (var from : demand.windows()) {
            var to = from.plus(demand.period.multipliedBy(WINDOWS));
            long tokens = demand.tokens(from, to);
            long closedNanos = demand.gaps.stream()
                    .mapToLong(gap -> gap.within(from, to).toNanos())
                    .sum();
            long closures = demand.gaps.stream()
                    .filter(gap -> !gap.within(from, to).isZero())
                    .count();
            double most = WINDOWS * demand.limit;
            // Gaps may overlap, so this is the least time in which tokens could go.
            double least = most - closedNanos * perNano;
            assertThat((double) tokens)
                    .as("seed %d from %s, with %d gaps", seed, from, closures)
                    .isLessThanOrEqualTo(most * (1 + TOLERANCE))
                    .isGreaterThanOrEqualTo(least - most * TOLERANCE);
        }
        for (var gap : demand.gaps) {
            assertThat(demand.tokens(gap.from.plusNanos(1_000), gap.to.minusNanos(1_000)))
                    .as("nothing goes in %s", gap)
                    .isZero();
        }
    }

    /** What an attempt takes less, or more, than it reserved goes back, or is owed: what counts is what was taken in the end. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void tenPeriodsBringTenTimesTheLimitToOnePercentWhenAttemptsAreSettledToo(long seed) {
        var demand = new Demand(seed, ROOM, 600);
        var engine = demand.engine;
        var worker = demand.worker();
        for (int i = 0; i < 3; i++) {
            worker.on("work" + i, attempt -> {
                long cost = demand.costs.get(attempt.attempt().run());
                return value("1", Duration.ofMillis(demand.random.nextInt(200)))
                        .settling("api", Math.max(1, cost + demand.random.nextInt(3) - 1));
            });
        }
        worker.connect();
        var crashes = new int[1];
        demand.keepComing(demand.period.multipliedBy(12), () -> {
            if (demand.random.nextInt(40) == 0) {
                engine.crashAndReconnect();
                crashes[0]++;
            }
        });
        assertThat(crashes[0]).as("crashes in the middle").isPositive();
        assertThat(demand.taken.stream().filter(taken -> taken.cost < 0))
                .as("tokens that went back")
                .isNotEmpty();
        double expected = WINDOWS * demand.limit;
        for (var from : demand.windows()) {
            double tokens = demand.tokens(from, from.plus(demand.period.multipliedBy(WINDOWS)));
            assertThat(Math.abs(tokens - expected) / expected)
                    .as("seed %d: %s tokens instead of %s from %s", seed, tokens, expected, from)
                    .isLessThanOrEqualTo(TOLERANCE);
        }
    }

    @Test
    void whatIsClosedIsStillClosedAfterACrashAndOpensAtTheSameInstant() {
        var demand = new Demand(1, MOST_COST);
        var engine = demand.engine;
        var worker =
                demand.worker().on("work0", any -> failure(new Failure("TooMany", "429", "", true, 60_000, "api")));
        worker.connect();
        demand.start();
        var until = engine.now().plusSeconds(60);
        for (int i = 0; i < 20; i++) {
            demand.start();
        }
        int before = demand.taken.size();
        engine.advance(Duration.ofSeconds(20));
        engine.crashAndReconnect();
        engine.project();
        engine.crashAndReconnect();
        engine.advance(Duration.ofSeconds(39).plusMillis(999));
        assertThat(demand.taken).hasSize(before);
        engine.advance(Duration.ofMillis(1));
        assertThat(demand.taken).hasSizeGreaterThan(before);
        assertThat(demand.taken.get(before).at).isEqualTo(until);
    }
}
