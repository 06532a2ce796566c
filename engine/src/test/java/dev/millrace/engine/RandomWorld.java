package dev.millrace.engine;

import dev.millrace.manifest.Backoff;
import dev.millrace.manifest.CompensationSpec;
import dev.millrace.manifest.Delivery;
import dev.millrace.manifest.HandlerSpec;
import dev.millrace.manifest.Input;
import dev.millrace.manifest.JsonValue;
import dev.millrace.manifest.Manifest;
import dev.millrace.manifest.OutputSpec;
import dev.millrace.manifest.ParameterSpec;
import dev.millrace.manifest.ParameterSpec.Mode;
import dev.millrace.manifest.ParameterSpec.Source;
import dev.millrace.manifest.RateLimitSpec;
import dev.millrace.manifest.RateLimitUse;
import dev.millrace.manifest.ResultSpec;
import dev.millrace.manifest.StepPolicy;
import dev.millrace.manifest.StepSpec;
import dev.millrace.manifest.Visibility;
import dev.millrace.manifest.Weight;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/**
 * A shard, its journal and its projected images, driven by one seed: random workflows, starts, completions, failures, lost
 * workers, cancels, passing time, projections and crashes. Everything drawn comes from the seed, so a seed is a reproduction.
 */
final class RandomWorld {
    private static final TenantId TENANT = new TenantId(new UUID(1, 1));

    final Random random;
    Shard shard = new Shard(0, ShardSettings.DEFAULT);
    Instant now = Instant.parse("2026-11-21T10:00:00Z");

    final List<Fact> facts = new ArrayList<>();
    final Map<RunId, RunImage> images = new TreeMap<>();
    ShardImage shardImage = ShardImage.EMPTY;
    int projected;
    final Map<RunId, RunState> acknowledged = new TreeMap<>();
    final Map<RunId, RunState> ended = new TreeMap<>();

    private final List<Manifest> manifests = new ArrayList<>();
    private final Map<Long, Set<AttemptRef>> held = new LinkedHashMap<>();
    private long sessions;
    private long sequence;
    private long ids;

    RandomWorld(long seed) {
        random = new Random(seed);
        shard.recovered(now);
        int workflows = 1 + random.nextInt(3);
        for (int i = 0; i < workflows; i++) {
            manifests.add(manifest("flow-" + i));
            define(shard, manifests.get(i));
        }
    }

    /** One random thing happens. */
    void step() {
        switch (random.nextInt(16)) {
            case 0, 1, 2 -> start();
            case 3 -> connect();
            case 4 -> {
                if (random.nextInt(4) == 0) {
                    disconnect();
                }
            }
            case 5 -> pass(Duration.ofMillis(random.nextInt(3_000)));
            case 6 -> {
                if (random.nextInt(6) == 0) {
                    pass(Duration.ofSeconds(random.nextInt(400)));
                }
            }
            case 7 -> {
                if (random.nextInt(5) == 0) {
                    cancel();
                }
            }
            case 8 -> project();
            case 9 -> {
                if (random.nextInt(5) == 0) {
                    crash();
                }
            }
            case 10 -> accept();
            default -> complete();
        }
    }

    /** Faults stop: workers stay, everything succeeds, time passes until nothing is left to do. */
    void heal() {
        connect();
        for (int i = 0; i < 5_000 && acknowledged.size() > ended.size(); i++) {
            if (!completeAll()) {
                var next = shard.nextTimer();
                if (next.isEmpty()) {
                    return;
                }
                pass(Duration.between(now, next.get()).plusNanos(1_000));
            }
        }
    }

    /** Whether the attempt is one of a step that must not be entered twice. */
    boolean atMostOnce(AttemptRef ref) {
        for (var fact : facts) {
            if (fact instanceof Fact.RunStarted started && started.run().equals(ref.run())) {
                for (var manifest : manifests) {
                    if (manifest.hash().equals(started.version().hash())) {
                        return new WorkflowPlan(manifest).policy(ref.node()).delivery() == Delivery.AT_MOST_ONCE;
                    }
                }
            }
        }
        return false;
    }

