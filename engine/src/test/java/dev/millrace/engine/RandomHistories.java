package dev.millrace.engine;

import static dev.millrace.engine.harness.FakeWorker.empty;
import static dev.millrace.engine.harness.FakeWorker.failure;
import static dev.millrace.engine.harness.FakeWorker.value;

import dev.millrace.engine.Command.Decision;
import dev.millrace.engine.Effect.Assignment;
import dev.millrace.engine.harness.EngineHarness;
import dev.millrace.engine.harness.FakeWorker;
import dev.millrace.engine.harness.RandomTerms;
import dev.millrace.engine.harness.RandomWorkflows;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * A world driven by one seed: random workflows, runs, failures, slow and silent workers, lost streams, dead processes,
 * cancels, projections and crashes of the owner. Whatever is stored is watched by {@link Laws}. The seed is the reproduction.
 */
public final class RandomHistories {
    private final EngineHarness engine;
    final Laws laws = new Laws();
    private final Random random;
    private final RandomWorkflows workflows;
    private final List<VersionRef> versions = new ArrayList<>();
    private final List<RunId> runs = new ArrayList<>();
    private boolean healed;
    private int starts;

    public RandomHistories(long seed) {
        this(seed, seed % 3 == 0 ? ShardSettings.DEFAULT : narrow(seed));
    }

    RandomHistories(long seed, ShardSettings settings) {
        random = new Random(seed);
        engine = new EngineHarness(settings);
        workflows = new RandomWorkflows(random)
                .withConditions()
                .withConcurrency()
                .withBatches()
                .withPlacement()
                .withCosts()
                .withWaits()
                .withWindows()
                .withLoops();
        engine.watch(laws::watch);
        engine.decisions(this::answer);
        engine.gatheredTerms(() -> RandomTerms.atStart(random, 6));
        int count = 1 + random.nextInt(3);
        for (int i = 0; i < count; i++) {
            var manifest = workflows.next("flow-" + i);
            var version = engine.define(manifest);
            laws.know(version, manifest);
            versions.add(version);
        }
        int workers = 1 + random.nextInt(3);
        for (int i = 0; i < workers; i++) {
            worker();
        }
    }

    /** Next to nothing of what waits stays in memory. */
    private static ShardSettings narrow(long seed) {
        return new ShardSettings(
                ShardSettings.DEFAULT.acceptLease(),
                ShardSettings.DEFAULT.reconnectGrace(),
                10_000,
                new ShardSettings.Residence(
                        1 + (int) (seed % 5),
                        1,
                        1 + (int) (seed % 4),
                        Duration.ofSeconds(seed % 2),
                        seed % 3 == 0 ? 40 : 1 << 20));
    }

    /** The next thing happens. */
    public void step() {
        switch (random.nextInt(22)) {
            case 0, 1, 2, 3 -> start();
            case 4, 5 -> engine.advance(Duration.ofNanos((long) (random.nextDouble() * 3e9)));
            case 6 -> engine.advance(Duration.ofSeconds(random.nextInt(30)));
            case 7 -> engine.project();
            case 8 -> anyWorker().ifPresent(FakeWorker::disconnect);
            case 9 -> anyWorker().ifPresent(FakeWorker::die);
            case 10 -> absentWorkers().forEach(FakeWorker::connect);
            case 11 -> cancel();
            case 12 -> {
                if (random.nextInt(3) == 0) {
                    engine.crash();
                }
            }
            case 13 -> settle();
            case 14 -> extend();
            case 15, 16 -> byHand();
            case 17 -> replay();
            case 18, 19 -> bring();
            case 20 -> raise(50);
            default -> {
                if (random.nextInt(4) == 0) {
                    worker();
                }
            }
        }
    }

    /** Faults stop: workers stay and every step succeeds, and time passes until nothing is left to do. */
    public void heal() {
        healed = true;
        engine.workers().stream()
                .filter(worker -> worker.isByHand() && worker.isConnected())
                .forEach(FakeWorker::die);
        absentWorkers().stream().filter(worker -> !worker.isByHand()).forEach(FakeWorker::connect);
        performing(engine.absentWorker(4, versions.toArray(VersionRef[]::new))).connect();
        for (int i = 0; i < 400 && laws.ended().size() < runs.size(); i++) {
            engine.advance(Duration.ofSeconds(20));
            raise(100_000);
        }
    }

