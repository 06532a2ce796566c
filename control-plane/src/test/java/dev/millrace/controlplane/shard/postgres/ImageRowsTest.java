package dev.millrace.controlplane.shard.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.controlplane.store.TestDatabase;
import dev.millrace.engine.Failure;
import dev.millrace.engine.Payload;
import dev.millrace.engine.Priority;
import dev.millrace.engine.RunFailure;
import dev.millrace.engine.RunId;
import dev.millrace.engine.RunImage;
import dev.millrace.engine.RunImage.TaskImage;
import dev.millrace.engine.RunState;
import dev.millrace.engine.ShardImage;
import dev.millrace.engine.Snapshots.Projection;
import dev.millrace.engine.TaskState;
import dev.millrace.engine.contract.Examples;
import dev.millrace.engine.contract.ImageBuilder;
import dev.millrace.engine.contract.TaskBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a pass leaves in the tables. */
class ImageRowsTest {
    private final TestDatabase database = TestDatabase.create();
    private final UUID instance = UUID.randomUUID();
    private final PostgresJournal journal =
            new PostgresJournal(database.database(), instance, Duration.ofMinutes(1), 1 << 20);
    private final PostgresSnapshots snapshots =
            new PostgresSnapshots(database.database(), (tenant, version, node) -> "step-" + node);
    private final long epoch = journal.open(0, instance).epoch();
    private long seq;

    ImageRowsTest() {
        snapshots.open(0, epoch);
    }

    @AfterEach
    void close() {
        snapshots.close();
        journal.close();
        database.close();
    }

    @Test
    void aRunThatEndedBetweenTwoPassesIsWrittenOnceAndIsNeverAmongTheActive() {
        project(Examples.image(1, true, RunState.SUCCEEDED, Examples.AT, 0));
        assertThat(database.number("SELECT count(*) FROM core.run WHERE state = 3 AND history <> ''"))
                .isEqualTo(1);
        assertThat(database.number("SELECT count(*) FROM core.run_history")).isZero();
        assertThat(database.number("SELECT count(*) FROM analytics.run WHERE state = 3 AND ended_at IS NOT NULL"))
                .isEqualTo(1);
        assertThat(database.number("SELECT count(*) FROM analytics.task WHERE step = 'step-' || node"))
                .as("all but the one that never had an attempt")
                .isEqualTo(3);
    }

    @Test
    void aRunOfManyTasksHasARowForEachAndWritesOnlyThoseThatChanged() {
        var tasks = new ArrayList<TaskImage>();
        for (int element = 0; element < 1_000; element++) {
            tasks.add(task(element, TaskState.QUEUED));
        }
        project(image(true, tasks, RunState.RUNNING));
        assertThat(database.number("SELECT count(*) FROM core.run_task")).isEqualTo(1_000);
        assertThat(database.number("SELECT octet_length(image) FROM core.run")).isLessThan(200);

        tasks.set(7, task(7, TaskState.SUCCEEDED));
        tasks.set(8, task(8, TaskState.RUNNING));
        project(image(false, tasks, RunState.RUNNING));
        assertThat(database.number("SELECT count(*) FROM core.run_task WHERE xmin = (SELECT xmin FROM core.run)"))
                .as("rows that the second pass wrote")
                .isEqualTo(2);
        assertThat(database.number("SELECT count(*) FROM analytics.task WHERE xmin = (SELECT xmin FROM core.run)"))
                .isEqualTo(2);
        assertThat(snapshots.run(Examples.TENANT, Examples.run(1)).orElseThrow().tasks())
                .isEqualTo(tasks);
        assertThat(active())
                .singleElement()
                .satisfies(run -> assertThat(run.tasks()).isEqualTo(tasks));
    }

    @Test
    void aTaskIsInTheListsFromItsFirstAttemptOn() {
        project(image(true, List.of(task(0, TaskState.QUEUED), task(1, TaskState.WAITING)), RunState.QUEUED));
        assertThat(database.number("SELECT sum(element) FROM analytics.task")).isEqualTo(1);

        project(image(false, List.of(task(0, TaskState.RUNNING), task(1, TaskState.WAITING)), RunState.RUNNING));
        assertThat(database.number("SELECT count(*) FROM analytics.task")).isEqualTo(2);
    }

