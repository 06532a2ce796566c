package dev.millrace.engine;

import static dev.millrace.engine.harness.FakeWorker.called;
import static dev.millrace.engine.harness.FakeWorker.failure;
import static dev.millrace.engine.harness.FakeWorker.value;
import static dev.millrace.engine.harness.WorkflowBuilder.workflow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.engine.Command.NewCheckpoint;
import dev.millrace.engine.RunImage.TaskImage;
import dev.millrace.engine.harness.EngineHarness;
import dev.millrace.engine.harness.FakeWorker;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Runs that durable steps start: they begin once, their ends reach their parents, and what becomes of them when those end. */
class ChildTest {
    private final EngineHarness engine = new EngineHarness();
    private final VersionRef parents = engine.define(workflow("parents")
            .deadline(Duration.ofDays(20))
            .step("work", step -> step.durable().timeout(Duration.ofDays(10)))
            .build());
    private final VersionRef children = engine.define(
            workflow("children").deadline(Duration.ofDays(40)).step("count").build());

    private TaskImage task(RunId run) {
        return engine.run(run).tasks().get(0);
    }

    private List<Checkpoint> checkpoints(RunId run) {
        return task(run).checkpoints().all();
    }

    private NewCheckpoint starts(RunId child, int place) {
        return starts(child, place, children, false);
    }

    /** A child that begins at this place of the code. */
    static NewCheckpoint starts(RunId child, int place, VersionRef version, boolean abandoned) {
        var start = new Command.RunStart(
                child,
                version,
                EngineHarness.payload("\"in\""),
                Optional.empty(),
                "",
                Priority.LOW,
                Map.of("team", "a"),
                Optional.empty(),
                0);
        return new NewCheckpoint(
                place + 1,
                new CheckpointKey("", version.workflow(), place + 1),
                place,
                CheckpointKind.CHILD,
                "",
                new Command.Content.Child(start, true, abandoned));
    }

    private RunId parentWith(FakeWorker worker, NewCheckpoint... made) {
        var parent = engine.start(parents);
        worker.store(worker.newest("work"), made);
        return parent;
    }

    // ---- the start ----

    @Test
    void aChildBeginsWithItsCheckpointAndKnowsItsParent() {
        var worker = engine.workerByHand(2, parents, children);
        var child = engine.newRun();
        var parent = parentWith(worker, starts(child, 0));

        assertThat(engine.run(child).parent())
                .contains(new Parent(parent, 1, 0, 0, new CheckpointKey("", "children", 1), 1, false));
        assertThat(engine.run(child).priority()).as("that of its parent").isEqualTo(Priority.NORMAL);
        assertThat(engine.run(child).metadata()).containsEntry("team", "a");
        assertThat(checkpoints(parent)).singleElement().satisfies(wait -> {
            assertThat(wait.isOpen()).isTrue();
            assertThat(wait.source()).isEqualTo(child.toString());
        });
        assertThat(worker.stored().get(0).stored())
                .containsExactly(new Effect.StoredCheckpoint(1, 0, child.toString()));
    }

    @Test
    void aChildGoesWhereItsParentHasToGo() {
        var elsewhere = engine.workerByHand(5, parents, children);
        var worker = engine.absentWorker(2, parents, children)
                .labels(Map.of("region", "eu"))
                .byHand()
                .connect();
        var child = engine.newRun();
        var parent = engine.start(new Command.RunStart(
                engine.newRun(),
                parents,
                EngineHarness.payload("1"),
                Optional.empty(),
                "",
                Priority.NORMAL,
                Map.of(),
                Optional.empty(),
                0,
                RunTerms.NONE.requiring(Map.of("region", "eu"))));
        worker.store(worker.newest("work"), starts(child, 0));

        assertThat(engine.run(child).terms().requires()).isEqualTo(Map.of("region", "eu"));
        assertThat(worker.newest("count").run()).isEqualTo(child);
        assertThat(elsewhere.assigned()).isEmpty();
        assertThat(engine.run(parent).state()).isEqualTo(RunState.RUNNING);
    }

    @Test
    void aChildThatIsAskedForAgainIsTheOneThatIsThere() {
        var worker = engine.workerByHand(2, parents, children);
        var child = engine.newRun();
        var parent = parentWith(worker, starts(child, 0));
        engine.crashAndReconnect();
        var other = engine.newRun();
        worker.store(worker.newest("work"), starts(other, 0));

        assertThat(checkpoints(parent)).hasSize(1);
        assertThat(worker.stored().get(1).stored())
                .containsExactly(new Effect.StoredCheckpoint(1, 0, child.toString()));
        assertThat(engine.ask(replyTo -> new Command.ReadRun(replyTo, EngineHarness.TENANT, other)))
                .isInstanceOf(Reply.Refused.class);
    }

