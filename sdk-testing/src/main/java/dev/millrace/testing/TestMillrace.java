package dev.millrace.testing;

import dev.millrace.binding.WorkflowBinding;
import dev.millrace.client.StartOptions;
import dev.millrace.client.StartRefusedException;
import dev.millrace.codec.Codec;
import dev.millrace.codec.JacksonCodec;
import dev.millrace.engine.Command;
import dev.millrace.engine.KeyLife;
import dev.millrace.engine.Payload;
import dev.millrace.engine.Priority;
import dev.millrace.engine.Reply;
import dev.millrace.engine.RunId;
import dev.millrace.engine.StartOutcome;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import javax.sql.DataSource;

/**
 * Millrace in memory for one test: the real engine, the real bindings, codec and schema checks, and a clock that only the test
 * turns. Retries, timeouts, rate limits and deadlines take as long as they take in production, by that clock, and no time at all by
 * yours.
 *
 * <p>Everything happens on the test's thread, in an order that is the same whenever the test is repeated. {@link #start} runs at
 * once what can be run now; what has to wait runs in {@link #advance}, {@link TestRun#await} or {@link #run}. A step that takes
 * long is one that turns the clock: let a collaborator that the test gave it call {@link #advance}.
 *
 * <p>Made by {@link MillraceTest} for each test, or by {@link #create()}. For one thread.
 */
public final class TestMillrace {
    /** What the clock says when a test begins. */
    public static final Instant BEGINNING = Instant.parse("2026-01-01T00:00:00Z");

    /** How long, by the machine's clock, to wait for asynchronous steps that are answered on threads of their own. */
    private static final Duration ANSWERS = Duration.ofSeconds(5);

    private static final Duration FOR_EVER = Duration.ofDays(3_660);

    private final TurnedClock clock = new TurnedClock(BEGINNING);
    private final Plane plane = new Plane(clock);
    private final List<TestWorker> workers = new ArrayList<>();
    private final Codec codec;
    private final CrashPoints crashPoints;
    private Optional<DataSource> database = Optional.empty();

    private TestMillrace(Codec codec, CrashPoints crashPoints) {
        this.codec = codec;
        this.crashPoints = crashPoints;
    }

    /** One with the default codec. */
    public static TestMillrace create() {
        return create(new JacksonCodec());
    }

    /** One with another codec. */
    public static TestMillrace create(Codec codec) {
        return with(codec, new CrashPoints(CrashPoints.NEVER));
    }

    static TestMillrace with(Codec codec, CrashPoints crashPoints) {
        return new TestMillrace(codec, crashPoints);
    }

    /**
     * Runs a scenario once as it is, and then again for every place at which its workers could die: there the worker is killed, and
     * another one with the same objects takes over. The run must end each time as it did undisturbed, with the same state, result
     * and failure; so neither should depend on the time, which a crash takes. Places are: an attempt is given to a worker, an action
     * of durable code is done and not stored, it is stored and the code does not know, an attempt has ended and nobody was told.
     *
     * <pre>{@code
     * TestMillrace.crashEverywhere(millrace -> {
     *   millrace.worker(new Research(llm));
     *   return millrace.run(Research.class, question);
     * });
     * }</pre>
     *
     * @param scenario starts workers and one run; it is called many times, so it makes what it needs itself
     * @return how many places there were
     * @throws AssertionError at the first place where the run ended otherwise
     */
    public static int crashEverywhere(Function<TestMillrace, TestRun> scenario) {
        return CrashPoints.everywhere(new JacksonCodec(), scenario);
    }

    /** A worker comes to a place where it can die; if it does, another one takes over. */
    boolean diesAt(TestWorker worker, String place) {
        if (!crashPoints.diesAt(place)) {
            return false;
        }
        worker.kill();
        plane.tell(() -> worker(worker.workflows().toArray()));
        return true;
    }

