package dev.millrace.engine.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.engine.Age;
import dev.millrace.engine.Journal;
import dev.millrace.engine.Journal.FencedException;
import dev.millrace.engine.RunImage;
import dev.millrace.engine.RunState;
import dev.millrace.engine.ShardImage;
import dev.millrace.engine.Snapshots;
import dev.millrace.engine.Snapshots.Due;
import dev.millrace.engine.Snapshots.DueQuery;
import dev.millrace.engine.Snapshots.LaneCount;
import dev.millrace.engine.Snapshots.Position;
import dev.millrace.engine.Snapshots.Projection;
import dev.millrace.engine.Snapshots.RunName;
import dev.millrace.engine.Snapshots.Wake;
import dev.millrace.engine.Snapshots.Window;
import dev.millrace.engine.Snapshots.WindowQuery;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link Snapshots} keeps. Every test begins with an empty store that has the shards 0 to 3. */
public abstract class SnapshotsContract {
    private static final Instant NEVER = Instant.MAX;
    private long epoch;

    /** The snapshots under test; the same ones for a whole test. */
    protected abstract Snapshots snapshots();

    /** The journal over the same store. */
    protected abstract Journal journal();

    /** Makes the current owner of a shard look dead, so that another need not wait for its lease. */
    protected abstract void expire(int shard);

    /** Takes shard 0 over with batches enough for every pass. */
    @BeforeEach
    void open() {
        epoch = journal().open(0, new UUID(0, 1)).epoch();
        for (int seq = 1; seq <= 9; seq++) {
            journal()
                    .append(List.of(new Journal.Entry(
                            0, epoch, seq, List.of(Examples.facts().get(0)))));
        }
    }

    @Test
    void aNewShardHasNoImages() {
        assertThat(snapshots().open(0, epoch)).isEqualTo(new Position(epoch, 0, ShardImage.EMPTY));
        assertThat(active()).isEmpty();
        assertThat(snapshots().run(Examples.TENANT, Examples.run(1))).isEmpty();
    }

    @Test
    void aPassMovesThePositionTogetherWithItsImages() {
        snapshots().open(0, epoch);
        project(0, 5, Examples.active(1), Examples.active(2));
        assertThat(snapshots().open(0, epoch)).isEqualTo(new Position(epoch, 5, Examples.shard()));
        assertThat(active()).extracting(RunImage::run).containsExactly(Examples.run(1), Examples.run(2));
    }

    @Test
    void anImageIsReadAsItWasWrittenButIsNewNoMore() {
        snapshots().open(0, epoch);
        for (var state : RunState.values()) {
            int number = 10 + state.ordinal();
            var image = Examples.image(number, true, state, state.isFinal() ? Examples.AT : NEVER, 0);
            project(state.ordinal(), state.ordinal() + 1, image);
            assertThat(snapshots().run(Examples.TENANT, Examples.run(number))).contains(image.stored(image.history()));
        }
    }

    @Test
    void theNewestImageWinsAndTheHistoryGrows() {
        snapshots().open(0, epoch);
        var first = Examples.image(1, true, RunState.QUEUED, NEVER, 1);
        var second = Examples.image(1, false, RunState.RUNNING, NEVER, 2);
        var third = Examples.image(1, false, RunState.FAILED, Examples.AT, 3);
        project(0, 1, first);
        project(1, 2, second);
        project(2, 3, third);
        var history = new ArrayList<>(first.history());
        history.addAll(second.history());
        history.addAll(third.history());
        assertThat(snapshots().run(Examples.TENANT, Examples.run(1))).contains(third.stored(history));
    }

