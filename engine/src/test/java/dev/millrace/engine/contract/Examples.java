package dev.millrace.engine.contract;

import dev.millrace.engine.Allowance;
import dev.millrace.engine.AttemptRef;
import dev.millrace.engine.AttemptState;
import dev.millrace.engine.Checkpoint;
import dev.millrace.engine.CheckpointKey;
import dev.millrace.engine.CheckpointKind;
import dev.millrace.engine.Checkpoints;
import dev.millrace.engine.DoorKeys;
import dev.millrace.engine.Fact;
import dev.millrace.engine.Failure;
import dev.millrace.engine.Held;
import dev.millrace.engine.KeyEntry;
import dev.millrace.engine.LaneKey;
import dev.millrace.engine.LoopState;
import dev.millrace.engine.Parent;
import dev.millrace.engine.Passivity;
import dev.millrace.engine.Payload;
import dev.millrace.engine.Priority;
import dev.millrace.engine.RunFailure;
import dev.millrace.engine.RunId;
import dev.millrace.engine.RunImage;
import dev.millrace.engine.RunImage.TaskImage;
import dev.millrace.engine.RunImage.Transition;
import dev.millrace.engine.RunState;
import dev.millrace.engine.RunTerms;
import dev.millrace.engine.Seal;
import dev.millrace.engine.ShardImage;
import dev.millrace.engine.Signal;
import dev.millrace.engine.Signals;
import dev.millrace.engine.Spending;
import dev.millrace.engine.Spent;
import dev.millrace.engine.StartOutcome;
import dev.millrace.engine.StartWindow;
import dev.millrace.engine.TaskSpent;
import dev.millrace.engine.TaskState;
import dev.millrace.engine.TenantId;
import dev.millrace.engine.Terms;
import dev.millrace.engine.UniqueKey;
import dev.millrace.engine.Usage;
import dev.millrace.engine.Verdict;
import dev.millrace.engine.VersionRef;
import dev.millrace.engine.WorkerId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** A fact of every kind and images with every field in use. All instants are whole microseconds, as the core makes them. */
public final class Examples {
    public static final TenantId TENANT = new TenantId(uuid(1));
    public static final TenantId OTHER_TENANT = new TenantId(uuid(2));
    public static final WorkerId WORKER = new WorkerId(uuid(3));
    public static final VersionRef VERSION = new VersionRef("orders", "0123456789abcdef0123456789abcdef");
    public static final Instant AT = Instant.parse("2026-11-21T10:15:30.123456Z");
    public static final Failure FAILURE = new Failure(
            "com.acme.CardRefused",
            "No \u20ac on \ud83d\udcb3\nat all",
            "com.acme.CardRefused\n\tat …",
            true,
            1500,
            "bank");
    private static final Payload JSON = Payload.inline("{\"cents\":12}".getBytes(StandardCharsets.UTF_8));
    private static final Usage USAGE = Usage.of(Map.of("openai.tokens", Long.MAX_VALUE, "S\u00e4tze", 0L));
    private static final Spent SPENT = new Spent(USAGE, Usage.of("bank", 17));
    private static final Allowance ALLOWANCE = new Allowance(true, Usage.of("openai.tokens", 2_000));
    private static final Payload STORED = Payload.stored(new byte[32], 70_000);
    private static final Terms TERMS =
            new Terms(List.of("", "c-\u00fc"), "group", 0.25, List.of("eu", ""), List.of(1L, 90_000_000_000L), "b-1");
    private static final Verdict UNKNOWN = new Verdict.Unknown(Failure.KEY_EXPRESSION_ERROR, "There is no member.");
    private static final RunTerms RUN_TERMS = new RunTerms(
            new Verdict.Holds(new Terms(List.of("c-1"), "", 1, List.of(), List.of())),
            Map.of(0, new Verdict.HoldsNot(), 7, new Verdict.Holds(TERMS), 9, UNKNOWN),
            Map.of(),
            new DoorKeys("w-\u00fc", "t-1"));
    private static final Signals SIGNALS = new Signals(
            List.of(new Signal("paid", "request-2", JSON), new Signal("paid", "request-3", STORED)),
            List.of("request-1", "request-2", "request-3"));