    /**
     * The database in which {@code TRANSACTIONAL} steps of this test commit, a PostgreSQL; said before the workers start. There are no
     * doubles of it: what is to be shown is that the database keeps the promise. Runs have the same ids whenever a test is repeated, so it
     * begins with an empty table {@code millrace_completion}.
     */
    public TestMillrace transactions(DataSource database) {
        this.database = Optional.of(database);
        return this;
    }

    /** The clock of this test, to be handed to code that asks what time it is. */
    public Clock clock() {
        return clock;
    }

    /** What the clock says. */
    public Instant now() {
        return clock.instant();
    }

    /**
     * Starts a worker that serves these objects, with 100 slots, and 100 of each kind that their steps take, and registers their
     * workflows.
     *
     * @throws dev.millrace.worker.MissingBindingException if the annotation processor has not seen some of the classes
     * @throws dev.millrace.connection.MillraceException with code {@code MANIFEST_INVALID} if a control plane would refuse one
     */
    public TestWorker worker(Object... workflows) {
        var worker = new TestWorker(this, plane, workers.size() + 1, List.of(workflows), codec, clock, database);
        workers.add(worker);
        return worker;
    }

    /**
     * Starts a run, and runs of it what can be run now.
     *
     * @param workflow the annotated class; some worker of this test must serve it, or have served it
     * @param input what to start it with; {@code null} for a workflow without input, one element where starts are gathered
     * @throws StartRefusedException if a control plane would refuse it, for example with {@code SCHEMA_MISMATCH}
     */
    public TestRun start(Class<?> workflow, Object input) {
        return start(workflow, input, UnaryOperator.identity());
    }

    /** Starts a run with options of its own: {@code start(Orders.class, order, o -> o.metadata("region", "eu"))}. */
    public TestRun start(Class<?> workflow, Object input, UnaryOperator<StartOptions> options) {
        var version = version(workflow);
        var json = version.expressions().gathers()
                ? element(version, input)
                : json(version.served().binding(), input);
        version.requireStart(json);
        return start(version, plane.newRun(), json, options.apply(StartOptions.none()));
    }

    private TestRun start(Version version, RunId run, byte[] json, StartOptions chosen) {
        var start = new Command.RunStart(
                run,
                version.ref(),
                Payload.inline(json),
                chosen.idempotencyKey(),
                chosen.idempotencyKey().map(key -> digest(json)).orElse(""),
                Priority.ofCode(chosen.priority().level()),
                chosen.metadata(),
                chosen.deadline(),
                0,
                Verdicts.atDoor(version.expressions(), json, chosen.metadata()).requiring(chosen.requires()),
                keyLife(chosen));
        var reply = plane.ask(
                replyTo -> new Command.StartRuns(replyTo, Plane.TENANT, new UUID(3, replyTo), false, List.of(start)));
        if (reply instanceof Reply.RunsStarted started) {
            var outcome = started.outcomes().get(0);
            if (outcome instanceof StartOutcome.Started found) {
                return new TestRun(this, plane, found.run(), version, codec);
            }
            if (outcome instanceof StartOutcome.Refused refused) {
                throw new StartRefusedException(refused.code(), refused.message());
            }
        }
        throw new IllegalStateException("The engine answered a start with " + reply + ".");
    }

    private static KeyLife keyLife(StartOptions chosen) {
        return chosen.keyUntilFinished()
                ? new KeyLife.UntilFinished()
                : chosen.keyLife().<KeyLife>map(KeyLife.For::new).orElse(KeyLife.KEPT);
    }

    /** Starts a run and lets time pass until it has ended. */
    public TestRun run(Class<?> workflow, Object input) {
        return start(workflow, input).await();
    }