    @Test
    void aChildOfAWorkflowThatIsNotThereIsAFailureThatCodeIsTold() {
        var worker = engine.workerByHand(2, parents);
        var parent = parentWith(worker, starts(engine.newRun(), 0, new VersionRef("none", "x"), false));

        assertThat(worker.settled())
                .singleElement()
                .satisfies(
                        told -> assertThat(told.failure().orElseThrow().type()).isEqualTo("WORKFLOW_NOT_FOUND"));
        assertThat(task(parent).state()).isEqualTo(TaskState.RUNNING);
    }

    @Test
    void runsStandAboveEachOtherSixteenTimesAtMost() {
        var worker = engine.workerByHand(Parent.MOST_DEPTH + 2, parents);
        var run = engine.start(parents);
        for (int depth = 1; depth <= Parent.MOST_DEPTH; depth++) {
            var child = engine.newRun();
            worker.store(worker.newest("work"), starts(child, 0, parents, false));
            assertThat(engine.run(child).parent().orElseThrow().depth()).isEqualTo(depth);
            run = child;
        }
        worker.store(worker.newest("work"), starts(engine.newRun(), 0, parents, false));

        assertThat(checkpoints(run))
                .singleElement()
                .satisfies(refused ->
                        assertThat(refused.failure().orElseThrow().type()).isEqualTo(Failure.CHILD_DEPTH));
    }

    @Test
    void aStepThatStartsTooManyChildrenFailsForGood() {
        var worker = engine.workerByHand(1, parents);
        var parent = engine.start(parents);
        for (int i = 0; i < Parent.MOST_CHILDREN; i++) {
            worker.store(worker.newest("work"), starts(engine.newRun(), i));
        }
        worker.store(worker.newest("work"), called("beside", Parent.MOST_CHILDREN, "1"));
        assertThat(task(parent).state()).isEqualTo(TaskState.RUNNING);

        worker.store(worker.newest("work"), starts(engine.newRun(), Parent.MOST_CHILDREN + 1));
        assertThat(task(parent).failure().orElseThrow().type()).isEqualTo(Failure.CHILD_LIMIT);
    }

    // ---- the end ----