    private static final Parent PARENT =
            new Parent(run(99), 2, 3, 4, new CheckpointKey("left", "search-\u00fc", 5), 6, true);

    private Examples() {}

    /** A run's id; ids grow with their numbers. */
    public static RunId run(int number) {
        return new RunId(uuid(1000L + number));
    }

    private static UUID uuid(long number) {
        return new UUID(0x0193_0000_0000_7000L, 0x8000_0000_0000_0000L | number);
    }

    /** A fact that claims a key. */
    public static Fact.KeyClaimed claim(TenantId tenant, String scope, String key, RunId run) {
        var entry = new KeyEntry(
                new UniqueKey(tenant, scope, key), List.of(new StartOutcome.Started(run, false)), "digest", AT);
        return new Fact.KeyClaimed(tenant, AT, entry);
    }

    /** At least one of every kind, with absent and present optional parts, with limits and with odd text. */
    public static List<Fact> facts() {
        var run = run(1);
        var attempt = new AttemptRef(run, 1, 0, 0, 1);
        var element = new AttemptRef(run, 2, 9_999, 4_711, 101);
        return List.of(
                new Fact.RunStarted(
                        TENANT, AT, run, 1, VERSION, JSON, "", Priority.NORMAL, Map.of(), AT.plusSeconds(2_592_000)),
                new Fact.RunStarted(
                        TENANT,
                        AT,
                        run(2),
                        3,
                        VERSION,
                        STORED,
                        "order-\u00fc",
                        Priority.CRITICAL,
                        Map.of("customer", "\ud83d\ude00", "empty", ""),
                        AT.plusNanos(1000),
                        RUN_TERMS,
                        Optional.of(PARENT)),
                new Fact.RunStarted(
                        TENANT, AT, run(3), 1, VERSION, Payload.NONE, "", Priority.LOW, Map.of(), AT.plusSeconds(1)),
                claim(TENANT, UniqueKey.startScope("orders"), "order-\u00fc", run),
                new Fact.KeyClaimed(
                        TENANT,
                        AT,
                        new KeyEntry(
                                new UniqueKey(TENANT, UniqueKey.REQUEST, uuid(77).toString()),
                                List.of(
                                        new StartOutcome.Started(run, true),
                                        new StartOutcome.Refused("WORKFLOW_NOT_FOUND", "There is none."),
                                        new StartOutcome.Started(run(2), false, true)),
                                "",
                                AT)),
                new Fact.AttemptOffered(TENANT, AT, attempt, WORKER),
                new Fact.AttemptOffered(TENANT, AT, element, WORKER, 7),
                new Fact.AttemptOffered(TENANT, AT, attempt, WORKER, 0, "build-1"),
                new Fact.AttemptStarted(TENANT, AT, attempt),
                new Fact.AttemptSucceeded(TENANT, AT, attempt, JSON, -1),
                new Fact.AttemptSucceeded(TENANT, AT, element, STORED, 100_000),
                new Fact.AttemptSucceeded(TENANT, AT, attempt, Payload.NONE, 0),
                new Fact.AttemptFailed(TENANT, AT, attempt, AttemptState.FAILED, FAILURE, AT.plusMillis(1)),
                new Fact.AttemptFailed(
                        TENANT,
                        AT,
                        attempt,
                        AttemptState.TIMED_OUT,
                        Failure.of(Failure.STEP_TIMEOUT, "Too slow."),
                        Instant.MAX),
                new Fact.AttemptFailed(TENANT, AT, attempt, AttemptState.LOST, FAILURE, Instant.MAX),
                new Fact.AttemptLost(TENANT, AT, element, "the worker left"),
                new Fact.AttemptCancelled(TENANT, AT, attempt),
                new Fact.AttemptSpent(TENANT, AT, attempt, new Spent(USAGE, Usage.NONE)),
                new Fact.AttemptSpent(TENANT, AT, attempt, SPENT),
                new Fact.AttemptExtended(TENANT, AT, attempt, AT.plusSeconds(90)),
                new Fact.TurnEnded(TENANT, AT, attempt, JSON, AT.plusSeconds(30)),
                new Fact.TurnEnded(TENANT, AT, element, STORED, AT),
                new Fact.AttemptSuspended(TENANT, AT, element, 3),
                new Fact.AttemptSuspended(TENANT, AT, element, 3, 9_999),
                new Fact.SlotsReleased(TENANT, AT, element),
                new Fact.CheckpointStored(TENANT, AT, attempt, checkpoints().get(0)),
                new Fact.CheckpointStored(TENANT, AT, element, checkpoints().get(1), "build-2"),
                new Fact.RunRestarted(TENANT, AT, attempt, JSON, AT.plusSeconds(90), RUN_TERMS),
                new Fact.RunRestarted(TENANT, AT, element, Payload.NONE, AT.plusSeconds(1), RunTerms.NONE),
                new Fact.CheckpointStored(TENANT, AT, attempt, checkpoints().get(2)),
                new Fact.CheckpointSettled(
                        TENANT,
                        AT,
                        run,
                        2,
                        7,
                        3,
                        new CheckpointKey("a/b", "invoice.paid", 12),
                        Checkpoint.State.DONE,
                        44,
                        STORED,
                        Optional.empty(),
                        "event-7"),
                new Fact.CheckpointSettled(
                        TENANT,
                        AT,
                        run,
                        1,
                        0,
                        0,
                        new CheckpointKey("", "child", 1),
                        Checkpoint.State.FAILED,
                        2,
                        Payload.NONE,
                        Optional.of(FAILURE),
                        ""),
                new Fact.SignalReceived(TENANT, AT, run, new Signal("paid \u00fc", "request-1", JSON)),
                new Fact.SignalReceived(TENANT, AT, run, new Signal("go", "request-2", Payload.NONE)),
                new Fact.RunReplayed(
                        TENANT,
                        AT,
                        run,
                        3,
                        VERSION,
                        STORED,
                        "key-1",
                        Priority.LOW,
                        Map.of("customer", "c-1"),
                        AT.minusSeconds(9),
                        AT.plusSeconds(60),
                        new RunTerms(UNKNOWN, Map.of()).requiring(Map.of("region", "e\u00fc")),
                        Optional.of(PARENT),
                        ALLOWANCE,
                        Map.of("paid", "e-7"),
                        tasks(true),
                        "ada",
                        "mended"),
                new Fact.RunReplayed(
                        TENANT,
                        AT,
                        run,
                        2,
                        VERSION,
                        Payload.NONE,
                        "",
                        Priority.NORMAL,
                        Map.of(),
                        AT,
                        AT.plusSeconds(60),
                        RunTerms.NONE,
                        Optional.empty(),
                        Allowance.NONE,
                        Map.of(),
                        List.of(),
                        "ada",
                        ""),
                new Fact.StepAdmitted(TENANT, AT, run, 2, 3, List.of(Verdict.PLAIN)),
                new Fact.StepAdmitted(TENANT, AT, run, 2, 3, List.of(new Verdict.Holds(TERMS))),
                new Fact.StepAdmitted(
                        TENANT,
                        AT,
                        run,
                        2,
                        3,
                        List.of(
                                new Verdict.Holds(TERMS),
                                Verdict.PLAIN,
                                new Verdict.HoldsNot(),
                                UNKNOWN,
                                Verdict.PLAIN)),
                new Fact.TaskCancelRequested(TENANT, AT, run, 1, 7, 3, "ada", "not wanted"),
                new Fact.TaskSettled(TENANT, AT, run, 2, 7, 3, TaskState.SUCCEEDED, JSON, 4, "ada", "seen by hand"),
                new Fact.TaskSettled(TENANT, AT, run, 1, 7, 0, TaskState.SKIPPED, Payload.NONE, -1, "ada", ""),
                new Fact.TaskFailed(TENANT, AT, run, 1, 7, 3, Failure.of(Failure.QUEUE_TIMEOUT, "Too long.")),
                new Fact.TaskSkipped(TENANT, AT, run, 1, 7, 0, "no value"),
                new Fact.TaskHeld(TENANT, AT, run, 2, 7, 3, "openai.tokens"),
                new Fact.BudgetRaised(TENANT, AT, run, "openai.tokens", Long.MAX_VALUE, "ada", "worth it"),
                new Fact.StartJoined(
                        TENANT,
                        AT,
                        run,
                        STORED,
                        Priority.HIGH,
                        Map.of("customer", "c-\u00fc"),
                        AT.plusSeconds(60),
                        RUN_TERMS,
                        AT.plusSeconds(5)),
                new Fact.StartJoined(
                        TENANT,
                        AT,
                        run,
                        Payload.NONE,
                        Priority.NORMAL,
                        Map.of(),
                        AT.plusSeconds(60),
                        RunTerms.NONE,
                        AT.plusMillis(1)),
                new Fact.RunNoted(TENANT, AT, run, "CHAIN_DEPTH", "too l\u00f6ng"),
                new Fact.WindowClosed(TENANT, AT, run, JSON, AT.plusSeconds(60), RUN_TERMS),
                new Fact.WindowClosed(TENANT, AT, run, Payload.NONE, AT.plusSeconds(60), RunTerms.NONE),
                new Fact.RunCancelRequested(TENANT, AT, run, "a person changed their mind"),
                new Fact.RunDeadlinePassed(TENANT, AT, run),
                new Fact.CleanUpStarted(TENANT, AT, run, List.of(9, 8, 10)),
                new Fact.RunEnded(TENANT, AT, run, RunState.SUCCEEDED, false),
                new Fact.RunEnded(TENANT, AT, run, RunState.FAILED, true),
                new Fact.RateLimitClosed(TENANT, AT, "bank", "eu", AT.plusSeconds(30)));
    }

