package dev.millrace.controlplane.shard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.Payload;
import dev.millrace.engine.RunId;
import dev.millrace.engine.RunImage;
import dev.millrace.engine.RunState;
import dev.millrace.engine.TenantId;
import dev.millrace.engine.VersionRef;
import dev.millrace.engine.contract.ImageBuilder;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class EndedRunsTest {
    private static final TenantId TENANT = new TenantId(new UUID(1, 1));

    private final EndedRuns ended = new EndedRuns(3, 1 << 20);

    @Test
    void aRunThatEndedLatelyIsFound() {
        ended.stored(List.of(image(1, RunState.SUCCEEDED), image(2, RunState.RUNNING)));

        assertThat(ended.find(TENANT, run(1))).contains(image(1, RunState.SUCCEEDED));
        assertThat(ended.find(TENANT, run(2))).isEmpty();
    }

    @Test
    void anotherTenantsRunIsNotFound() {
        ended.stored(List.of(image(1, RunState.SUCCEEDED)));

        assertThat(ended.find(new TenantId(new UUID(2, 2)), run(1))).isEmpty();
    }

    @Test
    void theOldestAreForgotten() {
        for (int number = 1; number <= 5; number++) {
            ended.stored(List.of(image(number, RunState.FAILED)));
        }

        assertThat(ended.find(TENANT, run(2))).isEmpty();
        assertThat(ended.find(TENANT, run(3))).isPresent();
        assertThat(ended.find(TENANT, run(5))).isPresent();
    }

    @Test
    void largeResultsPushOutMoreThanSmallOnes() {
        var few = new EndedRuns(1_000, 10_000);
        for (int number = 1; number <= 8; number++) {
            few.stored(List.of(image(number, RunState.SUCCEEDED)));
        }
        assertThat(few.find(TENANT, run(1))).isPresent();

        few.stored(List.of(image(9, RunState.SUCCEEDED, Payload.inline(new byte[6_000]))));

        assertThat(few.find(TENANT, run(1))).isEmpty();
        assertThat(few.find(TENANT, run(8))).isPresent();
        assertThat(few.find(TENANT, run(9))).isPresent();
    }

    @Test
    void whatIsTooLargeByItselfIsNotKept() {
        var few = new EndedRuns(1_000, 10_000);
        few.stored(List.of(image(1, RunState.SUCCEEDED, Payload.inline(new byte[20_000]))));
        assertThat(few.find(TENANT, run(1))).isEmpty();

        few.stored(List.of(image(2, RunState.SUCCEEDED)));
        assertThat(few.find(TENANT, run(2))).isPresent();
    }

    @Test
    void aRunThatIsReplayedIsNotTakenForEnded() {
        ended.stored(List.of(image(1, RunState.FAILED)));
        ended.replayed(run(1));
        assertThat(ended.find(TENANT, run(1))).isEmpty();

        // The image of the former generation, which was on its way.
        ended.stored(List.of(image(1, RunState.FAILED)));
        assertThat(ended.find(TENANT, run(1))).isEmpty();
    }

    @Test
    void aRunThatGoesOnAgainIsNoEndedOne() {
        ended.stored(List.of(image(1, RunState.FAILED)));
        ended.stored(List.of(image(1, RunState.RUNNING)));
        ended.stored(List.of(image(2, RunState.FAILED), image(3, RunState.FAILED), image(4, RunState.FAILED)));

        assertThat(ended.find(TENANT, run(1))).isEmpty();
        assertThat(ended.find(TENANT, run(2))).isPresent();
    }

    private static RunId run(long number) {
        return new RunId(new UUID(7, number));
    }

    private static RunImage image(long number, RunState state) {
        return image(number, state, Payload.NONE);
    }

    private static RunImage image(long number, RunState state, Payload input) {
        return ImageBuilder.of(
                        TENANT, run(number), new VersionRef("flow", "0123456789abcdef0123456789abcdef"), Instant.EPOCH)
                .state(state)
                .input(input)
                .ended(Instant.EPOCH)
                .build();
    }
}