    private void start() {
        var manifest = manifests.get(random.nextInt(manifests.size()));
        var run = new RunId(new UUID(5, ++ids));
        handle(new Command.StartRuns(
                1,
                TENANT,
                new UUID(6, ids),
                false,
                List.of(new Command.RunStart(
                        run,
                        new VersionRef(manifest.workflow(), manifest.hash()),
                        Payload.inline("{}".getBytes(StandardCharsets.UTF_8)),
                        Optional.empty(),
                        "",
                        Priority.values()[random.nextInt(4)],
                        Map.of(),
                        random.nextInt(10) == 0 ? Optional.of(Duration.ofSeconds(20)) : Optional.empty(),
                        0))));
        acknowledged.put(run, RunState.QUEUED);
    }

    private void connect() {
        long session = ++sessions;
        held.put(session, new LinkedHashSet<>());
        var versions = manifests.stream()
                .map(manifest -> new VersionRef(manifest.workflow(), manifest.hash()))
                .toList();
        handle(new Command.ConnectWorker(
                session,
                TENANT,
                new WorkerInfo(new WorkerId(new UUID(3, session)), "w", 1 + random.nextInt(4), Map.of(), versions),
                List.of()));
    }

    private void disconnect() {
        var session = anySession();
        if (session != null) {
            held.remove(session);
            handle(new Command.DisconnectWorker(session));
        }
    }

    private Long anySession() {
        var open = List.copyOf(held.keySet());
        return open.isEmpty() ? null : open.get(random.nextInt(open.size()));
    }

    private void accept() {
        var session = anySession();
        if (session != null) {
            handle(new Command.WorkerSays(session, List.copyOf(held.get(session)), List.of(), List.of(), false));
        }
    }

    private void complete() {
        var session = anySession();
        if (session == null || held.get(session).isEmpty()) {
            return;
        }
        var attempts = List.copyOf(held.get(session));
        var attempt = attempts.get(random.nextInt(attempts.size()));
        held.get(session).remove(attempt);
        var outcome = switch (random.nextInt(8)) {
            case 0 -> new Command.Outcome.Failed(Failure.of("Boom", "boom"));
            case 1 -> new Command.Outcome.Failed(new Failure("Never", "no", "", true, 0, ""));
            case 2 -> new Command.Outcome.Success(Payload.NONE, -1);
            default -> success();
        };
        say(session, attempt, outcome);
    }

    private boolean completeAll() {
        boolean any = false;
        for (var session : List.copyOf(held.keySet())) {
            for (var attempt : List.copyOf(held.getOrDefault(session, Set.of()))) {
                held.get(session).remove(attempt);
                say(session, attempt, success());
                any = true;
            }
        }
        return any;
    }

    private Command.Outcome success() {
        return new Command.Outcome.Success(
                Payload.inline("[1,2,3]".getBytes(StandardCharsets.UTF_8)), random.nextInt(4));
    }

    private void say(long session, AttemptRef attempt, Command.Outcome outcome) {
        handle(new Command.WorkerSays(
                session, List.of(), List.of(new Command.Completion(++sequence, attempt, outcome)), List.of(), false));
    }

    private void cancel() {
        var runs = List.copyOf(acknowledged.keySet());
        if (!runs.isEmpty()) {
            handle(new Command.CancelRun(2, TENANT, runs.get(random.nextInt(runs.size())), "test"));
        }
    }

    private void pass(Duration time) {
        now = now.plus(time);
        handle(new Command.Tick());
    }

    void project() {
        for (var image : shard.capture()) {
            images.put(image.run(), image);
        }
        shardImage = shard.image();
        projected = facts.size();
        shard.projected();
    }

    /** The owner dies and another takes over; all workers are gone. */
    void crash() {
        shard = recover();
        held.clear();
    }

    Shard recover() {
        var next = new Shard(0, ShardSettings.DEFAULT);
        manifests.forEach(manifest -> define(next, manifest));
        next.restore(shardImage);
        images.values().stream().filter(image -> !image.state().isFinal()).forEach(next::restore);
        facts.subList(projected, facts.size()).forEach(next::replay);
        next.recovered(now);
        return next;
    }