    /** An image of a run that has not ended, new to the store, with one transition. */
    public static RunImage active(int number) {
        return image(number, true, RunState.QUEUED, Instant.MAX, 0);
    }

    /**
     * An image.
     *
     * @param step makes the transition of its history different from that of other images of the run
     */
    public static RunImage image(int number, boolean isNew, RunState state, Instant ended, int step) {
        boolean ill = state == RunState.FAILED;
        return new RunImage(
                TENANT,
                run(number),
                isNew,
                1,
                VERSION,
                state,
                JSON,
                number % 2 == 0 ? "key-" + number : "",
                Priority.HIGH,
                Map.of("customer", "c-" + number),
                AT,
                AT.plusSeconds(60),
                tasks(ill),
                ill ? List.of(4, 5) : List.of(),
                ill ? Optional.of(new RunFailure("charge", FAILURE)) : Optional.empty(),
                ill,
                false,
                ill ? "too late" : "",
                ended,
                number % 2 == 0 ? RUN_TERMS : RunTerms.NONE,
                number % 2 == 0 ? Optional.of(PARENT) : Optional.empty(),
                number % 2 == 0 ? SIGNALS : Signals.NONE,
                number % 2 == 0 ? Map.of("paid", "e-7") : Map.of(),
                number % 2 == 0 ? "build-1" : "",
                number % 2 == 0 ? ALLOWANCE : Allowance.NONE,
                number % 2 == 0 ? new Spending(USAGE, AT) : Spending.NONE,
                number % 2 == 0
                        ? Optional.of(new StartWindow(
                                "w-\u00fc", AT.plusSeconds(5), AT.plusMillis(7), 3, List.of(JSON, STORED, JSON)))
                        : Optional.empty(),
                List.of(new Transition(
                        AT.plusMillis(step),
                        -1,
                        0,
                        0,
                        state.name(),
                        "step " + step,
                        number % 2 == 0 ? USAGE : Usage.NONE)),
                Optional.empty(),
                List.of());
    }