    @Test
    void aGenerationStaysAsItEndedWhenTheNextOneBegins() {
        snapshots().open(0, epoch);
        var failed = Examples.image(1, true, RunState.FAILED, Examples.AT, 1);
        project(0, 1, failed, large(2));
        assertThat(generations(1, 1)).isEmpty();
        assertThat(generations(1, 2)).as("before the next one is stored").containsExactly(failed.stored(List.of()));
        var again = ImageBuilder.like(failed).isNew(false).generation(2);
        project(1, 2, again.state(RunState.RUNNING).ended(NEVER).build());
        var failedAgain = again.state(RunState.FAILED).ended(Examples.AT).build();
        project(2, 3, failedAgain);
        assertThat(generations(1, 3)).containsExactly(failed.stored(List.of()), failedAgain.stored(List.of()));
        project(3, 4, ImageBuilder.like(failed).isNew(false).generation(3).build());
        assertThat(generations(2, 2)).containsExactly(large(2).stored(List.of()));
        project(
                4,
                5,
                ImageBuilder.like(large(2))
                        .isNew(false)
                        .generation(2)
                        .tasks(List.of())
                        .build());
        assertThat(generations(1, 3)).containsExactly(failed.stored(List.of()), failedAgain.stored(List.of()));
        assertThat(generations(2, 2)).containsExactly(large(2).stored(List.of()));
        assertThat(snapshots().generations(Examples.OTHER_TENANT, Examples.run(1), 3))
                .isEmpty();
    }

    @Test
    void aGenerationThatEndedAndWasReplayedBetweenTwoPassesIsKeptAsItEnded() {
        snapshots().open(0, epoch);
        var failed = Examples.image(1, true, RunState.FAILED, Examples.AT, 1).stored(List.of());
        var again = ImageBuilder.like(failed).generation(2).build();
        var now = ImageBuilder.like(failed).state(RunState.RUNNING).ended(NEVER);
        project(0, 1, now.isNew(true).generation(3).former(failed, again).build());
        assertThat(generations(1, 4)).as("new to the store").startsWith(failed, again);
        assertThat(generations(1, 3)).containsExactly(failed, again);
        var third = ImageBuilder.like(failed).generation(3).build();
        var larger =
                ImageBuilder.like(large(1)).isNew(false).generation(4).build().stored(List.of());
        project(1, 2, now.isNew(false).generation(5).former(third, larger).build());
        assertThat(generations(1, 5))
                .as("known to the store as it was before its third end")
                .containsExactly(failed, again, third, larger);
        project(2, 3, now.generation(6).former().build());
        assertThat(generations(1, 6))
                .as("one that began anew before it ended is not kept")
                .containsExactly(failed, again, third, larger);
    }

    @Test
    void theHistoryOfARunThatBeginsAnewIsDropped() {
        snapshots().open(0, epoch);
        project(0, 1, Examples.image(1, true, RunState.RUNNING, NEVER, 1));
        project(1, 2, Examples.image(1, false, RunState.RUNNING, NEVER, 2));
        var last =
                Examples.image(1, false, RunState.RUNNING, NEVER, 3).history().get(0);
        var anew = new RunImage.Transition(last.at(), -1, 0, 0, RunImage.RESTARTED, "as generation 3");
        var third = ImageBuilder.like(Examples.image(1, false, RunState.RUNNING, NEVER, 3))
                .generation(3);
        project(2, 3, third.build().withHistory(List.of(last, anew, last, anew, last)));
        var more = Examples.image(1, false, RunState.RUNNING, NEVER, 4).history();
        project(3, 4, third.build().withHistory(more));

        var history =
                snapshots().run(Examples.TENANT, Examples.run(1)).orElseThrow().history();
        assertThat(history).containsExactly(anew, last, more.get(0));
    }

    private List<RunImage> generations(int number, int before) {
        return snapshots().generations(Examples.TENANT, Examples.run(number), before);
    }

    /** Of more tasks than a store may want to keep with the run. */
    private static RunImage large(int number) {
        var image = Examples.image(number, true, RunState.SUCCEEDED, Examples.AT, 1);
        var task = image.tasks().get(0);
        return ImageBuilder.like(image)
                .tasks(IntStream.range(0, 40)
                        .mapToObj(element -> TaskBuilder.of(0, element, task.state(), task.queued())
                                .attempt(task.attempt(), task.charged(), Examples.WORKER)
                                .result(task.result(), task.elements())
                                .started(task.started())
                                .ended(task.ended())
                                .build())
                        .toList())
                .build();
    }

