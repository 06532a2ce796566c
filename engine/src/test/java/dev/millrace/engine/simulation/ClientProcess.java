package dev.millrace.engine.simulation;

import dev.millrace.engine.Checkpoint;
import dev.millrace.engine.Command;
import dev.millrace.engine.Payload;
import dev.millrace.engine.Reply;
import dev.millrace.engine.RunId;
import dev.millrace.engine.Signal;
import dev.millrace.engine.StartOutcome;
import dev.millrace.engine.TenantId;
import dev.millrace.engine.harness.EngineHarness;
import dev.millrace.engine.simulation.Instance.Wanted;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongFunction;

/** A client: it starts runs and asks again until it has an answer, cancels some, and waits for the ends of others. */
final class ClientProcess extends Actor {
    private static final int MOST_REQUESTS = 60;

    private static final class Request {
        final UUID id;
        final List<Wanted> wanted;
        boolean sent;
        boolean answered;

        Request(UUID id, List<Wanted> wanted) {
            this.id = id;
            this.wanted = wanted;
        }
    }

    private final World world;
    private final Dice dice;
    private final TenantId tenant;
    private final long skew;
    private final List<Request> requests = new ArrayList<>();
    private final List<RunId> runs = new ArrayList<>();
    private int answers;

    ClientProcess(World world, int number, TenantId tenant) {
        super("client-" + number);
        this.world = world;
        this.dice = world.dice(name());
        this.tenant = tenant;
        int most = world.layout().maxSkewMillis();
        this.skew = dice.between(-most, most) * Timeline.MILLI;
    }

    @Override
    void booted() {
        act();
    }

    /** Clients do not crash: what a client that is gone never asks for cannot go wrong. */
    @Override
    void crashed() {
        throw new IllegalStateException("Clients stay.");
    }

    /** Whether every request has been answered. */
    boolean isContent() {
        return requests.stream().allMatch(request -> request.answered);
    }

    private void act() {
        if (world.faulty()) {
            switch (dice.below(24)) {
                case 0 -> cancel();
                case 1, 2 -> follow();
                case 3 -> repeat();
                case 4 -> settle();
                case 5 -> replay();
                case 23 -> reset();
                case 6, 7, 8 -> signal();
                case 9, 10 -> publish();
                case 11, 12, 13 -> answerPeople();
                case 14 -> raise();
                default -> start();
            }
            world.time().in(dice.between(50, 1_500) * Timeline.MILLI, this, this::act);
        } else {
            beGenerous();
        }
    }

    /**
     * When everything has healed nobody is short of money; what was raised before still has to do until then. Others are not asked:
     * a command moves the time of the shard that gets it, and then nobody would miss a timer.
     */
    private void beGenerous() {
        for (var run : world.judge().mayLackMoney().stream().sorted().toList()) {
            for (var budget : List.of("tokens", "api")) {
                ask(run, replyTo -> new Command.RaiseBudget(replyTo, tenant, run, budget, 1_000_000, "all", "healed"));
            }
        }
        world.time().in(20 * Timeline.SECOND, this, this::beGenerous);
    }

    private void start() {
        if (requests.size() == MOST_REQUESTS) {
            return;
        }
        var wanted = new ArrayList<Wanted>();
        int count = 1 + dice.below(3);
        for (int i = 0; i < count; i++) {
            wanted.add(wanted(i));
        }
        var request = new Request(requestId(), wanted);
        requests.add(request);
        send(request);
    }

    /** Begins with the time, by a clock that may be off. */
    private UUID requestId() {
        long millis = World.instant(world.time().now() + skew).toEpochMilli();
        return new UUID(
                millis << 16 | 0x7000 | dice.below(0x1000), dice.random().nextLong());
    }

    private Wanted wanted(int i) {
        var versions = world.versions(tenant);
        Optional<String> key = dice.chance(0.4) ? Optional.of("key-" + dice.below(12) + "-" + i) : Optional.empty();
        Optional<Duration> deadline =
                dice.chance(0.1) ? Optional.of(Duration.ofSeconds(1 + dice.below(40))) : Optional.empty();
        return new Wanted(
                versions.get(dice.below(versions.size())),
                "{\"n\":" + dice.below(5) / 4 + "}",
                key,
                deadline,
                dice.chance(0.02) ? DurableCode.DIVES : Map.of());
    }

    /** A door or a proxy in between sends a request again although it was answered. */
    private void repeat() {
        if (!requests.isEmpty()) {
            transmit(requests.get(dice.below(requests.size())));
        }
    }

    /** Sends a request, and again until there is an answer. */
    private void send(Request request) {
        if (request.answered) {
            return;
        }
        transmit(request);
        world.time().in(dice.between(1_000, 4_000) * Timeline.MILLI, this, () -> send(request));
    }

    private void transmit(Request request) {
        boolean again = request.sent;
        request.sent = true;
        var door = door();
        var stream = new Stream(world, this, door);
        stream.toInstance(() -> door.start(
                tenant, request.id, again, request.wanted, reply -> stream.toCaller(() -> answered(request, reply))));
    }

    private void answered(Request request, Reply reply) {
        if (reply instanceof Reply.RunsStarted started) {
            world.judge().acknowledged(request.id, started.outcomes());
            for (var outcome : started.outcomes()) {
                if (outcome instanceof StartOutcome.Started run) {
                    runs.add(run.run());
                    if (run.existing()) {
                        world.hit(request.answered ? Probe.REQUEST_REPEATED : Probe.KEY_REPEATED);
                    }
                } else {
                    world.hit(Probe.KEY_CONFLICT);
                }
            }
            request.answered = true;
        } else if (reply instanceof Reply.Refused refused && refused.code().equals("OVERLOADED")) {
            world.hit(Probe.SHARD_FULL);
        }
    }

