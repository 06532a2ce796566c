package dev.millrace.controlplane.runs;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.millrace.controlplane.testing.TestControlPlane;
import dev.millrace.controlplane.testing.TestWorker;
import dev.millrace.controlplane.testing.Workflow;
import dev.millrace.engine.Hold.Gate;
import dev.millrace.manifest.Backoff;
import dev.millrace.manifest.BatchSpec;
import dev.millrace.manifest.BudgetExceeded;
import dev.millrace.manifest.BudgetSpec;
import dev.millrace.manifest.ConcurrencySpec;
import dev.millrace.manifest.ConcurrencyStrategy;
import dev.millrace.manifest.DebounceSpec;
import dev.millrace.manifest.Json;
import dev.millrace.manifest.JsonValue;
import dev.millrace.manifest.Manifest;
import dev.millrace.manifest.RateLimitSpec;
import dev.millrace.manifest.RateLimitUse;
import dev.millrace.manifest.Sharing;
import dev.millrace.manifest.StepPolicy;
import dev.millrace.manifest.Triggers;
import dev.millrace.manifest.placement.LabelComparator;
import dev.millrace.manifest.placement.LabelRequirement;
import dev.millrace.manifest.placement.PlacementSpec;
import dev.millrace.manifest.placement.Stickiness;
import dev.millrace.protocol.worker.v1.Amount;
import dev.millrace.protocol.worker.v1.AttemptRef;
import dev.millrace.protocol.worker.v1.CheckpointKind;
import dev.millrace.protocol.worker.v1.CheckpointMade;
import dev.millrace.protocol.worker.v1.ChildStart;
import dev.millrace.protocol.worker.v1.Completion;
import dev.millrace.protocol.worker.v1.Failure;
import dev.millrace.protocol.worker.v1.Spent;
import dev.millrace.protocol.worker.v1.Suspended;
import dev.millrace.protocol.worker.v1.WorkerFrame;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What one gate alone holds back is told of that gate over REST, by run and by workflow; the engine has a scenario for every gate. */
class GatesOverRestTest {
    private static final TestControlPlane PLANE = TestControlPlane.shared();
    private static final Duration LIMIT = Duration.ofSeconds(20);
    /** What lasts for milliseconds, and what needs a fault. */
    private static final Set<Gate> NOT_HERE = Set.of(Gate.EVALUATION, Gate.READING, Gate.NOTHING, Gate.PINNED_BUILD);
    /** Those that hold back a second step. */
    private static final Set<Gate> OF_SECOND = Set.of(Gate.PARENTS, Gate.STICKY_WORKER);

    private final String workflow = "w-" + UUID.randomUUID();
    private final String limit = "l-" + UUID.randomUUID();
    private final List<TestWorker> workers = new ArrayList<>();
    private final Manifest plain = Workflow.chain(workflow, "only");

    @ParameterizedTest
    @EnumSource
    void theGateIsNamedAndNoOther(Gate gate) {
        var scenario = scenario(gate);
        assertThat(scenario.isPresent()).as("a scenario of %s", gate).isNotEqualTo(NOT_HERE.contains(gate));
        if (scenario.isEmpty()) {
            return;
        }
        try {
            var run = scenario.get().get();
            var step =
                    OF_SECOND.contains(gate) ? "second" : plain.steps().get(0).name();
            var told = await("/api/v1/runs/" + run + "/explain?step=" + step, "\"gate\":\"" + gate + "\"");
            assertThat(gates(told)).containsExactly(gate.name());
            if (gate != Gate.PARENTS) {
                await("/api/v1/workflows/" + workflow + "/explain", "\"gate\":\"" + gate + "\"");
            }
        } finally {
            workers.forEach(TestWorker::close);
        }
    }

    private static List<String> gates(String told) {
        var task = (JsonValue.Object) ((JsonValue.Array)
                        ((JsonValue.Object) Json.read(told)).members().get("tasks"))
                .items()
                .get(0);
        return ((JsonValue.Array) task.members().get("holds"))
                .items().stream()
                        .map(hold -> ((JsonValue.Text)
                                        ((JsonValue.Object) hold).members().get("gate"))
                                .value())
                        .toList();
    }

