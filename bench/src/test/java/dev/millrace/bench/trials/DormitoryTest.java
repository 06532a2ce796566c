package dev.millrace.bench.trials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.bench.processes.BenchException;
import org.junit.jupiter.api.Test;

class DormitoryTest {
    private static final String TEXT = """
            # HELP millrace_runs_resident Runs in memory.
            # TYPE millrace_runs_resident gauge
            millrace_runs_resident 12
            millrace_runs_resident_payload_bytes 6144.0
            millrace_runs_active{state="WAITING"} 4
            """;

    @Test
    void aMetricIsReadByItsWholeName() {
        assertThat(Dormitory.value(TEXT, "millrace_runs_resident")).isEqualTo(12);
        assertThat(Dormitory.value(TEXT, "millrace_runs_resident_payload_bytes"))
                .isEqualTo(6_144);
    }

    @Test
    void aMetricThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> Dormitory.value(TEXT, "millrace_runs_active"))
                .isInstanceOf(BenchException.class)
                .hasMessage("There is no metric millrace_runs_active.");
    }
}