    /** Somebody lets the runs that ask use more. */
    private void raise(int more) {
        for (var run : active()) {
            for (var asked : engine.run(run).tasks()) {
                asked.held()
                        .filter(Held::asks)
                        .ifPresent(held -> engine.ask(replyTo -> new Command.RaiseBudget(
                                replyTo,
                                EngineHarness.TENANT,
                                run,
                                held.budget(),
                                (long) held.limit() + 1 + random.nextInt(more),
                                "an operator",
                                "for the test")));
            }
        }
    }

    public EngineHarness engine() {
        return engine;
    }

    List<RunId> runs() {
        return runs;
    }

    /** The runs that have not ended, as far as the facts say. */
    List<RunId> active() {
        return runs.stream().filter(run -> !laws.ended().containsKey(run)).toList();
    }

    /** Something comes that a step may wait for; most often none does. */
    private void bring() {
        var active = active();
        if (active.isEmpty()) {
            return;
        }
        var run = active.get(random.nextInt(active.size()));
        var source = "event " + random.nextInt(1000);
        for (int node = 0; node < 6; node++) {
            for (int count = 1; count <= 2; count++) {
                bring(run, node, random.nextInt(3), count, source);
            }
        }
    }

    private void bring(RunId run, int node, int element, int count, String source) {
        boolean comes = random.nextInt(8) > 0;
        engine.ask(replyTo -> new Command.SettleWait(
                replyTo,
                EngineHarness.TENANT,
                run,
                1,
                node,
                element,
                new CheckpointKey(CheckpointKey.BEFORE, RandomWorkflows.EVENT, count),
                CheckpointKind.EVENT,
                comes ? Checkpoint.State.DONE : Checkpoint.State.TIMED_OUT,
                comes ? EngineHarness.payload("1") : Payload.NONE,
                source));
    }

    private void start() {
        var start = engine.starting(versions.get(random.nextInt(versions.size())), "{\"n\":" + ++starts + "}");
        var key = "k" + random.nextInt(2);
        var outcome = engine.outcome(new Command.RunStart(
                start.run(),
                start.version(),
                start.input(),
                Optional.empty(),
                "",
                Priority.values()[random.nextInt(4)],
                Map.of(),
                random.nextInt(4) == 0 ? Optional.of(Duration.ofSeconds(1 + random.nextInt(40))) : Optional.empty(),
                0,
                RandomTerms.atStart(random, 6).through(new DoorKeys(key, key))));
        if (outcome instanceof StartOutcome.Started started && !started.joined()) {
            runs.add(started.run());
        }
        laws.answered(start.input(), outcome);
    }

    private void cancel() {
        if (!runs.isEmpty() && random.nextInt(2) == 0) {
            engine.cancel(runs.get(random.nextInt(runs.size())), "for the test");
        }
    }

    /** Somebody decides what becomes of a task, mostly of one that can be settled. */
    private void settle() {
        var active = active();
        if (active.isEmpty()) {
            return;
        }
        var run = active.get(random.nextInt(active.size()));
        var open = engine.run(run).tasks().stream()
                .filter(task -> !task.state().isFinal() || random.nextInt(6) == 0)
                .toList();
        var settlement = switch (random.nextInt(4)) {
            case 0 -> new Command.Settlement.Cancel();
            case 1 -> new Command.Settlement.Fail();
            case 2 -> new Command.Settlement.Skip();
            default -> new Command.Settlement.Complete(EngineHarness.payload("[1,2]"), 2);
        };
        if (open.isEmpty()) {
            engine.settle(run, random.nextInt(6), 0, settlement);
        } else {
            var task = open.get(random.nextInt(open.size()));
            engine.settle(run, task.node(), task.element(), settlement);
        }
    }

    /** A worker that does nothing of itself does something. */
    private void byHand() {
        var worker = anyWorker()
                .filter(any -> any.isByHand() && !any.running().isEmpty())
                .orElse(null);
        if (worker == null) {
            return;
        }
        var attempt = worker.running().get(random.nextInt(worker.running().size()));
        switch (random.nextInt(9)) {
            case 8 ->
                worker.report(
                        attempt, Spent.of(Usage.of("tokens", random.nextInt(100)), Usage.of("api", random.nextInt(4))));
            case 0 -> worker.end(attempt, value("[1]"));
            case 1 -> worker.end(attempt, failure("Boom"));
            case 2 -> worker.cancelled(attempt);
            case 3 -> worker.giveBack(attempt);
            case 4 -> worker.suspend(attempt, random.nextInt(3));
            case 5 -> worker.store(attempt, FakeWorker.called("by-hand", random.nextInt(30) / 29, "2"));
            case 6 -> worker.store(attempt, FakeWorker.waits(CheckpointKind.SLEEP, "rest", 9, Duration.ofSeconds(7)));
            default -> worker.accept(attempt);
        }
    }