    private static String await(String path, String wanted) {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            var answer = PLANE.ask("GET", path, "").body();
            if (answer.contains(wanted)) {
                return answer;
            }
            assertThat(System.nanoTime()).as(answer).isLessThan(end);
            LockSupport.parkNanos(10_000_000);
        }
    }

    private Optional<Supplier<String>> scenario(Gate gate) {
        return Optional.ofNullable(
                switch (gate) {
                    case PARENTS ->
                        () -> {
                            Workflow.register(PLANE, Workflow.chain(workflow, "only", "second"), PLANE.token());
                            return start();
                        };
                    case NO_COMPATIBLE_WORKER ->
                        () -> {
                            register(plain);
                            return start();
                        };
                    case PAUSED ->
                        () -> {
                            connect(register(plain), 1);
                            PLANE.ask("POST", "/api/v1/workflows/" + workflow + "/pause", "");
                            return start();
                        };
                    case SLOTS_TAKEN -> () -> second(plain, 1);
                    case NO_WORKER_LARGE_ENOUGH ->
                        () -> {
                            connect(register(step(plain, policy(plain, 0, Duration.ZERO, 3))), 2);
                            return start();
                        };
                    case NO_MATCHING_WORKER ->
                        () -> {
                            connect(register(requiring(plain)), 1);
                            return start();
                        };
                    case WINDOW ->
                        () -> {
                            var debounce = new DebounceSpec(Duration.ofHours(1), Optional.empty(), "");
                            register(plain.toBuilder()
                                    .triggers(new Triggers(
                                            List.of(),
                                            List.of(),
                                            Optional.empty(),
                                            Optional.of(debounce),
                                            Optional.empty()))
                                    .build());
                            return start();
                        };
                    case RUN_CONCURRENCY ->
                        () -> second(plain.toBuilder().sharing(one()).build(), 5);
                    case CONCURRENCY ->
                        () -> second(
                                plain.toBuilder()
                                        .steps(List.of(plain.steps().get(0).toBuilder()
                                                .sharing(one())
                                                .build()))
                                        .build(),
                                5);
                    case NO_TOKENS -> () -> second(limited(), 5);
                    case LIMIT_CLOSED ->
                        () -> {
                            var worker = connect(register(limited(50)), 5);
                            start();
                            worker.acknowledged(worker.fail(
                                    worker.assignment().getAttempt(),
                                    Failure.newBuilder()
                                            .setType("TooMany")
                                            .setMessage("429")
                                            .setRetryAfterMillis(60_000)
                                            .setRateLimit(limit)
                                            .build()));
                            return start();
                        };
                    case BACKOFF ->
                        () -> {
                            var worker = connect(register(step(plain, policy(plain, 3, Duration.ofHours(1), 1))), 1);
                            var run = start();
                            worker.fail(
                                    worker.assignment().getAttempt(),
                                    Failure.newBuilder()
                                            .setType("Broken")
                                            .setMessage("no")
                                            .build());
                            return run;
                        };
                    case TURN ->
                        () -> {
                            var worker = connect(register(Workflow.loop(workflow)), 1);
                            var run = start();
                            worker.again(worker.assignment().getAttempt(), "{\"asked\":1}", Duration.ofHours(1));
                            return run;
                        };
                    case SLEEP -> () -> waiting(CheckpointKind.SLEEP, "");
                    case EVENT -> () -> waiting(CheckpointKind.EVENT, "{\"where\":\"true\",\"values\":{}}");
                    case SIGNAL -> () -> waiting(CheckpointKind.SIGNAL, "");
                    case CHILD -> this::waitsForChild;
                    case STICKY_WORKER -> this::waitsForItsWorker;
                    case APPROVAL -> () -> waiting(CheckpointKind.APPROVAL, "{\"role\":\"editor\",\"schema\":{}}");
                    case BUDGET -> this::outOfMoney;
                    case BATCH ->
                        () -> {
                            var batch = new BatchSpec(5, Duration.ofHours(1), "");
                            connect(
                                    register(plain.toBuilder()
                                            .steps(List.of(plain.steps().get(0).toBuilder()
                                                    .batch(batch)
                                                    .build()))
                                            .build()),
                                    5);
                            return start();
                        };
                    default -> null;
                });
    }

    /** A durable step that waits for an hour at the most. */
    private String waiting(CheckpointKind kind, String ask) {
        var worker = connect(register(Workflow.durable(workflow)), 1);
        var run = start();
        waits(worker, worker.assignment().getAttempt(), kind, ask);
        return run;
    }

    /** A durable step that waits for a run which no worker serves. */
    private String waitsForChild() {
        var child = "child-" + workflow;
        Workflow.register(PLANE, Workflow.chain(child, "only"), PLANE.token());
        var worker = connect(register(Workflow.durable(workflow)), 1);
        var run = start();
        var attempt = worker.assignment().getAttempt();
        worker.send(WorkerFrame.newBuilder()
                .addCheckpoints(CheckpointMade.newBuilder()
                        .setAttempt(attempt)
                        .setNumber(1)
                        .setName(child)
                        .setCount(1)
                        .setKind(CheckpointKind.CHILD)
                        .setChild(ChildStart.newBuilder()
                                .setWorkflow(child)
                                .setInput(ByteString.copyFromUtf8("{\"cents\":2}"))))
                .addSuspended(Suspended.newBuilder().setAttempt(attempt))
                .build());
        return run;
    }

    /** A step that has to go where its run was last, to a worker that takes nothing new. */
    private String waitsForItsWorker() {
        var two = Workflow.chain(workflow, "only", "second");
        var second = two.steps().get(1);
        var bound = second.toBuilder()
                .policy(second.policy().withPlacement(new PlacementSpec(List.of(), List.of(), Stickiness.HARD)))
                .build();
        var version = register(
                two.toBuilder().steps(List.of(two.steps().get(0), bound)).build());
        var id = UUID.randomUUID();
        var worker = TestWorker.connect(
                PLANE,
                PLANE.token(),
                TestWorker.hello(workflow, version)
                        .setWorkerId(TestWorker.bytes(id))
                        .build());
        workers.add(worker);
        var run = start();
        var first = worker.assignment().getAttempt();
        connect(version, 5); // would take it, if it might
        var paused = PLANE.ask("POST", "/api/v1/workers/" + id + "/pause", "");
        assertThat(paused.status()).as(paused.body()).isBetween(200, 299);
        worker.acknowledged(worker.succeed(first, "1"));
        return run;
    }

    /** A run whose only attempt failed after it had used all that there was. */
    private String outOfMoney() {
        var worker = connect(
                register(step(plain, policy(plain, 3, Duration.ofMillis(1), 1)).toBuilder()
                        .budgets(List.of(new BudgetSpec("tokens", 10, BudgetExceeded.ASK)))
                        .build()),
                1);
        var run = start();
        worker.complete(Completion.newBuilder()
                .setAttempt(worker.assignment().getAttempt())
                .setFailure(Failure.newBuilder().setType("Broken").setMessage("no"))
                .setSpent(Spent.newBuilder()
                        .addUsed(Amount.newBuilder().setName("tokens").setAmount(10))));
        return run;
    }

    private static void waits(TestWorker worker, AttemptRef attempt, CheckpointKind kind, String ask) {
        worker.send(WorkerFrame.newBuilder()
                .addCheckpoints(CheckpointMade.newBuilder()
                        .setAttempt(attempt)
                        .setNumber(1)
                        .setName("nap")
                        .setCount(1)
                        .setKind(kind)
                        .setAsk(ByteString.copyFromUtf8(ask))
                        .setWaitMicros(Duration.ofHours(1).toNanos() / 1000))
                .addSuspended(Suspended.newBuilder().setAttempt(attempt))
                .build());
    }

    // ---- what there is ----

    private String register(Manifest manifest) {
        return Workflow.register(PLANE, manifest, PLANE.token());
    }

    private TestWorker connect(String version, int slots) {
        var worker = TestWorker.connect(
                PLANE,
                PLANE.token(),
                TestWorker.hello(workflow, version).setSlots(slots).build());
        workers.add(worker);
        return worker;
    }

    private String start() {
        var answer = PLANE.ask("POST", "/api/v1/workflows/" + workflow + "/runs", "{\"input\":{\"cents\":1}}");
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        return answer.text("runId");
    }

    /** A second run while the first is with a worker. */
    private String second(Manifest manifest, int slots) {
        var worker = connect(register(manifest), slots);
        start();
        worker.accept(worker.assignment().getAttempt());
        return start();
    }

    private Sharing one() {
        return new Sharing(List.of(new ConcurrencySpec(limit, "", 1, ConcurrencyStrategy.QUEUE)), Optional.empty());
    }

    private Manifest limited() {
        return limited(1);
    }

    private Manifest limited(int burst) {
        return plain.toBuilder()
                .rateLimits(List.of(new RateLimitSpec(limit, 1, Duration.ofHours(1), burst)))
                .steps(List.of(plain.steps().get(0).toBuilder()
                        .rateLimits(List.of(new RateLimitUse(limit, 1)))
                        .build()))
                .build();
    }

    private static Manifest requiring(Manifest manifest) {
        return step(
                manifest,
                manifest.steps()
                        .get(0)
                        .policy()
                        .withPlacement(new PlacementSpec(
                                List.of(new LabelRequirement("gpu", LabelComparator.EQUAL, "a100")),
                                List.of(),
                                Stickiness.NONE)));
    }

    private static StepPolicy policy(Manifest manifest, int retries, Duration backoff, int slots) {
        var policy = manifest.steps().get(0).policy();
        return new StepPolicy(
                policy.timeout(),
                policy.queueTimeout(),
                retries,
                backoff.isZero() ? policy.backoff() : new Backoff(backoff, 1, backoff),
                policy.delivery(),
                slots,
                policy.retryOn(),
                policy.noRetryOn());
    }

    private static Manifest step(Manifest manifest, StepPolicy policy) {
        return manifest.toBuilder()
                .steps(List.of(
                        manifest.steps().get(0).toBuilder().policy(policy).build()))
                .build();
    }
}