    /** The same run, which has used this since its last image. */
    public static RunImage using(RunImage image, Usage fresh, Instant at) {
        return ImageBuilder.like(image).spending(new Spending(fresh, at)).build();
    }

    /** An image of a run that only waits, as new as the store takes it to be. */
    public static RunImage waiting(int number, boolean isNew, Optional<LaneKey> lane, int wakeSeconds) {
        return image(number, isNew, lane.isPresent() ? RunState.QUEUED : RunState.WAITING, Instant.MAX, wakeSeconds)
                .withPassivity(Optional.of(new Passivity(lane, AT.plusSeconds(wakeSeconds))));
    }

    /** One of some lanes. */
    public static LaneKey lane(int number) {
        return LaneKey.of(TENANT, "lane-" + number);
    }

    /** One that is done, one that waits, and one that failed. */
    private static List<Checkpoint> checkpoints() {
        return List.of(
                new Checkpoint(
                        new CheckpointKey("", "plan", 1),
                        0,
                        CheckpointKind.CALL,
                        "d1g3st",
                        Checkpoint.State.DONE,
                        1,
                        Instant.MAX,
                        JSON,
                        Optional.empty()),
                new Checkpoint(
                        new CheckpointKey("left/2", "sleep", 3),
                        1,
                        CheckpointKind.SLEEP,
                        "",
                        Checkpoint.State.OPEN,
                        0,
                        AT.plusSeconds(2_592_000),
                        Payload.NONE,
                        Optional.empty()),
                new Checkpoint(
                        new CheckpointKey("", "invoice.paid", 1),
                        3,
                        CheckpointKind.EVENT,
                        "",
                        Checkpoint.State.DONE,
                        3,
                        AT.plusSeconds(5),
                        STORED,
                        Optional.empty(),
                        "event-7"),
                new Checkpoint(
                        new CheckpointKey("", "\u00fc", 9_999),
                        2,
                        CheckpointKind.CHILD,
                        "",
                        Checkpoint.State.FAILED,
                        2,
                        AT,
                        Payload.NONE,
                        Optional.of(FAILURE)));
    }

