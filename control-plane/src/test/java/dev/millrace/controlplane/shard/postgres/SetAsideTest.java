package dev.millrace.controlplane.shard.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.controlplane.store.TestDatabase;
import dev.millrace.engine.Journal.FencedException;
import dev.millrace.engine.Journal.JournalException;
import dev.millrace.engine.RunImage;
import dev.millrace.engine.RunState;
import dev.millrace.engine.ShardImage;
import dev.millrace.engine.Snapshots.Projection;
import dev.millrace.engine.contract.Examples;
import dev.millrace.engine.contract.ImageBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A run whose rows are refused is kept whole and holds up no other. */
class SetAsideTest {
    private final TestDatabase database = TestDatabase.create();
    private final PostgresJournal journal =
            new PostgresJournal(database.database(), UUID.randomUUID(), Duration.ofMinutes(1), 1 << 20);
    private final PostgresSnapshots snapshots =
            new PostgresSnapshots(database.database(), (tenant, version, node) -> "step-" + node);
    private final long epoch = journal.open(0, UUID.randomUUID()).epoch();
    private long seq;

    SetAsideTest() {
        snapshots.open(0, epoch);
        // Any cause will do: this one is about the rows of one workflow in one table.
        database.execute("ALTER TABLE analytics.run ADD CONSTRAINT picky CHECK (octet_length(metadata_values[1]) < 4)");
    }

    @AfterEach
    void close() {
        snapshots.close();
        journal.close();
        database.close();
    }

    @Test
    void allOthersOfThePassAreStoredAsUsual() {
        var images = IntStream.rangeClosed(8, 11)
                .mapToObj(number -> Examples.image(number, true, RunState.QUEUED, Instant.MAX, 0))
                .toList();
        project(images);
        assertThat(database.number("SELECT count(*) FROM core.run")).isEqualTo(2);
        assertThat(database.number("SELECT count(*) FROM analytics.task"))
                .as("of four tasks each, three had an attempt")
                .isEqualTo(2L * 3);
        assertThat(database.number("SELECT count(*) FROM core.run_set_aside WHERE cause LIKE '%picky%'"))
                .isEqualTo(2);
        assertThat(snapshots.setAside()).isEqualTo(2);
        assertThat(database.number("SELECT seq FROM core.projection WHERE shard = 0"))
                .isEqualTo(seq);
    }

    @Test
    void recoveryAndReadersFindItWithItsHistory() {
        project(List.of(
                Examples.image(9, true, RunState.QUEUED, Instant.MAX, 1),
                Examples.image(10, true, RunState.QUEUED, Instant.MAX, 1),
                Examples.image(11, true, RunState.QUEUED, Instant.MAX, 1)));
        project(List.of(Examples.image(10, false, RunState.RUNNING, Instant.MAX, 2)));

        assertThat(active())
                .extracting(RunImage::run)
                .containsExactly(Examples.run(9), Examples.run(10), Examples.run(11));
        var read = snapshots.run(Examples.TENANT, Examples.run(10)).orElseThrow();
        assertThat(read.state()).isEqualTo(RunState.RUNNING);
        assertThat(read.tasks())
                .isEqualTo(Examples.image(10, false, RunState.RUNNING, Instant.MAX, 2)
                        .tasks());
        assertThat(read.history()).extracting(RunImage.Transition::state).containsExactly("QUEUED", "RUNNING");
    }