    /**
     * Runs a recorded run again, with its input, metadata, priority and id, against a workflow object as it is now, and lets time pass
     * until it has ended. The clock goes to the instant of the recorded start if that is still to come. Steps that succeeded in
     * the recording are answered from it, unless it says otherwise; the others are executed on the object.
     *
     * @param workflow an object of the annotated class whose run it is
     * @return what became of it; nothing is demanded yet
     * @throws IllegalArgumentException if the object is of another workflow
     * @throws StartRefusedException if the workflow does not take the recorded input any more
     */
    public RunReplay replay(RecordedRun recorded, Object workflow) {
        var worker = worker(workflow);
        var version = version(workflow.getClass());
        if (!version.manifest().workflow().equals(recorded.workflow())) {
            throw new IllegalArgumentException("The recorded run is one of workflow '" + recorded.workflow() + "', but "
                    + workflow.getClass().getName() + " is workflow '"
                    + version.manifest().workflow() + "'.");
        }
        var json = recorded.input();
        version.requireInput(json);
        var begin = recorded.detail().getCreatedAt();
        if (begin.isAfter(now())) {
            advance(Duration.between(now(), begin));
        }
        var run = new RunId(recorded.detail().getRunId());
        var recording = new Recording(recorded, run);
        worker.answerFrom(recording);
        var replayed = start(version, run, json, recorded.options()).await();
        return new RunReplay(recorded, replayed, version, recording.answered());
    }

    /**
     * Publishes an event: steps that wait for it get it, and so do those that begin to wait for it later in runs that have begun. Runs
     * that a control plane would start by it are not started here.
     */
    public void publish(String name, Object data) {
        plane.publish(name, codec.write(data, dev.millrace.TypeRef.of(data.getClass())));
    }

    /** What runs of this test ask people now. A run that asks for more of a budget says so by {@link TestRun#asksForMore}. */
    public List<TestApproval> approvals() {
        return plane.asked().stream()
                .map(asked -> new TestApproval(plane, codec, asked))
                .toList();
    }

    /** Lets time pass: retries, timeouts and whatever else is due on the way happen, each at its own instant. */
    public void advance(Duration duration) {
        if (duration.isNegative()) {
            throw new IllegalArgumentException("Time does not go back, so it cannot be advanced by " + duration + ".");
        }
        plane.advance(duration);
    }

    /**
     * Kills the control plane and starts another one, which recovers from what was stored; workers connect again with what they
     * run. Nothing that was acknowledged may be lost.
     */
    public void crash() {
        plane.crash();
        List.copyOf(workers).forEach(TestWorker::reconnect);
    }

    /** Turns the clock, timer by timer, until something is so. */
    void advanceUntil(BooleanSupplier condition, Supplier<String> what) {
        plane.settle();
        var end = now().plus(FOR_EVER);
        while (!condition.getAsBoolean()) {
            if (workers.stream().anyMatch(TestWorker::awaits)) {
                plane.awaitTold(ANSWERS);
                if (condition.getAsBoolean()) {
                    return;
                }
            }
            if (!plane.step(end)) {
                throw new IllegalStateException("Nothing will happen any more by itself, and "
                        + (workers.isEmpty() ? "there is no worker; " : "") + what.get());
            }
        }
    }

    private Version version(Class<?> workflow) {
        return plane.versions().stream()
                .filter(version -> version.served().binding().workflowClass() == workflow)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("No worker of this test has served "
                        + workflow.getName() + ". Start one first: millrace.worker(new " + workflow.getSimpleName()
                        + "(…))."));
    }

    /** One of those that are gathered is written as the list of it alone, whose type is known, without the brackets. */
    private byte[] element(Version version, Object element) {
        var list = json(version.served().binding(), Collections.singletonList(element));
        return Arrays.copyOfRange(list, 1, list.length - 1);
    }

    @SuppressWarnings("unchecked")
    private <I> byte[] json(WorkflowBinding<?> binding, I input) {
        return input == null
                ? "null".getBytes(StandardCharsets.US_ASCII)
                : codec.write(input, (dev.millrace.TypeRef<I>) binding.input());
    }

    private static String digest(byte[] json) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(json));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JDK has SHA-256, but this one does not.", e);
        }
    }
}