    @Test
    void residentRunsAreThoseThatHaveNotEndedInTheOrderOfTheirIdsWithoutHistory() {
        snapshots().open(0, epoch);
        project(0, 1, Examples.active(3), Examples.active(1), Examples.active(2));
        project(1, 2, Examples.image(1, false, RunState.SUCCEEDED, Examples.AT, 1));
        project(2, 3, Examples.image(4, true, RunState.CANCELLED, Examples.AT, 1));
        project(3, 4, Examples.image(2, false, RunState.WAITING, NEVER, 1));
        assertThat(active())
                .containsExactly(
                        Examples.image(2, false, RunState.WAITING, NEVER, 1).stored(List.of()),
                        Examples.active(3).stored(List.of()));
    }

    @Test
    void aRunIsUnknownToOtherTenants() {
        snapshots().open(0, epoch);
        project(0, 1, Examples.active(1));
        assertThat(snapshots().run(Examples.OTHER_TENANT, Examples.run(1))).isEmpty();
    }

    @Test
    void aPassFromAnotherPositionWritesNothing() {
        snapshots().open(0, epoch);
        project(0, 2, Examples.active(1));
        assertThatThrownBy(() -> project(0, 3, Examples.active(2))).isInstanceOf(FencedException.class);
        assertThatThrownBy(() -> project(1, 3, Examples.active(2))).isInstanceOf(FencedException.class);
        assertThat(snapshots().open(0, epoch).seq()).isEqualTo(2);
        assertThat(active()).hasSize(1);
    }

    @Test
    void aFormerOwnerProjectsNothing() {
        snapshots().open(0, epoch);
        project(0, 2, Examples.active(1));
        expire(0);
        long next = journal().open(0, new UUID(0, 2)).epoch();
        assertThat(snapshots().open(0, next)).isEqualTo(new Position(next, 2, Examples.shard()));
        assertThatThrownBy(() -> project(2, 3, Examples.active(2))).isInstanceOf(FencedException.class);
        assertThatThrownBy(() -> snapshots().open(0, epoch)).isInstanceOf(FencedException.class);
        assertThat(active()).hasSize(1);
    }

    @Test
    void aPassWithoutRunsMovesThePositionToo() {
        snapshots().open(0, epoch);
        project(0, 4);
        assertThat(snapshots().open(0, epoch).seq()).isEqualTo(4);
    }

    @Test
    void aRunThatOnlyWaitsNeedNotBeInMemoryUntilItsImageSaysOtherwise() {
        snapshots().open(0, epoch);
        project(0, 1, queued(1, 0, true), Examples.waiting(2, true, Optional.empty(), 30), Examples.active(3));
        assertThat(active()).extracting(RunImage::run).containsExactly(Examples.run(3));
        assertThat(snapshots().run(Examples.TENANT, Examples.run(1)))
                .contains(queued(1, 0, true).stored(queued(1, 0, true).history()));
        project(1, 2, Examples.image(1, false, RunState.RUNNING, NEVER, 1));
        assertThat(active()).extracting(RunImage::run).containsExactly(Examples.run(1), Examples.run(3));
        project(2, 3, queued(3, 0, false), Examples.image(2, false, RunState.CANCELLED, Examples.AT, 1));
        assertThat(active()).extracting(RunImage::run).containsExactly(Examples.run(1));
        assertThat(snapshots().lanes(0)).containsExactly(new LaneCount(Examples.lane(0), 1));
        assertThat(snapshots()
                        .due(0, new DueQuery(Wake.FIRST, Examples.AT.plusSeconds(99), 10))
                        .runs())
                .extracting(RunImage::run)
                .containsExactly(Examples.run(3));
    }

