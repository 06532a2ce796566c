package dev.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RecentKeysTest {
    private final RecentKeys keys = new RecentKeys(10);

    @Test
    void theOldestAreForgottenBeyondTheBound() {
        for (int i = 0; i < 12; i++) {
            keys.add(entry(i, 1));
        }

        assertThat(keys.contains(key(0))).isFalse();
        assertThat(keys.contains(key(1))).isFalse();
        assertThat(keys.contains(key(2))).isTrue();
        assertThat(keys.get(key(11))).isEqualTo(entry(11, 1));
    }

    @Test
    void aKeyWeighsAsManyAsItsOutcomes() {
        keys.add(entry(1, 4));
        keys.add(entry(2, 4));
        keys.add(entry(3, 4));

        assertThat(keys.contains(key(1))).isFalse();
        assertThat(keys.contains(key(2))).isTrue();
    }

    @Test
    void theNewestIsKeptHoweverHeavyItIs() {
        keys.add(entry(1, 1));
        keys.add(entry(2, 50));

        assertThat(keys.contains(key(1))).isFalse();
        assertThat(keys.contains(key(2))).isTrue();
    }

    @Test
    void whatIsKnownStaysAsItIs() {
        keys.add(entry(1, 1));
        keys.add(entry(1, 9));
        keys.add(entry(2, 9));

        assertThat(keys.get(key(1)).outcomes()).hasSize(1);
        assertThat(keys.contains(key(2))).isTrue();
    }

    private static KeyEntry entry(int number, int outcomes) {
        StartOutcome started = new StartOutcome.Started(new RunId(new UUID(0, number)), false);
        return new KeyEntry(key(number), List.copyOf(Collections.nCopies(outcomes, started)), "", Instant.EPOCH);
    }

    private static UniqueKey key(int number) {
        return new UniqueKey(new TenantId(new UUID(1, 1)), UniqueKey.REQUEST, Integer.toString(number));
    }
}
