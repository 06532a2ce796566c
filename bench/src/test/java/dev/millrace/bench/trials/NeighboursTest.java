package dev.millrace.bench.trials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.millrace.bench.figures.Figures;
import dev.millrace.bench.figures.Json;
import dev.millrace.bench.trials.NeighboursProcess.Load;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class NeighboursTest {
    private static final Sizes SIZES =
            new Sizes(1, 1_000, 2_000, 1, 16, 0, Duration.ofSeconds(1), Duration.ofSeconds(1), 1);

    @Test
    void whateverTheLoadIsAsManyRunsAreStartedInAll() {
        assertThat(Load.LIGHT.requests(2_000, 1_000)).isEqualTo(2_000);
        assertThat(Load.HEAVY.requests(2_000, 1_000)).isEqualTo(20);
        // Ten tenants start a hundred at once, 990 one: 1,990 starts of a thousand requests.
        assertThat(Load.MIXED.requests(2_000, 1_000)).isCloseTo(2_000 / 1.99, within(1e-9));
    }

    @Test
    void ofEachTenantTheSlowestHundredthCountsAndOfTheTenantsTheWorst() {
        var times = new TenantTimes(3);
        for (int i = 1; i <= 100; i++) {
            times.add(0, i * 1_000);
            times.add(1, i * 2_000);
        }
        times.add(2, 900_000);

        var figures = times.figures(tenant -> tenant != 2);

        assertThat(figures.get("tenants")).isEqualTo(2);
        assertThat(figures.get("starts")).isEqualTo(200);
        assertThat(figures.get("p99.worst")).isEqualTo(198);
        assertThat(figures.get("p99.median")).isEqualTo(99);
    }

    @Test
    void tenantsAreHeldAgainstThoseThatAreLikeThem() {
        var findings = Neighbours.report(
                SIZES,
                figures("all", 10, 8).and(loaded()),
                figures("all", 100, 90).and(loaded()),
                figures("light", 15, 8).and(figures("heavy", 90, 90)).and(loaded()),
                new Json());

        assertThat(findings.text(true)).contains("\"ratioToFairShare\" : 1.5");
        assertThat(findings.problem()).isEmpty();
    }

    @Test
    void aLoadThatIsBehindItsOwnScheduleSaysNothing() {
        var findings = Neighbours.report(
                SIZES,
                figures("all", 10, 8).and(Figures.none().with("failed", 0).with("lateMillis.max", 9)),
                figures("all", 100, 90).and(loaded()),
                figures("light", 15, 8).and(figures("heavy", 90, 90)).and(loaded()),
                new Json());

        assertThat(findings.problem())
                .hasValueSatisfying(problem -> assertThat(problem)
                        .contains("(light by up to 9.00 ms of a p99 of 10.0 ms)", "Use a lower --rate"));
    }

    @Test
    void tokensAreMadeAsTheControlPlaneReadsThem() {
        var given = "mr_000000000000_11111111111111111111111111111111_";
        var token = TenantTokens.like(given + "x").text("000000000000");

        assertThat(token).startsWith(given).hasSize(given.length() + 6);
        assertThat(TenantTokens.like(token).of(7)).startsWith("mr_bench0000007_1111");
        assertThat(TenantTokens.like(token)).hasToString("tokens of tenants");
    }

    private static Figures figures(String who, double worst, double median) {
        return Figures.none()
                .with("tenants", 10)
                .with("starts", 1_000)
                .with("p99.worst", worst)
                .with("p99.median", median)
                .under(who);
    }

    private static Figures loaded() {
        return Figures.none().with("failed", 0).with("lateMillis.max", 1);
    }
}
