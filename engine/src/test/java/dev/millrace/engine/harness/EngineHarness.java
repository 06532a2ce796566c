package dev.millrace.engine.harness;

import dev.millrace.engine.Batch;
import dev.millrace.engine.Command;
import dev.millrace.engine.Command.Decision;
import dev.millrace.engine.Effect;
import dev.millrace.engine.Fact;
import dev.millrace.engine.Journal;
import dev.millrace.engine.Payload;
import dev.millrace.engine.Priority;
import dev.millrace.engine.Reply;
import dev.millrace.engine.RunId;
import dev.millrace.engine.RunImage;
import dev.millrace.engine.RunTerms;
import dev.millrace.engine.ServiceId;
import dev.millrace.engine.Shard;
import dev.millrace.engine.ShardSettings;
import dev.millrace.engine.Snapshots;
import dev.millrace.engine.StartOutcome;
import dev.millrace.engine.TenantId;
import dev.millrace.engine.Usage;
import dev.millrace.engine.Verdict;
import dev.millrace.engine.VersionRef;
import dev.millrace.engine.WorkerId;
import dev.millrace.engine.memory.InMemoryJournal;
import dev.millrace.engine.memory.InMemorySnapshots;
import dev.millrace.manifest.Manifest;
import dev.millrace.manifest.StepSpec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * A shard with everything around it, in one thread. Every command is decided, stored and has had its effects, and everything
 * that it led to as well, when {@link #send} returns; time passes only in {@link #advance}.
 */
public final class EngineHarness {
    public static final TenantId TENANT = new TenantId(new UUID(7, 1));
    public static final Instant BEGINNING = Instant.parse("2026-11-21T00:00:00Z");
    private static final ServiceId SERVICE = new ServiceId(new UUID(7, 2));
    private static final int SHARD = 0;
    private static final int MOST_COMMANDS_AT_ONCE = 5_000_000;

    private final ShardSettings settings;
    private final InMemoryJournal journal = new InMemoryJournal();
    private final InMemorySnapshots snapshots = new InMemorySnapshots(journal);
    private final List<Command.DefineVersion> versions = new ArrayList<>();
    private final List<FakeWorker> workers = new ArrayList<>();
    private final Map<Long, FakeWorker> sessions = new LinkedHashMap<>();
    private final Map<Long, Reply> replies = new LinkedHashMap<>();
    private final ArrayDeque<Command> queue = new ArrayDeque<>();
    private final List<Fact> facts = new ArrayList<>();
    private final List<Effect> effects = new ArrayList<>();
    private final Map<RunId, Usage> counted = new LinkedHashMap<>();

    private Consumer<Fact> watcher = fact -> {};
    private boolean loadsAreAnswered = true;
    private final List<Effect> leftLoads = new ArrayList<>();
    private Supplier<RunTerms> gatheredTerms = () -> RunTerms.NONE;
    private Function<Effect.GatherInput, Optional<Payload>> gathering =
            question -> Optional.of(list(question.elements()));
    private Function<Effect.DecideStep, Optional<Decision>> decisions =
            any -> Optional.of(new Decision.Whole(Verdict.PLAIN));
    private Instant now = BEGINNING;
    private Shard shard;
    private long epoch;
    private long seq;
    private long projectedSeq;
    private long lastSession;
    private long lastReply;
    private long lastRequest;
    private int lastRun;

    public EngineHarness() {
        this(ShardSettings.DEFAULT);
    }

    public EngineHarness(ShardSettings settings) {
        this.settings = settings;
        recover();
    }

    // ---- what there is ----

    public VersionRef define(Manifest manifest) {
        return define(TENANT, manifest);
    }

    public VersionRef define(TenantId tenant, Manifest manifest) {
        var version = new VersionRef(manifest.workflow(), manifest.hash());
        var command = new Command.DefineVersion(tenant, SERVICE, version, manifest);
        versions.add(command);
        send(command);
        return version;
    }

    /** A worker of the tenant that serves these versions, connected. */
    public FakeWorker worker(int slots, VersionRef... served) {
        return worker(TENANT, slots, served);
    }

    public FakeWorker worker(TenantId tenant, int slots, VersionRef... served) {
        return absentWorker(tenant, slots, served).connect();
    }

    /** A connected worker that leaves everything to the test. */
    public FakeWorker workerByHand(int slots, VersionRef... served) {
        return absentWorker(TENANT, slots, served).byHand().connect();
    }

    /** A worker that has not connected yet. */
    public FakeWorker absentWorker(int slots, VersionRef... served) {
        return absentWorker(TENANT, slots, served);
    }

    /** A worker that has not connected yet. */
    public FakeWorker absentWorker(TenantId tenant, int slots, VersionRef... served) {
        return absentWorker(tenant, new WorkerId(new UUID(8, workers.size() + 1)), slots, served);
    }

    /** A worker with a certain id that has not connected yet. */
    public FakeWorker absentWorker(TenantId tenant, WorkerId id, int slots, VersionRef... served) {
        var worker = new FakeWorker(this, tenant, id, slots, List.of(served));
        workers.add(worker);
        return worker;
    }

    public List<FakeWorker> workers() {
        return workers;
    }

    /** Called with every fact when it has been stored. */
    public void watch(Consumer<Fact> consumer) {
        watcher = consumer;
    }

    /** Leaves the questions to the store to the test, which answers them with {@link #send}. */
    public void leaveLoads() {
        loadsAreAnswered = false;
    }

    /** Answers questions about steps; no answer is one that got lost. Without, every step runs. */
    /** How elements become the input of a run; empty for no answer. */
    public void gathering(Function<Effect.GatherInput, Optional<Payload>> answers) {
        gathering = answers;
    }

    /** On what terms gathered runs begin. */
    public void gatheredTerms(Supplier<RunTerms> terms) {
        gatheredTerms = terms;
    }

    /** All elements as a list. */
    private static Payload list(List<Payload> elements) {
        return payload(elements.stream()
                .map(element -> new String(element.data(), StandardCharsets.UTF_8))
                .collect(Collectors.joining(",", "[", "]")));
    }

    public void decisions(Function<Effect.DecideStep, Optional<Decision>> answers) {
        decisions = answers;
    }

    /** Answers questions about steps whole; no answer is one that got lost. */
    public void verdicts(Function<Effect.DecideStep, Optional<Verdict>> answers) {
        decisions(question -> answers.apply(question).map(Decision.Whole::new));
    }

    // ---- runs ----

    public RunId newRun() {
        return new RunId(new UUID(0x0193_0000_0000_7000L, ++lastRun));
    }

    /** A request id made now. */
    public UUID newRequest() {
        return new UUID(now.toEpochMilli() << 16 | 0x7000, ++lastRequest);
    }

    public RunId start(VersionRef version) {
        return start(version, "{}");
    }

    public RunId start(VersionRef version, String input) {
        return start(starting(version, input));
    }

    public RunId start(Command.RunStart start) {
        var outcome = outcome(start);
        if (outcome instanceof StartOutcome.Started started) {
            return started.run();
        }
        throw new IllegalStateException("Not started: " + outcome);
    }

    /** What becomes of a start. */
    public StartOutcome outcome(Command.RunStart start) {
        var reply = ask(replyTo -> new Command.StartRuns(replyTo, TENANT, newRequest(), false, List.of(start)));
        return ((Reply.RunsStarted) reply).outcomes().get(0);
    }

    /** A start without key, of normal priority. */
    public Command.RunStart starting(VersionRef version, String input) {
        return new Command.RunStart(
                newRun(),
                version,
                payload(input),
                Optional.empty(),
                "",
                Priority.NORMAL,
                Map.of(),
                Optional.empty(),
                0);
    }

    public static Payload payload(String json) {
        return Payload.inline(json.getBytes(StandardCharsets.UTF_8));
    }

    /** The run as its owner sees it. */
    public RunImage run(RunId run) {
        return ((Reply.RunRead) ask(replyTo -> new Command.ReadRun(replyTo, TENANT, run))).image();
    }

    /** The runs as a shard sees them that holds them in memory, or has left them in the store. */
    public List<RunImage> seen(Shard asked, Iterable<RunId> runs) {
        var images = new ArrayList<RunImage>();
        for (var run : runs) {
            if (asked == shard) {
                images.add(run(run));
            } else {
                aside(asked, now, new Command.ReadRun(newReply(), TENANT, run)).effects().stream()
                        .filter(Effect.Reply.class::isInstance)
                        .map(effect -> ((Effect.Reply) effect).reply())
                        .filter(Reply.RunRead.class::isInstance)
                        .forEach(reply -> images.add(((Reply.RunRead) reply).image()));
            }
        }
        return images;
    }

    public Reply cancel(RunId run, String reason) {
        return ask(replyTo -> new Command.CancelRun(replyTo, TENANT, run, reason));
    }

    public Reply replay(RunId run, Command.ReplayFrom from) {
        return replay(run, 0, from);
    }

    /** Replays a generation, or whichever is the newest if 0. */
    public Reply replay(RunId run, int expected, Command.ReplayFrom from) {
        return ask(replyTo ->
                new Command.ReplayRun(replyTo, TENANT, run, expected, from, Optional.empty(), "ada", "for the test"));
    }

    /** Settles a task of the node with this number, element 0. */
    public Reply settle(RunId run, int node, Command.Settlement settlement) {
        return settle(run, node, 0, settlement);
    }

    public Reply settle(RunId run, int node, int element, Command.Settlement settlement) {
        return ask(replyTo ->
                new Command.SettleTask(replyTo, TENANT, run, node, element, settlement, "ada", "for the test"));
    }

    // ---- commands ----

    /** Sends a command that is answered, and returns the answer. */
    public Reply ask(java.util.function.LongFunction<? extends Command> command) {
        long replyTo = newReply();
        send(command.apply(replyTo));
        return reply(replyTo)
                .orElseThrow(() -> new IllegalStateException("No answer; so far " + replies.size() + " answers."));
    }

    public long newReply() {
        return ++lastReply;
    }

    public Optional<Reply> reply(long replyTo) {
        return Optional.ofNullable(replies.get(replyTo));
    }

    public void send(Command command) {
        queue(command);
        settle();
    }

    void queue(Command command) {
        queue.add(command);
    }

    /** Decides what is queued, and what that leads to, until nothing is left. */
    public void settle() {
        for (int i = 0; !queue.isEmpty(); i++) {
            if (i == MOST_COMMANDS_AT_ONCE) {
                throw new IllegalStateException("This does not come to an end; next would be " + queue.peek() + ".");
            }
            decide(queue.remove());
        }
    }

    private void decide(Command command) {
        var batch = new Batch();
        shard.handle(command, now, batch);
        if (!batch.facts().isEmpty()) {
            journal.append(List.of(new Journal.Entry(SHARD, epoch, ++seq, batch.facts())));
            facts.addAll(batch.facts());
            batch.facts().forEach(watcher);
        }
        for (var effect : batch.effects()) {
            effects.add(effect);
            release(effect);
        }
    }

    private void release(Effect effect) {
        if (effect instanceof Effect.Reply reply) {
            if (replies.put(reply.replyTo(), reply.reply()) != null) {
                throw new IllegalStateException("Answered twice: " + reply);
            }
        } else if (effect instanceof Effect.DecideStep question) {
            decisions
                    .apply(question)
                    .ifPresent(decision -> queue(new Command.StepDecided(
                            question.tenant(), question.run(), question.generation(), question.node(), decision)));
        } else if (effect instanceof Effect.GatherInput question) {
            gathering
                    .apply(question)
                    .ifPresent(input -> queue(new Command.InputGathered(
                            question.tenant(),
                            question.run(),
                            question.elements().size(),
                            input,
                            gatheredTerms.get())));
        } else if (effect instanceof Effect.LoadKeys load) {
            if (loadsAreAnswered) {
                queue(new Command.KeysLoaded(load.load(), snapshots.keys(load.keys())));
            }
        } else if (effect instanceof Effect.LoadRun
                || effect instanceof Effect.LoadWindows
                || effect instanceof Effect.LoadDue) {
            if (loadsAreAnswered) {
                answer(effect).ifPresent(this::queue);
            } else {
                leftLoads.add(effect);
            }
        } else if (effect instanceof Effect.OfSession told) {
            var worker = sessions.get(told.session());
            if (worker != null && worker.session() == told.session()) {
                worker.told(told);
            }
        }
    }

    /** What the store answers now to the questions that were left, without telling anybody. */
    public List<Command> openLoads() {
        return leftLoads.stream().flatMap(effect -> answer(effect).stream()).toList();
    }

    /** Answers the questions that were left, and every later one. */
    public void answerLoads() {
        loadsAreAnswered = true;
        var answers = openLoads();
        leftLoads.clear();
        answers.forEach(this::send);
    }

    /** What the store answers to a question for runs that are not in memory. */
    public Optional<Command> answer(Effect effect) {
        if (effect instanceof Effect.LoadRun load) {
            return Optional.of(new Command.RunLoaded(load.load(), snapshots.run(load.tenant(), load.run())));
        } else if (effect instanceof Effect.LoadWindows load) {
            return Optional.of(new Command.WindowsLoaded(load.load(), snapshots.windows(SHARD, load.queries())));
        } else if (effect instanceof Effect.LoadDue load) {
            return Optional.of(new Command.DueLoaded(load.load(), snapshots.due(SHARD, load.query())));
        }
        return Optional.empty();
    }

    long newSession(FakeWorker worker) {
        long session = ++lastSession;
        sessions.put(session, worker);
        return session;
    }

    // ---- time ----

    public Instant now() {
        return now;
    }

    /** Lets time pass: timers fire and workers end attempts, each at its own instant. */
    public void advance(Duration duration) {
        var end = now.plus(duration);
        for (var next = next(end); next.isPresent(); next = next(end)) {
            now = later(now, next.get());
            for (var worker : workers) {
                worker.endDue();
            }
            send(new Command.Tick());
        }
        now = end;
        send(new Command.Tick());
    }

    private Optional<Instant> next(Instant end) {
        var next = shard.nextTimer();
        for (var worker : workers) {
            var ends = worker.nextEnd();
            if (ends.isPresent() && (next.isEmpty() || ends.get().isBefore(next.get()))) {
                next = ends;
            }
        }
        return next.filter(instant -> !instant.isAfter(end));
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    // ---- storage and crashes ----

    /** One pass of the projector. */
    public void project() {
        var images = shard.capture();
        snapshots.project(new Snapshots.Projection(SHARD, epoch, projectedSeq, seq, shard.image(), images));
        projectedSeq = seq;
        for (var image : images) {
            counted.merge(image.run(), image.spending().fresh(), Usage::plus);
        }
        shard.projected();
    }

    /** What whoever stores every captured image once has counted of a run. */
    public Usage counted(RunId run) {
        return counted.getOrDefault(run, Usage.NONE);
    }

    /** Captures without storing, as a projector that is interrupted does. */
    public List<RunImage> captureOnly() {
        return shard.capture();
    }

    /** The owner dies and another takes over; workers lose their streams, and come back when they {@code connect}. */
    public void crash() {
        queue.clear();
        sessions.clear();
        for (var worker : workers) {
            worker.streamLost();
        }
        recover();
    }

    /** As {@link #crash}, and every worker comes back at once. */
    public void crashAndReconnect() {
        crash();
        for (var worker : workers) {
            worker.connect();
        }
    }

    private void recover() {
        shard = recoveredEmpty();
        var opened = journal.open(SHARD, new UUID(6, 6));
        epoch = opened.epoch();
        seq = opened.lastSeq();
        projectedSeq = snapshots.open(SHARD, epoch).seq();
        send(new Command.Tick());
    }

    /** A shard recovered from what is stored, beside the one in use, with its first windows in memory. */
    public Shard recovered() {
        var fresh = recoveredEmpty();
        tick(fresh, now);
        return fresh;
    }

    /** What a shard beside the one in use decides when time passes. Stores nothing. */
    public List<Fact> tick(Shard asked, Instant at) {
        return aside(asked, at, new Command.Tick()).facts();
    }

    /** Lets a shard decide that is not in use; what it asks the store for is answered, but nothing is stored. */
    private Batch aside(Shard asked, Instant at, Command command) {
        var all = new Batch();
        var commands = new ArrayDeque<Command>(List.of(command));
        while (!commands.isEmpty()) {
            var batch = new Batch();
            asked.handle(commands.remove(), at, batch);
            batch.facts().forEach(all::add);
            batch.effects().forEach(all::add);
            batch.effects().forEach(effect -> answer(effect).ifPresent(commands::add));
        }
        return all;
    }

    private Shard recoveredEmpty() {
        var fresh = new Shard(SHARD, settings);
        for (var version : versions) {
            fresh.handle(version, now, new Batch());
        }
        var position = snapshots.open(SHARD, epoch);
        fresh.recover(position, snapshots, journal);
        fresh.recovered(now);
        return fresh;
    }

    public Shard shard() {
        return shard;
    }

    public Snapshots snapshots() {
        return snapshots;
    }

    /** Whether the step of an assignment is durable, as its manifest says. */
    boolean isDurable(Effect.Assignment assignment) {
        return versions.stream()
                .filter(version -> version.version().equals(assignment.version()))
                .flatMap(version -> version.manifest().steps().stream())
                .anyMatch(step -> step.name().equals(assignment.step()) && step.kind() == StepSpec.Kind.DURABLE);
    }

    /** Every version that was defined. */
    public List<Command.DefineVersion> versions() {
        return versions;
    }

    /** Every fact that was ever stored. */
    public List<Fact> facts() {
        return facts;
    }

    /** Every effect that ever left. */
    public List<Effect> effects() {
        return effects;
    }
}