    @Test
    void theEndOfAChildIsTheEndOfItsParentsWait() {
        var worker = engine.workerByHand(2, parents, children);
        var child = engine.newRun();
        var parent = parentWith(worker, starts(child, 0));
        worker.end(worker.newest("count"), value("4"));

        assertThat(engine.run(child).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(worker.settled()).singleElement().satisfies(told -> {
            assertThat(told.state()).isEqualTo(Checkpoint.State.DONE);
            assertThat(told.source()).isEqualTo(child.toString());
        });
        worker.end(worker.newest("work"), value("1"));
        assertThat(engine.run(parent).state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void aParentThatWaitsHoldsNoSlotAndGoesOnWhenItsChildHasEnded() {
        var worker = engine.workerByHand(1, parents, children);
        var child = engine.newRun();
        var parent = parentWith(worker, starts(child, 0));
        worker.suspend(worker.newest("work"), 0);
        assertThat(task(parent).state()).isEqualTo(TaskState.WAITING);

        worker.end(worker.newest("count"), value("4"));
        assertThat(task(parent).state()).isEqualTo(TaskState.ASSIGNED);
        assertThat(task(parent).attempt()).isEqualTo(2);
    }

    @Test
    void aChildThatFailsIsAFailureThatItsParentIsTold() {
        var worker = engine.workerByHand(2, parents, children);
        var parent = parentWith(worker, starts(engine.newRun(), 0));
        worker.end(worker.newest("count"), failure("Boom"));

        assertThat(worker.settled()).singleElement().satisfies(told -> {
            assertThat(told.state()).isEqualTo(Checkpoint.State.FAILED);
            assertThat(told.failure().orElseThrow().type()).isEqualTo(Failure.CHILD_FAILED);
            assertThat(told.failure().orElseThrow().message()).contains("children", "step 'count'", "Boom");
        });
        assertThat(task(parent).state()).isEqualTo(TaskState.RUNNING);
    }

    @Test
    void aChildThatIsCancelledOrOutOfTimeIsAFailureToo() {
        var worker = engine.workerByHand(1, parents);
        var cancelled = engine.newRun();
        var late = engine.newRun();
        parentWith(worker, starts(cancelled, 0), starts(late, 1));
        engine.cancel(cancelled, "not needed");
        engine.advance(Duration.ofDays(2)); // nobody serves it, so its queue timeout passes

        assertThat(worker.settled())
                .extracting(told -> told.failure().orElseThrow().type())
                .containsExactly(Failure.CHILD_CANCELLED, Failure.CHILD_FAILED);
    }

    @Test
    void aStepThatWaitsForManyGoesOnWithTheLastOfThem() {
        var worker = engine.workerByHand(1, parents);
        var first = engine.newRun();
        var second = engine.newRun();
        var third = engine.newRun();
        var parent = parentWith(worker, starts(first, 0), starts(second, 1), starts(third, 2));
        worker.suspend(worker.newest("work"), 0, 3);
        engine.cancel(second, "");
        engine.project();
        engine.crashAndReconnect();
        engine.cancel(third, "");
        assertThat(task(parent).state()).isEqualTo(TaskState.WAITING);
        engine.cancel(first, "");
        assertThat(task(parent).state()).isEqualTo(TaskState.ASSIGNED);
    }

    @Test
    void aChildThatEndsAfterItsParentTellsNobody() {
        var worker = engine.workerByHand(2, parents, children);
        var child = engine.newRun();
        var parent = parentWith(worker, starts(child, 0));
        worker.end(worker.newest("work"), value("1"));
        assertThat(engine.run(parent).state()).isEqualTo(RunState.SUCCEEDED);
        engine.project();

        worker.end(worker.newest("count"), value("4"));
        assertThat(engine.run(child).state())
                .as("a step that succeeded leaves its children be")
                .isEqualTo(RunState.SUCCEEDED);
    }

    // ---- out of memory ----

    @Test
    void aParentThatIsOutOfMemoryIsReadBackWhenItsChildEnds() {
        var worker = engine.workerByHand(1, parents, children);
        var child = engine.newRun();
        var parent = parentWith(worker, starts(child, 0));
        worker.suspend(worker.newest("work"), 0);
        engine.project();
        engine.project();
        assertThat(engine.shard().residents().putOut()).isEqualTo(1);

        worker.end(worker.newest("count"), value("4"));
        assertThat(engine.run(child).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(task(parent).state()).isEqualTo(TaskState.ASSIGNED);
    }

    @Test
    void aCrashWhileTheParentIsReadBackLosesNothing() {
        var worker = engine.workerByHand(1, parents, children);
        var child = engine.newRun();
        var parent = parentWith(worker, starts(child, 0));
        worker.suspend(worker.newest("work"), 0);
        engine.project();
        engine.project();
        engine.leaveLoads();
        worker.end(worker.newest("count"), value("4"));
        assertThat(engine.openLoads()).hasSize(1);
        engine.crashAndReconnect();
        engine.answerLoads();

        assertThat(engine.run(child).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(checkpoints(parent)).singleElement().matches(wait -> !wait.isOpen());
    }

    // ---- parents that end ----

    @Test
    void aParentThatIsCancelledTakesItsChildrenWithIt() {
        var worker = engine.workerByHand(3, parents, children);
        var child = engine.newRun();
        var other = engine.newRun();
        var parent = parentWith(worker, starts(child, 0), starts(other, 1, children, true));
        engine.cancel(parent, "enough");
        worker.cancelled(worker.newest("work"));

        assertThat(engine.run(parent).state()).isEqualTo(RunState.CANCELLED);
        assertThat(engine.run(child).cancelReason()).contains("its parent, run " + parent);
        assertThat(engine.run(other).cancelReason()).as("it was abandoned").isEmpty();
    }

    @Test
    void aStepThatFailsTakesItsChildrenWithItAlsoWhenTheyAreOutOfMemory() {
        var worker = engine.workerByHand(1, parents);
        var child = engine.newRun();
        var grandchild = engine.newRun();
        var parent = engine.start(parents);
        var first = worker.newest("work");
        worker.store(first, starts(child, 0, parents, false));
        worker.suspend(first, 0);
        var second = worker.newest("work");
        worker.store(second, starts(grandchild, 0));
        worker.suspend(second, 0);
        engine.project();
        engine.project();
        assertThat(engine.shard().residents().putOut()).isGreaterThanOrEqualTo(2);

        engine.cancel(parent, "enough");
        assertThat(engine.run(parent).state()).isEqualTo(RunState.CANCELLED);
        assertThat(engine.run(child).state()).isEqualTo(RunState.CANCELLED);
        assertThat(engine.run(grandchild).state()).isEqualTo(RunState.CANCELLED);
    }

    @Test
    void aCrashWhileChildrenAreCancelledLosesNothing() {
        var worker = engine.workerByHand(2, parents);
        var child = engine.newRun();
        var parent = engine.start(parents);
        var first = worker.newest("work");
        worker.store(first, starts(child, 0, parents, false));
        var second = worker.newest("work");
        worker.store(second, starts(engine.newRun(), 0));
        worker.suspend(second, 0);
        engine.project();
        engine.project();
        engine.leaveLoads();
        engine.cancel(parent, "enough");
        worker.cancelled(first);
        assertThat(engine.run(parent).state())
                .as("it does not end before its child is told")
                .isEqualTo(RunState.RUNNING);
        engine.crashAndReconnect();
        engine.answerLoads();

        assertThat(engine.run(parent).state()).isEqualTo(RunState.CANCELLED);
        assertThat(engine.run(child).state()).isEqualTo(RunState.CANCELLED);
    }
}