    private void define(Shard target, Manifest manifest) {
        target.handle(
                new Command.DefineVersion(
                        TENANT,
                        new ServiceId(new UUID(2, 2)),
                        new VersionRef(manifest.workflow(), manifest.hash()),
                        manifest),
                now,
                new Batch());
    }

    private void handle(Command command) {
        var batch = new Batch();
        shard.handle(command, now, batch);
        facts.addAll(batch.facts());
        for (var fact : batch.facts()) {
            if (fact instanceof Fact.RunEnded end) {
                if (ended.put(end.run(), end.state()) != null) {
                    throw new AssertionError("Run " + end.run() + " ended twice.");
                }
            }
        }
        for (var effect : batch.effects()) {
            if (effect instanceof Effect.Assign assign) {
                held.get(assign.session()).add(assign.assignment().attempt());
            } else if (effect instanceof Effect.CancelAttempt cancel
                    && held.containsKey(cancel.session())
                    && random.nextBoolean()
                    && held.get(cancel.session()).remove(cancel.attempt())) {
                say(cancel.session(), cancel.attempt(), new Command.Outcome.Cancelled());
            } else if (effect instanceof Effect.LoadRun load) {
                handle(new Command.RunLoaded(load.load(), Optional.ofNullable(images.get(load.run()))));
            }
        }
    }

    private Manifest manifest(String name) {
        int size = 1 + random.nextInt(6);
        var steps = new ArrayList<StepSpec>();
        var undone = new ArrayList<String>();
        for (int i = 0; i < size; i++) {
            var parameters = new ArrayList<ParameterSpec>();
            boolean each = false;
            for (int parent = 0; parent < i; parent++) {
                if (random.nextInt(3) == 0) {
                    var mode = switch (random.nextInt(6)) {
                        case 0 -> Mode.OPTIONAL;
                        case 1 -> Mode.OUTCOME;
                        case 2 -> each ? Mode.VALUE : Mode.EACH;
                        default -> Mode.VALUE;
                    };
                    each |= mode == Mode.EACH;
                    parameters.add(new ParameterSpec("p" + parent, Source.STEP, "s" + parent, mode));
                }
            }
            if (parameters.isEmpty()) {
                parameters.add(ParameterSpec.input("in"));
            }
            var limits = random.nextInt(5) == 0 ? List.of(new RateLimitUse("api", 1)) : List.<RateLimitUse>of();
            var kind = random.nextInt(4) == 0 ? OutputSpec.Kind.OPTIONAL : OutputSpec.Kind.VALUE;
            steps.add(new StepSpec(
                    "s" + i,
                    parameters,
                    List.of(),
                    new OutputSpec(kind, "Object", JsonValue.TRUE),
                    policy(),
                    limits,
                    0));
            if (random.nextInt(3) == 0) {
                undone.add("s" + i);
            }
        }
        return new Manifest(
                name,
                "dev.Flow",
                "",
                Visibility.PUBLIC,
                Weight.NORMAL,
                Duration.ofDays(1),
                new Input("Object", JsonValue.TRUE),
                steps,
                undone.stream()
                        .map(step -> new CompensationSpec(
                                step,
                                new HandlerSpec("undo-" + step, List.of(ParameterSpec.step("x", step)), policy(), 0)))
                        .toList(),
                random.nextBoolean()
                        ? Optional.of(new HandlerSpec("alert", List.of(ParameterSpec.input("in")), policy(), 0))
                        : Optional.empty(),
                List.of(new RateLimitSpec("api", 5, Duration.ofSeconds(1), 2)),
                new ResultSpec(List.of()),
                List.of());
    }

    private StepPolicy policy() {
        return new StepPolicy(
                Duration.ofSeconds(5 + random.nextInt(30)),
                Duration.ofMinutes(1 + random.nextInt(60)),
                random.nextInt(3),
                new Backoff(Duration.ofMillis(500), 2, Duration.ofSeconds(30)),
                random.nextInt(5) == 0 ? Delivery.AT_MOST_ONCE : Delivery.AT_LEAST_ONCE,
                1,
                List.of(),
                List.of());
    }
}
