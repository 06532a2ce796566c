package dev.millrace.controlplane.waits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.CheckpointKey;
import dev.millrace.engine.RunId;
import dev.millrace.engine.TenantId;
import dev.millrace.engine.VersionRef;
import dev.millrace.expression.EventQuestion;
import dev.millrace.manifest.Json;
import dev.millrace.manifest.JsonValue;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Who may wait for an event is found by the value that they ask for, not by asking everybody. */
class WaiterIndexTest {
    private static final TenantId TENANT = new TenantId(new UUID(1, 1));

    private final WaiterIndex index = new WaiterIndex();

    private static Waiter waiter(TenantId tenant, long run, String event, String where, Map<String, JsonValue> values) {
        var name = new WaitName(tenant, new RunId(new UUID(7, run)), 1, 0, 0, new CheckpointKey("", event, 1));
        return new Waiter(new OpenedWait(
                name,
                new EventQuestion(where, values).json(),
                new VersionRef("w", "v"),
                Instant.EPOCH,
                Instant.MAX,
                ""));
    }

    private Waiter asking(String order) {
        return waiter(TENANT, 1, "paid", "event.order == q", Map.of("q", JsonValue.of(order)));
    }

    private List<Waiter> candidates(TenantId tenant, String event, String json) {
        return index.candidates(tenant, event, Json.read(json));
    }

    @Test
    void ofAHundredThousandWhoAskForAValueOneIsFound() {
        var waiters = new ArrayList<Waiter>();
        for (int i = 0; i < 100_000; i++) {
            var waiter = waiter(TENANT, i, "paid", "event.order == q", Map.of("q", JsonValue.of("order-" + i)));
            waiters.add(waiter);
            index.add(waiter);
        }
        for (int i = 0; i < 100_000; i += 997) {
            assertThat(candidates(TENANT, "paid", "{\"order\":\"order-" + i + "\"}"))
                    .containsExactly(waiters.get(i));
        }
        waiters.forEach(index::remove);
        assertThat(index.isEmpty()).isTrue();
    }

    @Test
    void allWhoAskForTheSameValueAreFound() {
        var one = asking("a");
        var other = asking("a");
        index.add(one);
        index.add(other);
        assertThat(candidates(TENANT, "paid", "{\"order\":\"a\"}")).containsExactly(one, other);
        index.remove(one);
        assertThat(candidates(TENANT, "paid", "{\"order\":\"a\"}")).containsExactly(other);
    }

    @Test
    void whoAsksOtherwiseIsFoundForEveryEventOfTheName() {
        var waiter = waiter(TENANT, 1, "paid", "event.cents > 5", Map.of());
        index.add(waiter);
        assertThat(candidates(TENANT, "paid", "{}")).containsExactly(waiter);
        assertThat(candidates(TENANT, "sent", "{}")).isEmpty();
    }

    @Test
    void tenantsAreApart() {
        index.add(asking("a"));
        assertThat(candidates(new TenantId(new UUID(2, 2)), "paid", "{\"order\":\"a\"}"))
                .isEmpty();
        assertThat(index.concern(new TenantId(new UUID(2, 2)), "paid")).isFalse();
        assertThat(index.concern(TENANT, "paid")).isTrue();
    }

    @Test
    void whoIsStillLookingBackIsNotToldButLooksOnceMore() {
        var waiter = asking("a");
        assertThat(waiter.hears()).isFalse();
        assertThat(waiter.looksAgain()).as("something came meanwhile").isTrue();
        assertThat(waiter.looksAgain()).isFalse();
        assertThat(waiter.hears()).isTrue();
    }
}