    @Test
    void aPassOfAnySizeIsStoredWhole() {
        var random = new Random(1);
        List<RunImage> images = new ArrayList<>();
        for (int number = 1; number <= 1_500; number++) {
            // Some rows are larger than the pieces in which they leave.
            var input = new byte[number % 300 == 0 ? 3 * CopyRows.PIECE : random.nextInt(400)];
            random.nextBytes(input);
            images.add(withInput(Examples.image(number, true, RunState.QUEUED, Instant.MAX, 0), input));
        }
        project(images.toArray(RunImage[]::new));
        assertThat(active())
                .extracting(RunImage::input)
                .isEqualTo(images.stream().map(RunImage::input).toList());
        assertThat(database.number("SELECT count(*) FROM analytics.run")).isEqualTo(images.size());
        assertThat(database.number("SELECT count(*) FROM analytics.task"))
                .as("of four tasks each, three had an attempt")
                .isEqualTo(3L * images.size());
    }

    @Test
    void aRunThatGrowsBeyondOneRowMovesItsTasksOut() {
        var tasks = new ArrayList<TaskImage>();
        for (int element = 0; element < ImageCodec.PACKED_TASKS; element++) {
            tasks.add(task(element, TaskState.QUEUED));
        }
        project(image(true, tasks, RunState.RUNNING));
        assertThat(database.number("SELECT count(*) FROM core.run_task")).isZero();
        tasks.add(task(99, TaskState.QUEUED));
        project(image(false, tasks, RunState.RUNNING));
        assertThat(database.number("SELECT count(*) FROM core.run_task")).isEqualTo(tasks.size());
        assertThat(active())
                .singleElement()
                .satisfies(run -> assertThat(run.tasks()).isEqualTo(tasks));
    }

    @Test
    void aReplayWithFewerElementsLeavesNoneOfTheOldOnes() {
        var tasks = new ArrayList<TaskImage>();
        for (int element = 0; element < 100; element++) {
            tasks.add(task(element, TaskState.QUEUED));
        }
        project(image(true, tasks, RunState.RUNNING));
        snapshots.open(0, epoch);
        var fewer = tasks.subList(0, 40);
        project(changed(image(false, fewer, RunState.RUNNING), false, Payload.NONE, 2));
        assertThat(database.number("SELECT count(*) FROM core.run_task")).isEqualTo(40);
        assertThat(active())
                .singleElement()
                .satisfies(run -> assertThat(run.tasks()).isEqualTo(fewer));
    }

    @Test
    void historyIsAppendedAndNeverWrittenTwice() {
        project(Examples.image(1, true, RunState.QUEUED, Instant.MAX, 1));
        project(Examples.image(1, false, RunState.RUNNING, Instant.MAX, 2));
        long before = database.number("SELECT sum(octet_length(body)) FROM core.run_history");
        project(Examples.image(1, false, RunState.SUCCEEDED, Examples.AT, 3));
        assertThat(database.number("SELECT count(*) FROM core.run_history")).isEqualTo(2);
        assertThat(database.number("SELECT sum(octet_length(body)) FROM core.run_history"))
                .isLessThan(3 * before);
        assertThat(snapshots.run(Examples.TENANT, Examples.run(1)).orElseThrow().history())
                .extracting(RunImage.Transition::state)
                .containsExactly("QUEUED", "RUNNING", "SUCCEEDED");
    }

