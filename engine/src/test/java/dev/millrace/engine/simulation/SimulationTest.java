package dev.millrace.engine.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Many seeds, on all processors. {@code -Dsimulation.seeds=N} runs so many, {@code -Dsimulation.first=SEED}
 * begins with that one: the seed of a failure and a count of 1 repeat it.
 */
class SimulationTest {
    private static final long FIRST = Long.getLong("simulation.first", 1);
    private static final int SEEDS = Integer.getInteger("simulation.seeds", 2_000);
    /** Each flaw shows within so many seeds, with room to spare. */
    private static final int SEEDS_PER_FLAW = 300;

    @Test
    void noSeedBreaksALawAndEveryRunEnds() {
        var probes = new EnumMap<Probe, Integer>(Probe.class);
        var reports = LongStream.range(FIRST, FIRST + SEEDS)
                .parallel()
                .mapToObj(seed -> Simulation.run(seed, Optional.empty()))
                .toList();
        long events = 0;
        double hours = 0;
        int runs = 0;
        int faults = 0;
        for (var report : reports) {
            events += report.events();
            hours += report.micros() / 3.6e9;
            runs += report.runs();
            faults += report.faults();
            report.probes().forEach((probe, hits) -> probes.merge(probe, hits, Integer::sum));
        }
        System.out.printf(
                "%d seeds from %d: %.1f simulated hours, %,d runs, %,d faults, %,d events; %s%n",
                SEEDS, FIRST, hours, runs, faults, events, probes);
        if (SEEDS >= 2_000) {
            assertThat(probes)
                    .as("every rare path is hit")
                    .containsKeys(EnumSet.complementOf(
                                    EnumSet.of(Probe.ABSENT_RUN_EXPLAINED, Probe.FORMER_OWNER_CONTRADICTED))
                            .toArray(Probe[]::new));
        }
    }

    @Test
    void theSameSeedGivesTheSameTrace() {
        for (long seed = FIRST; seed < FIRST + 20; seed++) {
            assertThat(Simulation.run(seed, Optional.empty()))
                    .as("S27, seed %d", seed)
                    .isEqualTo(Simulation.run(seed, Optional.empty()));
        }
    }

    @Test
    void everythingHappensAsIfNobodyHadAskedWhyThingsWait() {
        int absent = 0;
        for (long seed = FIRST; seed < FIRST + 40; seed++) {
            var asked = Simulation.runAsked(seed);
            absent += asked.probes().getOrDefault(Probe.ABSENT_RUN_EXPLAINED, 0);
            assertThat(asked.without(Probe.ABSENT_RUN_EXPLAINED))
                    .as("seed %d", seed)
                    .isEqualTo(Simulation.run(seed, Optional.empty()));
        }
        assertThat(absent).as("runs were asked about that were not in memory").isPositive();
    }

    @Test
    void hundredsOfWorkersThatReconnectAtOnceAreBackSoonAndNothingIsLost() {
        for (long seed = FIRST; seed < FIRST + 3; seed++) {
            assertThat(Simulation.runWithWorkers(seed, 300).runs()).isPositive();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aBugThatPeersHaveHadIsFound(Flaw flaw) {
        var found = LongStream.range(1, 1 + SEEDS_PER_FLAW)
                .mapToObj(seed -> failure(seed, flaw))
                .flatMap(Optional::stream)
                .findFirst();
        assertThat(found)
                .as("%s was not found in %d seeds", flaw, SEEDS_PER_FLAW)
                .isPresent();
    }

    @Test
    void theDocumentationNamesTheBugsThatOthersHad() throws IOException {
        assertThat(Path.of("..", "docs", "simulation.md"))
                .content()
                .contains(
                        Flaw.HISTORIC.stream().map(flaw -> "| `" + flaw + "` |").toList());
    }

    private static Optional<AssertionError> failure(long seed, Flaw flaw) {
        try {
            Simulation.run(seed, Optional.of(flaw));
            return Optional.empty();
        } catch (AssertionError e) {
            return Optional.of(e);
        }
    }
}