    private void replay() {
        if (runs.isEmpty()) {
            return;
        }
        var from = switch (random.nextInt(4)) {
            case 0 -> new Command.ReplayFrom.Start();
            case 1 -> new Command.ReplayFrom.Step(random.nextInt(4));
            default -> new Command.ReplayFrom.FailedSteps();
        };
        engine.replay(runs.get(random.nextInt(runs.size())), from);
    }

    private void extend() {
        anyWorker()
                .filter(worker -> !worker.running().isEmpty())
                .ifPresent(worker -> worker.extend(worker.running().get(0), Duration.ofSeconds(random.nextInt(90))));
    }

    private void worker() {
        var worker = engine.absentWorker(1 + random.nextInt(4), versions.toArray(VersionRef[]::new));
        switch (random.nextInt(5)) {
            case 0 -> worker.deaf();
            case 1 -> worker.byHand();
            default -> {
                // as it comes
            }
        }
        performing(worker).connect();
    }

    private FakeWorker performing(FakeWorker worker) {
        for (int i = 0; i < 6; i++) {
            worker.on("s" + i, this::perform);
            worker.on("undo-s" + i, this::perform);
        }
        Map<String, String> labels = random.nextBoolean()
                ? Map.of("region", random.nextBoolean() ? "eu" : "us", "size", "" + random.nextInt(4))
                : Map.of();
        laws.present(worker.id(), labels);
        return worker.labels(labels).on("alert", this::perform).durable(this::performDurably);
    }

    /** Mostly it does something and waits, a few times, and then ends as other steps do. */
    private FakeWorker.Turn performDurably(Assignment assignment) {
        int place = assignment.checkpoints().all().size();
        if (healed || place > 6 || random.nextInt(3) == 0) {
            return new FakeWorker.Turn(List.of(), Optional.of(perform(assignment)));
        }
        var wait = FakeWorker.waits(
                random.nextBoolean() ? CheckpointKind.SLEEP : CheckpointKind.EVENT,
                "wait-" + place,
                place + 1,
                Duration.ofMillis(random.nextInt(30_000)));
        return new FakeWorker.Turn(List.of(FakeWorker.called("call-" + place, place, "1"), wait), Optional.empty());
    }

    /** Some answers are lost, and the question is asked again. */
    private Optional<Decision> answer(Effect.DecideStep question) {
        if (!healed && random.nextInt(8) == 0) {
            return Optional.empty();
        }
        return Optional.of(RandomTerms.decision(random, question.elements(), !healed));
    }

    private FakeWorker.Result perform(Assignment assignment) {
        var result = result(assignment);
        return random.nextBoolean()
                ? result
                : result.using("tokens", random.nextInt(100)).using("pages", 1);
    }

    /** A loop has some turns more, unless it fails. */
    private FakeWorker.Result result(Assignment assignment) {
        return assignment.turn() > 0 && !healed && random.nextInt(3) > 0
                ? FakeWorker.again(
                        "[" + assignment.turn() + "]",
                        random.nextBoolean() ? Duration.ZERO : Duration.ofMillis(random.nextInt(30_000)))
                : result();
    }

    private FakeWorker.Result result() {
        if (healed) {
            return value("[1,2,3]");
        }
        var after = random.nextInt(3) == 0 ? Duration.ofMillis(random.nextInt(60_000)) : Duration.ZERO;
        return switch (random.nextInt(12)) {
            case 0 -> failure("Boom");
            case 1 -> failure(new Failure("Later", "Not now.", "", false, random.nextInt(40_000), "api"));
            case 2 -> failure(new Failure("NoUse", "It never will.", "", true, 0, ""));
            case 3 -> empty();
            case 4 -> value("[]", after);
            default -> value("[1,2]", after);
        };
    }

    private Optional<FakeWorker> anyWorker() {
        var connected =
                engine.workers().stream().filter(FakeWorker::isConnected).toList();
        return connected.isEmpty() ? Optional.empty() : Optional.of(connected.get(random.nextInt(connected.size())));
    }

    private List<FakeWorker> absentWorkers() {
        return engine.workers().stream().filter(worker -> !worker.isConnected()).toList();
    }
}