    private void cancel() {
        ask((run, replyTo) -> new Command.CancelRun(replyTo, tenant, run, "for the test"));
    }

    private void follow() {
        ask((run, replyTo) -> new Command.FollowRun(replyTo, tenant, run));
    }

    private void settle() {
        var settlement = switch (dice.below(4)) {
            case 0 -> new Command.Settlement.Cancel();
            case 1 -> new Command.Settlement.Fail();
            case 2 -> new Command.Settlement.Skip();
            default -> new Command.Settlement.Complete(EngineHarness.payload("[0,0]"), 2);
        };
        int node = dice.below(3);
        ask((run, replyTo) ->
                new Command.SettleTask(replyTo, tenant, run, node, 0, settlement, "an operator", "for the test"));
    }

    private void replay() {
        var from = switch (dice.below(3)) {
            case 0 -> new Command.ReplayFrom.Start();
            case 1 -> new Command.ReplayFrom.Step(0);
            default -> new Command.ReplayFrom.FailedSteps();
        };
        ask((run, replyTo) ->
                new Command.ReplayRun(replyTo, tenant, run, 0, from, Optional.empty(), "an operator", "for the test"));
    }

    /** Lets a durable step go on from one of its checkpoints. */
    private void reset() {
        var places = world.judge().checkpoints(tenant);
        if (!places.isEmpty()) {
            var at = places.get(dice.below(places.size()));
            var from = new Command.ReplayFrom.AtCheckpoint(at.node(), at.element(), at.key());
            ask(
                    at.run(),
                    replyTo -> new Command.ReplayRun(
                            replyTo, tenant, at.run(), 0, from, Optional.empty(), "an operator", "for the test"));
        }
    }

    /** Lets a run use more of whatever it may have a budget for. */
    private void raise() {
        var budget = dice.chance(0.7) ? "tokens" : "api";
        long limit = dice.between(3, 600);
        ask((run, replyTo) ->
                new Command.RaiseBudget(replyTo, tenant, run, budget, limit, "an operator", "for the test"));
    }

    /** Sends a signal, sometimes one that was sent before; nobody needs an answer, but what is answered is stored. */
    private void signal() {
        if (runs.isEmpty()) {
            return;
        }
        var run = runs.get(dice.chance(0.7) ? runs.size() - 1 : dice.below(runs.size()));
        var signal = new Signal(
                dice.chance(0.8) ? DurableCode.SIGNAL : "nobody-waits",
                name() + "-" + dice.below(40),
                EngineHarness.payload("" + dice.below(1_000)));
        var door = door();
        var stream = new Stream(world, this, door);
        stream.toInstance(() -> door.ask(
                tenant,
                reply -> stream.toCaller(() -> {
                    if (reply instanceof Reply.SignalTaken) {
                        world.judge().toldSignal(run, signal.request());
                    }
                }),
                replyTo -> new Command.SendSignal(replyTo, tenant, run, signal)));
    }

    /** An event is stored, or not, and its publisher does not try again. */
    private void publish() {
        world.database().call(this, () -> world.database().publish(tenant), done -> {}, why -> {});
    }

    /** Somebody answers what waits for people, and perhaps somebody else does, too. */
    private void answerPeople() {
        var waiting = world.judge().waits().approvals(tenant);
        if (waiting.isEmpty()) {
            return;
        }
        var wait = waiting.get(dice.below(waiting.size()));
        answer(wait, name() + "-answer-" + ++answers);
        if (dice.chance(0.3)) {
            answer(wait, name() + "-answer-" + ++answers);
        }
    }

    private void answer(WaitLaws.Wait wait, String source) {
        var state = dice.chance(0.9) ? Checkpoint.State.DONE : Checkpoint.State.TIMED_OUT;
        var door = door();
        var stream = new Stream(world, this, door);
        stream.toInstance(() -> door.ask(
                tenant,
                reply -> stream.toCaller(() -> {
                    if (reply instanceof Reply.WaitSettled settled && settled.accepted()) {
                        world.judge().waits().toldSettled(wait, source);
                    }
                }),
                replyTo -> new Command.SettleWait(
                        replyTo,
                        tenant,
                        wait.task().run(),
                        wait.task().generation(),
                        wait.task().node(),
                        wait.task().element(),
                        wait.key(),
                        wait.kind(),
                        state,
                        state == Checkpoint.State.DONE ? EngineHarness.payload("true") : Payload.NONE,
                        source)));
    }

    private interface Question {
        Command about(RunId run, long replyTo);
    }

    private void ask(Question question) {
        if (runs.isEmpty()) {
            return;
        }
        var children = world.judge().families().of(tenant);
        var all = !children.isEmpty() && dice.chance(0.2) ? children : runs;
        var run = all.get(dice.below(all.size()));
        ask(run, replyTo -> question.about(run, replyTo));
    }

    private void ask(RunId run, LongFunction<Command> question) {
        var door = door();
        var stream = new Stream(world, this, door);
        stream.toInstance(() -> door.ask(tenant, reply -> stream.toCaller(() -> told(run, reply)), question));
    }

    private void told(RunId run, Reply reply) {
        if (reply instanceof Reply.RunEnded ended) {
            world.judge().toldEnd(run, ended.image().state());
        } else if (reply instanceof Reply.RunReplayed replayed) {
            world.judge().toldReplay(run, replayed.generation());
        }
    }

    private Instance door() {
        return world.instances().get(dice.below(world.instances().size()));
    }
}
