package dev.millrace.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class DefaultsTest {

    /** A changed default changes what users' programs do: change it here too, in the annotations' docs and the changelog. */
    @Test
    void theDefaultsAreTheRecordedOnes() throws IllegalAccessException {
        var recorded = new TreeMap<String, String>();
        for (Field field : Defaults.class.getFields()) {
            recorded.put(field.getName(), String.valueOf(field.get(null)));
        }

        assertThat(recorded)
                .isEqualTo(new TreeMap<>(Map.ofEntries(
                        Map.entry("STEP_TIMEOUT", "PT5M"),
                        Map.entry("QUEUE_TIMEOUT", "PT24H"),
                        Map.entry("RUN_DEADLINE", "PT720H"),
                        Map.entry("RETRIES", "0"),
                        Map.entry("BACKOFF", "Backoff[initial=PT1S, multiplier=2.0, max=PT5M]"),
                        Map.entry("SLOTS", "1"),
                        Map.entry("DELIVERY", "AT_LEAST_ONCE"),
                        Map.entry("VISIBILITY", "PUBLIC"),
                        Map.entry("WEIGHT", "NORMAL"),
                        Map.entry("PINNING", "AUTO"),
                        Map.entry("CONCURRENCY_STRATEGY", "QUEUE"),
                        Map.entry("BUDGET_EXCEEDED", "FAIL"),
                        Map.entry("OVERLAP", "ALLOW"),
                        Map.entry("CATCH_UP", "LATEST"),
                        Map.entry("BATCH_WAIT", "PT0.1S"),
                        Map.entry("CIRCUIT_FAILURE_RATE", "0.5"),
                        Map.entry("CIRCUIT_WINDOW", "20"),
                        Map.entry("CIRCUIT_OPEN_FOR", "PT30S"),
                        Map.entry("ACCEPT_LEASE", "PT5S"),
                        Map.entry("HEARTBEAT", "PT2S"),
                        Map.entry("MISSED_HEARTBEATS", "3"),
                        Map.entry("RECONNECT_GRACE", "PT10S"))));
    }

    @Test
    void aStepThatSaysNothingHasTheDefaults() {
        assertThat(Defaults.stepPolicy())
                .hasToString("StepPolicy[timeout=PT5M, queueTimeout=PT24H, retries=0, "
                        + "backoff=Backoff[initial=PT1S, multiplier=2.0, max=PT5M], delivery=AT_LEAST_ONCE, slots=1, "
                        + "retryOn=[], noRetryOn=[], "
                        + "placement=PlacementSpec[requires=[], prefers=[], sticky=NONE], slotKind=]");
    }
}
