package dev.millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OptionsTest {

    @Test
    void withoutOptionsEveryBenchmarkHasItsDefaults() {
        assertThat(Options.parse(List.of("throughput")))
                .isEqualTo(new Options(
                        Benchmark.THROUGHPUT,
                        false,
                        new Options.Timing(Duration.ofSeconds(10), Duration.ofSeconds(60), 3),
                        new Options.Sizes(2_000, 500, 1_000, 1_024, 1_000_000, 1_000, 512),
                        Optional.empty()));
    }

    @Test
    void quickShortensWhatIsNotSaid() {
        assertThat(Options.parse(List.of("chain", "--warmup", "7", "--quick")).timing())
                .isEqualTo(new Options.Timing(Duration.ofSeconds(3), Duration.ofSeconds(7), 3));
    }

    @Test
    void everyOptionIsTaken() {
        var words =
                "latency --json --seconds 4 --warmup=2 --repeat 5 --window 10 --rate 100 --elements 7 --slots 8 --runs 9 --tenants 11 --heap 256"
                        + " --url http://127.0.0.1:8080";

        assertThat(Options.parse(List.of(words.split(" "))))
                .isEqualTo(new Options(
                        Benchmark.LATENCY,
                        true,
                        new Options.Timing(Duration.ofSeconds(4), Duration.ofSeconds(2), 5),
                        new Options.Sizes(10, 100, 7, 8, 9, 11, 256),
                        Optional.of("http://127.0.0.1:8080")));
    }

    @Test
    void trialsHaveSizesOfTheirOwn() {
        assertThat(Options.parse(List.of("recovery")).sizes().runs()).isEqualTo(100_000);
        assertThat(Options.parse(List.of("recovery")).sizes().slots()).isEqualTo(64);
        assertThat(Options.parse(List.of("backlog")).sizes().runs()).isEqualTo(1_000_000);
        assertThat(Options.parse(List.of("backlog")).sizes().heap()).isEqualTo(512);
        assertThat(Options.parse(List.of("sleeping")).sizes().runs()).isEqualTo(1_000_000);
        assertThat(Options.parse(List.of("sleeping")).sizes().heap()).isEqualTo(512);
        assertThat(Options.parse(List.of("sleeping")).timing().length()).isEqualTo(Duration.ofSeconds(120));
        assertThat(Options.parse(List.of("idle")).timing().length()).isEqualTo(Duration.ofSeconds(60));
        assertThat(Options.parse(List.of("soak", "--minutes", "3")).timing().length())
                .isEqualTo(Duration.ofMinutes(3));
        assertThat(Options.parse(List.of("soak")).sizes().rate()).isEqualTo(2_000);
        assertThat(Options.parse(List.of("fairness")).sizes().runs()).isEqualTo(100);
        assertThat(Options.parse(List.of("fairness")).sizes().slots()).isEqualTo(16);
        assertThat(Options.parse(List.of("tenants")).sizes().tenants()).isEqualTo(1_000);
        assertThat(Options.parse(List.of("tenants")).sizes().rate()).isEqualTo(500);
        assertThat(Options.parse(List.of("tenants")).timing().length()).isEqualTo(Duration.ofSeconds(60));
        assertThat(Options.parse(List.of("limits")).sizes().rate()).isEqualTo(500);
        assertThat(Options.parse(List.of("durable")).sizes().runs()).isEqualTo(100_000);
        assertThat(Options.parse(List.of("durable")).sizes().rate()).isEqualTo(100);
        assertThat(Options.parse(List.of("durable")).timing().length()).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void wrongWordsAreToldWithWhatWouldBeRight() {
        assertUsage(
                "Say what to measure: throughput, latency, chain, fanout, enqueue, recovery, backlog, sleeping, idle, events, schedules, fairness, tenants, limits, durable, soak.");
        assertUsage(
                "There is no benchmark \"speed\"; there are throughput, latency, chain, fanout, enqueue, recovery, backlog, sleeping, idle, events, schedules, fairness, tenants, limits, durable, soak.",
                "speed");
        assertUsage(
                "The benchmark recovery starts a control plane of its own, to do things to it; --url cannot be used with it.",
                "recovery",
                "--url",
                "http://127.0.0.1:8080");
        assertUsage("A soak is measured by the minute: give it at least --minutes 1.", "soak", "--seconds", "59");
        assertUsage("The option \"--fast\" is not known.", "chain", "--fast");
        assertUsage("The option --json takes no value.", "chain", "--json=yes");
        assertUsage("The option --seconds needs a value after it.", "chain", "--seconds");
        assertUsage("--repeat takes a whole number from 1 to 100, but is \"0\".", "chain", "--repeat", "0");
        assertUsage("--seconds takes a whole number from 1 to 3600, but is \"10s\".", "chain", "--seconds=10s");
    }

    private static void assertUsage(String message, String... words) {
        assertThatThrownBy(() -> Options.parse(List.of(words)))
                .isInstanceOf(Options.UsageException.class)
                .hasMessage(message);
    }
}
