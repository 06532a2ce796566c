package dev.millrace.bench.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class JsonTest {

    @Test
    void membersKeepTheirOrderAndTheirKinds() throws Exception {
        var json = new Json()
                .put("benchmark", "throughput")
                .put("runsPerSecond", 31_234.5678)
                .put("repeats", 3)
                .put("durable", true)
                .put("nested", new Json().put("p50", 0.00123456789))
                .put("controlPlane", Optional.empty())
                .put("load", Optional.of(0.5))
                .put("each", new double[] {1, 2.5});

        assertThat(new ObjectMapper().readTree(json.toString()).toString())
                .isEqualTo("{\"benchmark\":\"throughput\",\"runsPerSecond\":31235,\"repeats\":3,\"durable\":true,"
                        + "\"nested\":{\"p50\":0.0012346},\"controlPlane\":null,\"load\":0.5,\"each\":[1,2.5]}");
    }

    @Test
    void aNameIsUsedOnce() {
        assertThatThrownBy(() -> new Json().put("a", 1).put("a", 2)).hasMessageContaining("two members \"a\"");
    }

    @Test
    void infinityHasNoForm() {
        assertThatThrownBy(() -> new Json().put("a", Double.POSITIVE_INFINITY))
                .hasMessageContaining("JSON has no number Infinity");
    }
}
