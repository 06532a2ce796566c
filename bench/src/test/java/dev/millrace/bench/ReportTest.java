package dev.millrace.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.bench.figures.Figures;
import dev.millrace.bench.figures.Json;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportTest {
    private static final Json ENVIRONMENT = new Json().put("cpus", 2);

    @Test
    void throughputIsTheMedianRateWithTheCpuOfEachProcess() throws Exception {
        var repeats = List.of(flood(10_000, 1.0), flood(30_000, 2.0), flood(20_000, 3.0));

        var json = json("throughput", repeats);

        assertThat(json.get("benchmark").asText()).isEqualTo("throughput");
        assertThat(json.get("runsPerSecond").asDouble()).isEqualTo(20_000);
        assertThat(json.get("window").asInt()).isEqualTo(2_000);
        assertThat(json.get("payloadBytes").asInt()).isEqualTo(512);
        var cpu = json.get("cpuSecondsPerThousandRuns");
        assertThat(cpu.get("controlPlane").asDouble()).isEqualTo(0.02);
        assertThat(cpu.get("postgres").asDouble()).isEqualTo(0.01);
        assertThat(cpu.get("total").asDouble()).isEqualTo(0.06);
        assertThat(json.get("walBytesPerRun").asDouble()).isEqualTo(1_000);
        assertThat(json.get("cpuShareOfOthers").asDouble()).isEqualTo(0);
        assertThat(json.get("runsPerSecondOfEachRepeat").get(1).asDouble()).isEqualTo(30_000);
        assertThat(json.get("environment").get("cpus").asInt()).isEqualTo(2);
    }

    @Test
    void cpuThatCannotBeReadIsNullWithAReason() throws Exception {
        var repeat = Figures.none()
                .with("flood.runsPerSecond", 5)
                .with("flood.ended", 50)
                .with("flood.failed", 0)
                .with("flood.inputBytes", 512)
                .with("flood.resultBytes", 512)
                .and(millis("flood.runMillis", 3));

        var cpu = json("throughput", List.of(repeat)).get("cpuSecondsPerThousandRuns");

        assertThat(cpu.get("postgres").isNull()).isTrue();
        assertThat(cpu.get("reason").asText()).contains("/proc");
        assertThat(cpu.has("total")).isFalse();
    }

    @Test
    void whatOthersUsedOfTheMachineIsTold() throws Exception {
        var cpus = Runtime.getRuntime().availableProcessors();
        var repeat = flood(10_000, 1.0)
                .with("flood.cpu.machine", 6 + 0.25 * 10 * cpus)
                .with("flood.cpu.wall", 10);

        assertThat(json("throughput", List.of(repeat)).get("cpuShareOfOthers").asDouble())
                .isCloseTo(0.25, within(1e-6));
    }

    @Test
    void latencyIsTheTimeToTheFirstLineAtTheRateThatWasAskedFor() throws Exception {
        var repeat = Figures.none()
                .with("steady.runsPerSecond", 499.5)
                .with("steady.ended", 5_000)
                .with("steady.failed", 0)
                .with("steady.inputBytes", 512)
                .with("steady.resultBytes", 512)
                .and(millis("steady.startMillis", 2))
                .and(millis("steady.callMillis", 1))
                .and(millis("steady.runMillis", 3));

        var json = json("latency", List.of(repeat));

        assertThat(json.get("rate").asInt()).isEqualTo(500);
        assertThat(json.get("startMillis").get("p50").asDouble()).isEqualTo(2);
        assertThat(json.get("startMillis").get("p95").asDouble()).isEqualTo(20);
        assertThat(json.get("startMillis").get("p99").asDouble()).isEqualTo(200);
    }

    @Test
    void aChainIsMeasuredAloneAndInCompany() throws Exception {
        var repeat = Figures.none()
                .with("alone.failed", 0)
                .and(millis("alone.runMillis", 3))
                .with("together.runsPerSecond", 4_200)
                .with("together.ended", 42_000)
                .with("together.failed", 1)
                .with("together.inputBytes", 512)
                .with("together.resultBytes", 512)
                .and(millis("together.runMillis", 15));

        var json = json("chain", List.of(repeat));

        assertThat(json.get("runMillis").get("p50").asDouble()).isEqualTo(3);
        assertThat(json.get("runMillis").get("p99").asDouble()).isEqualTo(300);
        assertThat(json.get("runsPerSecond").asDouble()).isEqualTo(4_200);
        assertThat(json.get("inFlight").asInt()).isEqualTo(64);
        assertThat(json.get("failedRuns").asInt()).isZero();
    }

    @Test
    void aFanOutIsTheSecondsOfOneRun() throws Exception {
        var repeat = Figures.none()
                .with("fan.ended", 100)
                .with("fan.failed", 0)
                .with("fan.inputBytes", 512)
                .with("fan.resultBytes", 25)
                .and(millis("fan.runMillis", 40));

        var json = json("fanout", List.of(repeat));

        assertThat(json.get("seconds").asDouble()).isEqualTo(0.04);
        assertThat(json.get("elements").asInt()).isEqualTo(1_000);
    }

    @Test
    void bulkStartsAreMeasuredApartFromTheirEnds() throws Exception {
        var repeat = Figures.none()
                .with("queue.startsPerSecond", 60_000)
                .with("queue.ended", 300_000)
                .with("queue.inputBytes", 512)
                .with("queue.resultBytes", 540)
                .with("queue.secondsBehind", 0.4)
                .with("drain.runsPerSecond", 20_000);

        var json = json("enqueue", List.of(repeat));

        assertThat(json.get("startsPerSecond").asDouble()).isEqualTo(60_000);
        assertThat(json.get("queuedRuns").asDouble()).isEqualTo(300_000);
        assertThat(json.get("drainedRunsPerSecond").asDouble()).isEqualTo(20_000);
        assertThat(json.get("secondsBehind").asDouble()).isEqualTo(0.4);
    }

    @Test
    void theTableHasOneLinePerFigure() {
        var report = Report.of(Options.parse(List.of("throughput")), List.of(flood(25_000, 1.0)), 0, ENVIRONMENT);

        assertThat(report.table())
                .contains("one-step runs")
                .contains("25,000 /s")
                .contains("controlPlane 0.0200, postgres 0.0100, worker 0.0200, load 0.0100");
    }

    private static Figures flood(double rate, double seconds) {
        return Figures.none()
                .with("flood.runsPerSecond", rate)
                .with("flood.ended", 100_000 * seconds)
                .with("flood.failed", 0)
                .with("flood.inputBytes", 512)
                .with("flood.resultBytes", 540)
                .and(millis("flood.runMillis", 20))
                .with("flood.cpu.controlPlane", 2 * seconds)
                .with("flood.cpu.postgres", 1 * seconds)
                .with("flood.cpu.worker", 2 * seconds)
                .with("flood.cpu.load", 1 * seconds)
                .with("flood.cpu.machine", 6 * seconds)
                .with("flood.cpu.wall", 10)
                .with("flood.postgres.walBytes", 1_000 * 100_000 * seconds)
                .with("flood.postgres.commits", 1_000 * seconds);
    }

    private static Figures millis(String name, double p50) {
        return Figures.none()
                .with(name + ".p50", p50)
                .with(name + ".p95", p50 * 10)
                .with(name + ".p99", p50 * 100)
                .with(name + ".max", p50 * 1_000);
    }

    private static JsonNode json(String benchmark, List<Figures> repeats) throws Exception {
        var report = Report.of(Options.parse(List.of(benchmark)), repeats, 0, ENVIRONMENT);
        return new ObjectMapper().readTree(report.json());
    }
}