    private static List<TaskImage> tasks(boolean ill) {
        var done = TaskBuilder.of(0, 0, TaskState.SUCCEEDED, AT)
                .attempt(2, 1, WORKER)
                .result(STORED, 2)
                .failure(FAILURE)
                .started(AT.plusMillis(1))
                .ended(AT.plusMillis(2));
        var failed = TaskBuilder.of(1, 0, ill ? TaskState.FAILED : TaskState.BACKING_OFF, AT)
                .attempt(1, 1, WORKER)
                .failure(FAILURE)
                .due(ill ? Instant.MIN : AT.plusSeconds(9))
                .started(AT.plusMillis(3))
                .ended(ill ? AT.plusMillis(5) : Instant.MAX);
        var queued = TaskBuilder.of(1, 1, TaskState.QUEUED, AT.plusMillis(4))
                .terms(TERMS)
                .loop(new LoopState(7, ill ? Payload.NONE : STORED));
        var durable = TaskBuilder.of(2, 0, ill ? TaskState.CANCELLED : TaskState.WAITING, AT.plusMillis(4))
                .attempt(4, 0, WORKER)
                .due(ill ? Instant.MIN : AT.plusSeconds(77))
                .started(AT.plusMillis(5))
                .ended(ill ? AT.plusMillis(6) : Instant.MAX)
                .checkpoints(new Checkpoints(AT.plusSeconds(90), 7, checkpoints()))
                .released(12)
                .spent(new TaskSpent(USAGE, SPENT))
                .seal(new Seal(TaskState.CANCELLED, AT.plusMillis(5)));
        if (!ill) {
            durable.held(new Held("openai.tokens", AT.plusMillis(4), 0.5, true));
        }
        return List.of(done.build(), failed.build(), queued.build(), durable.build());
    }

    /** An image of a shard with an open and a closed bucket. */
    public static ShardImage shard() {
        return new ShardImage(
                AT,
                List.of(
                        new ShardImage.BucketImage(TENANT, "bank", "", AT, 12_345_678_901L, AT.plusSeconds(3)),
                        new ShardImage.BucketImage(OTHER_TENANT, "bank", "eu", AT, 0, Instant.MIN)),
                List.of(new ShardImage.ThrottleImage(TENANT, "orders", "c-\u00fc", AT.plusSeconds(9), 4)));
    }
}