    @Test
    void aWindowHasTheOldestRunsOfItsLaneAfterAnAge() {
        snapshots().open(0, epoch);
        project(0, 1, queued(3, 0, true), queued(1, 0, true), queued(2, 1, true), queued(5, 0, true));
        project(1, 2, queued(4, 0, true), queued(6, 1, true));
        assertThat(snapshots().lanes(0))
                .containsExactlyInAnyOrder(new LaneCount(Examples.lane(0), 4), new LaneCount(Examples.lane(1), 2));
        var windows = snapshots()
                .windows(
                        0,
                        List.of(
                                new WindowQuery(Examples.lane(1), Age.OLDEST, 5),
                                new WindowQuery(Examples.lane(0), Age.of(queued(1, 0, true)), 2),
                                new WindowQuery(Examples.lane(2), Age.OLDEST, 5),
                                new WindowQuery(Examples.lane(0), Age.of(queued(4, 0, true)), 2)));
        assertThat(windows)
                .containsExactly(
                        new Window(Examples.lane(1), stored(queued(2, 1, true), queued(6, 1, true)), true),
                        new Window(Examples.lane(0), stored(queued(3, 0, true), queued(4, 0, true)), false),
                        new Window(Examples.lane(2), List.of(), true),
                        new Window(Examples.lane(0), stored(queued(5, 0, true)), true));
    }

    @Test
    void runsWhoseTimeHasComeAreFoundInTheOrderOfTheirTimes() {
        snapshots().open(0, epoch);
        var first = Examples.waiting(4, true, Optional.empty(), 10);
        var second = Examples.waiting(1, true, Optional.of(Examples.lane(0)), 20);
        var third = Examples.waiting(3, true, Optional.empty(), 20);
        var last = Examples.waiting(2, true, Optional.empty(), 40);
        project(0, 1, third, last, Examples.active(9));
        project(1, 2, first, second);
        assertThat(due(Wake.FIRST, 5, 10)).isEqualTo(new Due(List.of(), Optional.of(Examples.AT.plusSeconds(10))));
        assertThat(due(Wake.FIRST, 30, 2))
                .isEqualTo(new Due(stored(first, second), Optional.of(Examples.AT.plusSeconds(20))));
        assertThat(due(new Wake(Examples.AT.plusSeconds(20), Examples.run(1)), 30, 2))
                .isEqualTo(new Due(stored(third), Optional.of(Examples.AT.plusSeconds(40))));
        assertThat(due(new Wake(Examples.AT.plusSeconds(20), Examples.run(3)), 40, 2))
                .isEqualTo(new Due(stored(last), Optional.empty()));
    }

    @Test
    void runsAreReadByNameUnlessTheyHaveEnded() {
        snapshots().open(0, epoch);
        project(0, 1, queued(1, 0, true), Examples.active(2), Examples.active(3));
        project(1, 2, Examples.image(3, false, RunState.SUCCEEDED, Examples.AT, 1));
        var found = new ArrayList<RunImage>();
        snapshots().activeRuns(0, List.of(name(2), name(7), name(1), name(3)), found::add);
        assertThat(found).isEqualTo(stored(queued(1, 0, true), Examples.active(2)));
    }

    private Due due(Wake after, int untilSeconds, int limit) {
        return snapshots().due(0, new DueQuery(after, Examples.AT.plusSeconds(untilSeconds), limit));
    }

    private static RunName name(int number) {
        return new RunName(Examples.TENANT, Examples.run(number));
    }

    private static RunImage queued(int number, int lane, boolean isNew) {
        return Examples.waiting(number, isNew, Optional.of(Examples.lane(lane)), 30);
    }

    private static List<RunImage> stored(RunImage... images) {
        return Stream.of(images).map(image -> image.stored(List.of())).toList();
    }

    @Test
    void aPassMayHoldManyRuns() {
        snapshots().open(0, epoch);
        var images = new RunImage[5_000];
        for (int i = 0; i < images.length; i++) {
            images[i] = Examples.active(i);
        }
        project(0, 1, images);
        assertThat(active()).hasSize(images.length);
    }

    private void project(long from, long to, RunImage... images) {
        snapshots().project(new Projection(0, epoch, from, to, Examples.shard(), List.of(images)));
    }

    private List<RunImage> active() {
        var images = new ArrayList<RunImage>();
        snapshots().residentRuns(0, images::add);
        return images;
    }
}