    @Test
    void textThatTheDatabaseDoesNotKeepDoesNotStopAPass() {
        var failure = Failure.of("a\0b", "nul \0 and a lone surrogate \ud800" + "x".repeat(5_000));
        var image = ImageBuilder.of(Examples.TENANT, Examples.run(1), Examples.VERSION, Examples.AT)
                .state(RunState.FAILED)
                .priority(Priority.LOW)
                .metadata(Map.of("k\0", "v\0"))
                .failure(new RunFailure("step\0", failure))
                .ended(Examples.AT)
                .build();
        project(image);
        project(again(image));
        assertThat(database.number("SELECT count(*) FROM analytics.run WHERE failure_type = 'a\ufffdb'"))
                .isEqualTo(1);
        assertThat(database.number("SELECT char_length(failure_message) FROM analytics.run"))
                .isEqualTo(1_000);
    }

    @Test
    void whenARunWasFirstEnteredDoesNotMoveWithLaterAttempts() {
        var entered = Examples.AT.plusSeconds(1);
        project(image(true, List.of(started(entered)), RunState.RUNNING));
        project(image(false, List.of(started(entered.plusSeconds(60))), RunState.RUNNING));
        assertThat(database.number("SELECT extract(epoch FROM started_at - '2026-11-21T10:15:30.123456Z')::int FROM"
                        + " analytics.run"))
                .isEqualTo(1);
    }

    @Test
    void runsLieInThePartitionOfTheDayTheyWereCreated() {
        snapshots.addDays();
        snapshots.addDays();
        assertThat(database.number("SELECT count(*) FROM pg_inherits WHERE inhparent = 'core.run'::regclass"))
                .as("nine days, each for light runs and for others, and the rest")
                .isEqualTo(19);
        var today = new RunId(new UUID(System.currentTimeMillis() << 16 | 0x7000, Long.MIN_VALUE));
        var old = Examples.image(1, true, RunState.QUEUED, Instant.MAX, 0);
        var image = ImageBuilder.like(old).run(today).build();
        project(old, image);
        assertThat(database.number("SELECT count(*) FROM core.run_default"))
                .as("long ago")
                .isEqualTo(1);
        assertThat(database.number("SELECT count(*) FROM core.run")).isEqualTo(2);
        assertThat(snapshots.run(Examples.TENANT, today)).isPresent();
        project(again(image));
        assertThat(active()).extracting(RunImage::run).containsExactlyInAnyOrder(old.run(), today);
    }

    @Test
    void noPartitionCanBeReadByItsOwnName() {
        snapshots.addDays();
        assertThat(database.number("""
            SELECT count(*) FROM pg_class WHERE relispartition AND relkind = 'r' AND (NOT relrowsecurity
              OR has_table_privilege('millrace_request', oid, 'SELECT'))\
            """)).isZero();
    }

    private void project(RunImage... images) {
        journal.append(List.of(new dev.millrace.engine.Journal.Entry(0, epoch, seq + 1, List.of())));
        snapshots.project(new Projection(0, epoch, seq, seq + 1, ShardImage.EMPTY, List.of(images)));
        seq++;
    }

    private List<RunImage> active() {
        var images = new ArrayList<RunImage>();
        snapshots.residentRuns(0, images::add);
        return images;
    }

    private static RunImage again(RunImage image) {
        return changed(image, false, image.input(), image.generation());
    }

    private static RunImage withInput(RunImage image, byte[] input) {
        return changed(image, image.isNew(), Payload.inline(input), image.generation());
    }

    private static RunImage changed(RunImage image, boolean isNew, Payload input, int generation) {
        return ImageBuilder.like(image)
                .isNew(isNew)
                .input(input)
                .generation(generation)
                .build();
    }

    private static RunImage image(boolean isNew, List<TaskImage> tasks, RunState state) {
        return ImageBuilder.of(Examples.TENANT, Examples.run(1), Examples.VERSION, Examples.AT)
                .isNew(isNew)
                .state(state)
                .tasks(List.copyOf(tasks))
                .build();
    }

    private static TaskImage task(int element, TaskState state) {
        return TaskBuilder.of(1, element, state, Examples.AT).build();
    }

    private static TaskImage started(Instant at) {
        return TaskBuilder.of(0, 0, TaskState.RUNNING, Examples.AT)
                .attempt(1, 0, Examples.WORKER)
                .started(at)
                .build();
    }
}
