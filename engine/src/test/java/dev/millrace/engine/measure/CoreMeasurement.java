package dev.millrace.engine.measure;

import dev.millrace.engine.AttemptRef;
import dev.millrace.engine.Batch;
import dev.millrace.engine.Command;
import dev.millrace.engine.Effect;
import dev.millrace.engine.Failure;
import dev.millrace.engine.Payload;
import dev.millrace.engine.Priority;
import dev.millrace.engine.RunId;
import dev.millrace.engine.ServiceId;
import dev.millrace.engine.Shard;
import dev.millrace.engine.ShardSettings;
import dev.millrace.engine.TenantId;
import dev.millrace.engine.VersionRef;
import dev.millrace.engine.WorkerId;
import dev.millrace.engine.WorkerInfo;
import dev.millrace.engine.harness.WorkflowBuilder;
import dev.millrace.manifest.ConcurrencyStrategy;
import dev.millrace.manifest.Manifest;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * What the core costs by itself: one thread, no journal, no wire. Run by hand; prints, asserts nothing.
 *
 * <p>{@code java -cp … dev.millrace.engine.measure.CoreMeasurement}
 */
public final class CoreMeasurement {
    private static final TenantId TENANT = new TenantId(new UUID(1, 1));
    private static final Instant BEGINNING = Instant.parse("2026-11-21T00:00:00Z");
    private static final int BATCH = 256;
    private static final Payload INPUT = Payload.inline(new byte[512]);
    private static final Payload RESULT = Payload.inline("[1,2,3]".getBytes(StandardCharsets.UTF_8));

    private final Shard shard =
            new Shard(0, new ShardSettings(Duration.ofSeconds(5), Duration.ofSeconds(10), 5_000_000));
    private final List<Command.Completion> done = new ArrayList<>();
    private Instant now = BEGINNING;
    private long sequence;
    private long runs;

    private CoreMeasurement() {
        shard.recovered(now);
    }

    public static void main(String[] arguments) {
        for (int round = 0; round < 3; round++) {
            oneStep(1, 400_000, 0);
        }
        oneStep(64, 400_000, 0);
        oneStep(1, 400_000, 1_000_000);
        oneStep(64, 400_000, 1_000_000);
        sleeping(1_000_000);
        for (int round = 0; round < 2; round++) {
            fanOut(1_000);
            fanOut(100_000);
            chain(1_000);
            chain(10_000);
        }
        sharedLimit(1_000);
        limits(0);
        limits(4);
        tenants(1_000);
    }

    /** One-step runs in a closed loop, over some workflows, with a backlog that stays behind them. */
    private static void oneStep(int workflows, int count, int backlog) {
        var world = new CoreMeasurement();
        var versions = new ArrayList<VersionRef>();
        for (int i = 0; i < workflows; i++) {
            versions.add(world.define(TENANT, WorkflowBuilder.oneStep("flow-" + i)));
        }
        long before = used();
        for (int i = 0; i < backlog / BATCH; i++) {
            world.start(TENANT, versions.get(i % workflows), BATCH);
            world.project(i);
        }
        if (backlog > 0) {
            System.out.printf("memory per queued run: %d bytes with a 512-byte input%n", (used() - before) / backlog);
        }
        world.connect(TENANT, 1_000, versions);
        long allocated = allocated();
        long begin = cpuNanos();
        for (int i = 0; i < count / BATCH; i++) {
            world.start(TENANT, versions.get(i % workflows), BATCH);
            world.completeAll();
            world.project(i);
        }
        print(
                "one-step runs, " + workflows + " workflows, " + backlog + " queued before",
                cpuNanos() - begin,
                allocated() - allocated,
                count);
    }

    /** Runs whose step asks to be tried again in an hour. */
    private static void sleeping(int count) {
        var world = new CoreMeasurement();
        world.elements = -2;
        var version = world.define(
                TENANT,
                WorkflowBuilder.workflow("sleeper")
                        .step("work", step -> step.retries(1))
                        .build());
        world.connect(TENANT, 1_000, List.of(version));
        long before = used();
        for (int i = 0; i < count / BATCH; i++) {
            world.start(TENANT, version, BATCH);
            world.completeAll();
            world.project(i);
        }
        world.project(0);
        var residents = world.shard.residents();
        System.out.printf(
                "memory per sleeping run: %d bytes; of %d, %d are in memory%n",
                (used() - before) / count, residents.putOut() + residents.runs(), residents.runs());
    }

    private static void fanOut(int elements) {
        var world = new CoreMeasurement();
        var version = world.define(
                TENANT,
                WorkflowBuilder.workflow("fan")
                        .step("split")
                        .step("part", step -> step.each("split"))
                        .step("join", "part")
                        .build());
        world.connect(TENANT, 1_000_000, List.of(version));
        world.elements = elements;
        long allocated = allocated();
        long begin = cpuNanos();
        world.start(TENANT, version, 1);
        world.completeAll();
        print("fan-out and join, per element of " + elements, cpuNanos() - begin, allocated() - allocated, elements);
    }

    private static void chain(int steps) {
        var world = new CoreMeasurement();
        var workflow = WorkflowBuilder.workflow("chain").step("s0");
        for (int i = 1; i < steps; i++) {
            workflow.step("s" + i, "s" + (i - 1));
        }
        var version = world.define(TENANT, workflow.build());
        world.connect(TENANT, 10, List.of(version));
        long allocated = allocated();
        long begin = cpuNanos();
        world.start(TENANT, version, 1);
        world.completeAll();
        print("chain, per step of " + steps, cpuNanos() - begin, allocated() - allocated, steps);
    }