    @Test
    void theNextOwnerGoesOnWithIt() {
        project(List.of(Examples.image(10, true, RunState.QUEUED, Instant.MAX, 1)));
        try (var next = new PostgresSnapshots(database.database(), (tenant, version, node) -> "step-" + node)) {
            next.open(0, epoch);
            assertThat(next.setAside()).isEqualTo(1);
            next.project(projection(List.of(Examples.image(10, false, RunState.SUCCEEDED, Examples.AT, 2))));
            assertThat(next.setAside()).isZero();
        }
        assertThat(active()).isEmpty();
        assertThat(snapshots
                        .run(Examples.TENANT, Examples.run(10))
                        .orElseThrow()
                        .state())
                .isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void aRunThatIsKnownAlreadyIsTakenFromWhereItsNewestImageIs() {
        project(List.of(Examples.image(9, true, RunState.QUEUED, Instant.MAX, 1)));
        database.execute("ALTER TABLE analytics.run ADD CONSTRAINT pickier CHECK (state <> 1) NOT VALID");
        project(List.of(Examples.image(9, false, RunState.RUNNING, Instant.MAX, 2)));

        assertThat(active())
                .singleElement()
                .satisfies(run -> assertThat(run.state()).isEqualTo(RunState.RUNNING));
        assertThat(snapshots.run(Examples.TENANT, Examples.run(9)).orElseThrow().state())
                .isEqualTo(RunState.RUNNING);
        project(List.of(Examples.image(9, false, RunState.SUCCEEDED, Examples.AT, 3)));
        assertThat(active()).isEmpty();
    }

    @Test
    void whatItWasBeforeItWasReplayedIsKept() {
        var queued = Examples.image(10, true, RunState.QUEUED, Instant.MAX, 1);
        var failed = generation(1).isNew(true).build();
        project(List.of(queued));
        project(List.of(ImageBuilder.like(failed).isNew(false).build()));
        assertThat(snapshots.setAside()).as("it has ended").isZero();
        assertThat(generations(2)).containsExactly(failed.stored(List.of()));

        // Replayed; then it fails and is replayed twice between two passes; then it is replayed again.
        project(List.of(generation(2).state(RunState.RUNNING).ended(Instant.MAX).build()));
        assertThat(snapshots.setAside())
                .as("its rows are refused, as they were before")
                .isEqualTo(1);
        assertThat(generations(2)).containsExactly(failed.stored(List.of()));
        var second = generation(2).build().stored(List.of());
        var third = generation(3).build().stored(List.of());
        var fourth = generation(4).build();
        project(List.of(ImageBuilder.like(fourth).former(second, third).build()));
        assertThat(generations(4)).containsExactly(failed.stored(List.of()), second, third);
        project(List.of(generation(5).build()));
        assertThat(generations(5)).containsExactly(failed.stored(List.of()), second, third, fourth.stored(List.of()));
    }

    @Test
    void oneThatIsRefusedWhenItIsReplayedKeepsWhatItWas() {
        var failed = ImageBuilder.like(Examples.image(9, true, RunState.FAILED, Examples.AT, 1));
        project(List.of(failed.build()));
        database.execute("ALTER TABLE analytics.run ADD CONSTRAINT pickier CHECK (state <> 1) NOT VALID");
        project(List.of(ImageBuilder.like(Examples.image(9, false, RunState.RUNNING, Instant.MAX, 2))
                .generation(2)
                .build()));
        assertThat(snapshots.setAside()).isEqualTo(1);
        assertThat(snapshots.generations(Examples.TENANT, Examples.run(9), 2))
                .containsExactly(failed.build().stored(List.of()));
    }

    private static ImageBuilder generation(int number) {
        return ImageBuilder.like(Examples.image(10, false, RunState.FAILED, Examples.AT, 1))
                .generation(number);
    }

    private List<RunImage> generations(int before) {
        return snapshots.generations(Examples.TENANT, Examples.run(10), before);
    }

    @Test
    void whenEverythingIsRefusedItIsNotTheRunsAndNothingMoves() {
        var images = IntStream.rangeClosed(1_000, 1_300)
                .mapToObj(number -> Examples.image(number, true, RunState.QUEUED, Instant.MAX, 0))
                .toList();
        assertThatThrownBy(() -> project(images))
                .isInstanceOf(JournalException.class)
                .isNotInstanceOf(FencedException.class)
                .hasMessageContaining("it is not the runs");
        assertThat(database.number("SELECT count(*) FROM core.run_set_aside")).isZero();
        assertThat(database.number("SELECT seq FROM core.projection WHERE shard = 0"))
                .isZero();
        database.execute("ALTER TABLE analytics.run DROP CONSTRAINT picky");
        seq--;
        project(images);
        assertThat(database.number("SELECT count(*) FROM core.run")).isEqualTo(images.size());
    }

    private void project(List<RunImage> images) {
        snapshots.project(projection(images));
    }

    private Projection projection(List<RunImage> images) {
        return new Projection(0, epoch, seq, ++seq, ShardImage.EMPTY, images);
    }

    private List<RunImage> active() {
        var images = new ArrayList<RunImage>();
        snapshots.residentRuns(0, images::add);
        return images;
    }
}