    /** Many workflows wait for the tokens of one limit. */
    /** One-step runs, 256 at a time, of which 64 go on at once, each under so many limits. */
    private static void limits(int chained) {
        var world = new CoreMeasurement();
        var version = world.define(
                TENANT,
                WorkflowBuilder.workflow("chained")
                        .step("work", step -> {
                            for (int i = 0; i < chained; i++) {
                                step.concurrency("limit-" + i, 64, ConcurrencyStrategy.QUEUE);
                            }
                        })
                        .build());
        world.connect(TENANT, chained == 0 ? 64 : 1_000, List.of(version));
        long allocated = 0;
        long begin = 0;
        int count = 400_000;
        for (int i = 0; i < 2 * count / BATCH; i++) {
            if (i == count / BATCH) {
                allocated = allocated();
                begin = cpuNanos();
            }
            world.start(TENANT, version, BATCH);
            while (!world.done.isEmpty()) {
                world.completeAll();
            }
            world.project(i);
        }
        print("one-step runs under " + chained + " limits", cpuNanos() - begin, allocated() - allocated, count);
    }

    private static void sharedLimit(int workflows) {
        var world = new CoreMeasurement();
        var versions = new ArrayList<VersionRef>();
        for (int i = 0; i < workflows; i++) {
            versions.add(world.define(
                    TENANT,
                    WorkflowBuilder.workflow("limited-" + i)
                            .limit("api", 1_000, Duration.ofSeconds(1), 1)
                            .step("work", step -> step.limit("api", 1))
                            .build()));
        }
        world.connect(TENANT, 1_000_000, versions);
        for (var version : versions) {
            world.start(TENANT, version, 10);
        }
        int count = 5_000;
        long allocated = allocated();
        long begin = cpuNanos();
        for (int i = 0; i < count; i++) {
            world.now = world.now.plusMillis(1);
            world.handle(new Command.Tick());
            world.completeAll();
        }
        print(
                "token by token to " + workflows + " workflows on one limit",
                cpuNanos() - begin,
                allocated() - allocated,
                count);
    }

    /** One tenant works while others are there. */
    private static void tenants(int tenants) {
        var world = new CoreMeasurement();
        for (int i = 0; i < tenants; i++) {
            world.define(new TenantId(new UUID(2, i)), WorkflowBuilder.oneStep("flow"));
        }
        var version = world.define(TENANT, WorkflowBuilder.oneStep("flow"));
        world.connect(TENANT, 1_000, List.of(version));
        int count = 100_000;
        long allocated = allocated();
        long begin = cpuNanos();
        for (int i = 0; i < count; i++) {
            world.start(TENANT, version, 1);
            world.completeAll();
            if (i % 1_000 == 0) {
                world.project(i);
            }
        }
        print(
                "one-step runs one by one beside " + tenants + " tenants",
                cpuNanos() - begin,
                allocated() - allocated,
                count);
    }

    // ---- a shell that stores nothing ----

    private int elements = 3;

    private VersionRef define(TenantId tenant, Manifest manifest) {
        var version = new VersionRef(manifest.workflow(), manifest.hash());
        handle(new Command.DefineVersion(tenant, new ServiceId(new UUID(2, 2)), version, manifest));
        return version;
    }

    private void connect(TenantId tenant, int slots, List<VersionRef> versions) {
        handle(new Command.ConnectWorker(
                1, tenant, new WorkerInfo(new WorkerId(new UUID(3, 1)), "w", slots, Map.of(), versions), List.of()));
    }

    private void start(TenantId tenant, VersionRef version, int count) {
        var starts = new ArrayList<Command.RunStart>(count);
        for (int i = 0; i < count; i++) {
            starts.add(new Command.RunStart(
                    new RunId(new UUID(5, ++runs)),
                    version,
                    INPUT,
                    Optional.empty(),
                    "",
                    Priority.NORMAL,
                    Map.of(),
                    Optional.empty(),
                    runs));
        }
        handle(new Command.StartRuns(-1, tenant, new UUID(now.toEpochMilli() << 16 | 0x7000, runs), false, starts));
    }

    /** Lets the worker complete what it has until it has nothing, or was told enough times. */
    private void completeAll() {
        for (int i = 0; !done.isEmpty() && (i < 2 || elements > 3 || runs < 10); i++) {
            var now = List.copyOf(done);
            done.clear();
            for (int from = 0; from < now.size(); from += BATCH) {
                handle(new Command.WorkerSays(
                        1, List.of(), now.subList(from, Math.min(now.size(), from + BATCH)), List.of(), false));
            }
        }
    }

    private void project(int pass) {
        if (pass % 100 == 0) {
            shard.capture();
            shard.projected();
        }
    }

    private void handle(Command command) {
        var batch = new Batch();
        now = now.plusNanos(1_000);
        shard.handle(command, now, batch);
        for (var effect : batch.effects()) {
            if (effect instanceof Effect.Assign assign) {
                done.add(
                        elements == -2
                                ? later(assign.assignment().attempt())
                                : success(assign.assignment().attempt()));
            }
        }
    }

    private Command.Completion success(AttemptRef attempt) {
        return new Command.Completion(++sequence, attempt, new Command.Outcome.Success(RESULT, elements));
    }

    private Command.Completion later(AttemptRef attempt) {
        var failure = new Failure("Later", "Not now.", "", false, 3_600_000, "");
        return new Command.Completion(++sequence, attempt, new Command.Outcome.Failed(failure));
    }

    private static long used() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        var runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    /** Processor time of this thread: the machine may be shared. */
    private static long cpuNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static long allocated() {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        return threads.getThreadAllocatedBytes(Thread.currentThread().getId());
    }

    private static void print(String what, long nanos, long bytes, int count) {
        System.out.printf("%-60s %8.0f ns  %7d bytes allocated%n", what, (double) nanos / count, bytes / count);
    }
}
