package dev.millrace.testing;

import dev.millrace.client.StartRefusedException;
import dev.millrace.codec.Codec;
import dev.millrace.engine.AttemptRef;
import dev.millrace.engine.Command;
import dev.millrace.engine.Command.Content;
import dev.millrace.engine.Effect;
import dev.millrace.engine.Failure;
import dev.millrace.engine.Payload;
import dev.millrace.engine.Priority;
import dev.millrace.engine.RunId;
import dev.millrace.engine.WorkerId;
import dev.millrace.engine.WorkerInfo;
import dev.millrace.wire.protobuf.ByteString;
import dev.millrace.wire.protobuf.InvalidProtocolBufferException;
import dev.millrace.wire.worker.v1.ChildResult;
import dev.millrace.wire.worker.v1.ChildStart;
import dev.millrace.wire.worker.v1.Completion;
import dev.millrace.wire.worker.v1.ReadChild;
import dev.millrace.worker.LocalWorker;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;

/**
 * A worker of a test: it runs the methods of the objects that it was given on the test's thread, one after the other, in the order
 * in which the engine hands them out. For one thread.
 */
public final class TestWorker {
    private static final int SLOTS = 100;

    private final TestMillrace millrace;
    private final Plane plane;
    private final List<Object> workflows;
    private final LocalWorker local;
    private WorkerInfo info;
    /** Every attempt that it has, entered or not. */
    private final Map<AttemptRef, Effect.Assignment> live = new LinkedHashMap<>();
    /** Attempts of steps that may run only once, accepted and not let in yet. */
    private final Set<AttemptRef> unconfirmed = new HashSet<>();
    /** Calls that serve several attempts and have not begun. */
    private final Map<Long, Together> forming = new LinkedHashMap<>();
    /** What ended while there was no connection. */
    private final List<Command.Completion> unsent = new ArrayList<>();

    private long session;
    private long sequence;
    private boolean dead;
    private Optional<Recording> recording = Optional.empty();

    /**
     * Attempts that share a call.
     *
     * @param entered those that may begin
     * @param missing how many others have to come
     */
    private record Together(List<Effect.Assignment> entered, int missing) {}

    TestWorker(
            TestMillrace millrace,
            Plane plane,
            int number,
            List<Object> workflows,
            Codec codec,
            Clock clock,
            Optional<DataSource> database) {
        this.millrace = millrace;
        this.plane = plane;
        this.workflows = workflows;
        this.local = new LocalWorker(workflows, codec, clock, database, new LocalWorker.Listener() {
            @Override
            public void ended(byte[] completion) {
                plane.tell(() -> TestWorker.this.ended(completion));
            }

            @Override
            public void made(byte[] checkpoint) {
                TestWorker.this.made(checkpoint);
            }

            @Override
            public void reads(byte[] read) {
                TestWorker.this.reads(read);
            }

            @Override
            public void emitted(byte[] chunk) {
                if (!dead) {
                    plane.items().store(chunk, plane.now());
                }
            }

            @Override
            public void spent(byte[] spentSoFar) {
                TestWorker.this.spent(spentSoFar);
            }

            @Override
            public void suspended(byte[] suspended) {
                plane.tell(() -> TestWorker.this.suspended(suspended));
            }

            @Override
            public void pause(Duration duration) {
                plane.advance(duration);
            }

            @Override
            public void needsTime(byte[] attempt, Duration fromNow) {
                plane.tell(() -> TestWorker.this.needsTime(attempt, fromNow));
            }

            @Override
            public void releasesSlots(byte[] attempt) {
                plane.tell(() -> TestWorker.this.releasesSlots(attempt));
            }
        });
        var versions = local.served().stream().map(Version::of).toList();
        versions.forEach(plane::define);
        this.info = new WorkerInfo(
                new WorkerId(new UUID(2, number)),
                "worker-" + number,
                SLOTS,
                Map.of(),
                versions.stream().map(Version::ref).toList(),
                slotKinds(versions),
                Map.of());
        connect();
    }

    /** As many of each kind that its steps take. */
    private static Map<String, Integer> slotKinds(List<Version> versions) {
        var kinds = new LinkedHashMap<String, Integer>();
        for (var version : versions) {
            for (var step : version.manifest().steps()) {
                if (!step.policy().slotKind().isEmpty()) {
                    kinds.put(step.policy().slotKind(), SLOTS);
                }
            }
        }
        return kinds;
    }

    /**
     * Gives the worker so many slots of a kind that has a name, instead of 100; it connects anew to say so, with what it still runs.
     *
     * @throws IllegalStateException if it was killed
     */
    public TestWorker slots(String kind, int slots) {
        var kinds = new LinkedHashMap<>(info.slotKinds());
        kinds.put(kind, slots);
        info = info.withSlotKinds(kinds);
        disconnect();
        connect();
        return this;
    }

    /** The objects that it serves. */
    List<Object> workflows() {
        return workflows;
    }

    /**
     * Kills the worker's process: what it ran is lost, and nothing is heard of it again. Its attempts are given to others once it
     * has been gone for 10 seconds, or fail if they may run only once.
     */
    public void kill() {
        dead = true;
        live.clear();
        forming.clear();
        disconnect();
    }

    /**
     * Gives the worker a label, which steps may require or prefer; it connects anew to say so, with what it still runs.
     *
     * @throws IllegalStateException if it was killed
     */
    public TestWorker label(String name, String value) {
        var labels = new LinkedHashMap<>(info.labels());
        labels.put(name, value);
        info = info.withLabels(labels);
        disconnect();
        connect();
        return this;
    }

    /** Breaks the worker's connection; what it runs goes on, and is told when it connects again. */
    public void disconnect() {
        if (session != 0) {
            long lost = session;
            session = 0;
            dropUnfinished();
            plane.closeSession(lost);
            plane.send(new Command.DisconnectWorker(lost));
        }
    }

    /** Connects a worker again whose connection was broken, with what it still runs. */
    public void connect() {
        if (dead) {
            throw new IllegalStateException(info.name() + " was killed; start another worker.");
        }
        if (session == 0) {
            session = plane.newSession(this::told);
            plane.send(new Command.ConnectWorker(session, Plane.TENANT, info, List.copyOf(live.keySet())));
            var completions = List.copyOf(unsent);
            unsent.clear();
            completions.forEach(this::say);
            plane.settle();
        }
    }

    /** The control plane died, and the stream with it. */
    void reconnect() {
        if (session != 0) {
            session = 0;
            dropUnfinished();
            connect();
        }
    }

    /** What is missing of a call does not come on another stream; the engine hands it out anew. */
    private void dropUnfinished() {
        forming.values().forEach(call -> call.entered().forEach(each -> live.remove(each.attempt())));
        forming.clear();
    }

    /** Whether an asynchronous step of it has not been answered. */
    boolean awaits() {
        return !dead && local.awaiting();
    }

    /** From now on what this knows of is answered from it. */
    void answerFrom(Recording recording) {
        this.recording = Optional.of(recording);
    }

    // ---- what it is told ----

    private void told(Effect effect) {
        if (effect instanceof Effect.Assign assign) {
            accept(assign.assignment());
        } else if (effect instanceof Effect.ConfirmStart confirm) {
            if (unconfirmed.remove(confirm.attempt())) {
                enter(live.get(confirm.attempt()));
            }
        } else if (effect instanceof Effect.CancelAttempt cancel) {
            cancel(cancel.attempt(), cancel.reason());
        } else if (effect instanceof Effect.TimeGranted granted) {
            find(granted.attempt()).ifPresent(attempt -> local.grant(attempt, granted.left()));
        } else if (effect instanceof Effect.CheckpointSettled settled) {
            Optional.ofNullable(live.get(settled.attempt()))
                    .flatMap(assignment -> Checkpoints.news(settled, assignment.step()))
                    .ifPresent(news -> local.news(news.toByteArray()));
        } else if (effect instanceof Effect.CloseWorker) {
            session = 0;
        }
    }

    private void accept(Effect.Assignment assignment) {
        if (dead) {
            return;
        }
        live.put(assignment.attempt(), assignment);
        if (millrace.diesAt(this, "given an attempt of step '" + assignment.step() + "'")) {
            return;
        }
        var accepted = new Command.WorkerSays(session, List.of(assignment.attempt()), List.of(), List.of(), false);
        if (assignment.startsWhenConfirmed()) {
            unconfirmed.add(assignment.attempt());
            plane.queue(accepted);
        } else {
            plane.queue(accepted);
            enter(assignment);
        }
    }

    private void enter(Effect.Assignment assignment) {
        var call = assignment.call();
        if (!call.isShared()) {
            run(assignment);
            return;
        }
        var together = forming.getOrDefault(call.number(), new Together(List.of(), call.size()));
        var entered = new ArrayList<>(together.entered());
        entered.add(assignment);
        form(call.number(), new Together(entered, together.missing() - 1));
    }

    private void form(long number, Together together) {
        if (together.missing() > 0) {
            forming.put(number, together);
            return;
        }
        forming.remove(number);
        runTogether(together.entered());
    }

    private void runTogether(List<Effect.Assignment> assignments) {
        var unanswered = new ArrayList<byte[]>();
        for (var assignment : assignments) {
            var answer = answer(assignment);
            if (answer.isPresent()) {
                say(new Command.Completion(++sequence, assignment.attempt(), answer.get()));
            } else {
                unanswered.add(Messages.assignment(assignment).toByteArray());
            }
        }
        if (!unanswered.isEmpty()) {
            local.runTogether(unanswered);
        }
    }

    private Optional<Command.Outcome> answer(Effect.Assignment assignment) {
        return recording.flatMap(recorded -> recorded.answer(
                assignment, plane.version(assignment.version().workflow()).orElseThrow()));
    }

    private void run(Effect.Assignment assignment) {
        var answer = answer(assignment);
        if (answer.isPresent()) {
            say(new Command.Completion(++sequence, assignment.attempt(), answer.get()));
            return;
        }
        local.run(
                Messages.assignment(assignment).toByteArray(),
                Checkpoints.trail(assignment).toByteArray());
    }

    private void cancel(AttemptRef attempt, String reason) {
        if (unconfirmed.remove(attempt)) {
            var call = live.remove(attempt).call(); // it was never entered
            if (call.isShared()) {
                var together = forming.getOrDefault(call.number(), new Together(List.of(), call.size()));
                form(call.number(), new Together(together.entered(), together.missing() - 1));
            }
        } else {
            find(attempt).ifPresent(running -> local.cancel(running, reason));
        }
    }

    private Optional<byte[]> find(AttemptRef attempt) {
        return Optional.ofNullable(live.get(attempt))
                .map(assignment -> Messages.attempt(attempt, assignment.step()).toByteArray());
    }

    // ---- what it says ----

    private void ended(byte[] bytes) {
        if (dead) {
            return;
        }
        var completion = completion(bytes);
        var attempt = Messages.attempt(completion.getAttempt());
        var assignment = Objects.requireNonNull(live.get(attempt), "an attempt that ended must have begun");
        if (millrace.diesAt(this, "with an attempt of step '" + assignment.step() + "' ended and nobody told")) {
            return;
        }
        var version = plane.version(assignment.version().workflow()).orElseThrow();
        say(new Command.Completion(
                ++sequence,
                attempt,
                Messages.outcome(completion, version, assignment.metadata()),
                Messages.spent(completion.getSpent())));
    }

    /** Durable code goes on when what it did is stored; without a connection it cannot be, and the code leaves. */
    private void made(byte[] bytes) {
        var made = Checkpoints.made(bytes);
        var attempt = Messages.attempt(made.getAttempt());
        if (dead || session == 0 || !live.containsKey(attempt)) {
            return;
        }
        var step = live.get(attempt).step();
        var action = "action '" + made.getName() + "' of step '" + step + "'";
        if (millrace.diesAt(this, "with " + action + " done and not stored")) {
            return;
        }
        var command = new Command.StoreCheckpoints(session, attempt, List.of(Checkpoints.made(made, this::child)));
        var news = plane.decideNow(command, session);
        if (millrace.diesAt(this, "with " + action + " stored and its code not told")) {
            return;
        }
        for (var effect : news) {
            Checkpoints.news(effect, step).ifPresent(told -> local.news(told.toByteArray()));
        }
    }

    /** What is stored of a child that code wants to start, as a control plane makes it ready. */
    private Content child(ChildStart wish) {
        var found = plane.version(wish.getWorkflow());
        if (found.isEmpty()) {
            return new Content.Failed(Failure.of(
                    "WORKFLOW_NOT_FOUND",
                    "There is no workflow '" + wish.getWorkflow()
                            + "' in this test. Give a worker of it an object of its class."));
        }
        var version = found.get();
        var json = wish.getInput().toByteArray();
        try {
            version.requireInput(json);
        } catch (StartRefusedException e) {
            return new Content.Failed(Failure.of(e.code(), e.getMessage()));
        }
        var start = new Command.RunStart(
                plane.newRun(),
                version.ref(),
                Payload.inline(json),
                Optional.empty(),
                "",
                wish.getPriority() == 0 ? Priority.NORMAL : Priority.ofCode(wish.getPriority()),
                wish.getMetadataMap(),
                wish.getDeadlineMillis() == 0
                        ? Optional.empty()
                        : Optional.of(Duration.ofMillis(wish.getDeadlineMillis())),
                0,
                Verdicts.atStart(version.expressions(), json, wish.getMetadataMap()));
        return new Content.Child(start, wish.getPriority() == 0, wish.getAbandoned());
    }

    /** Durable code goes on when it has the result of its child. */
    private void reads(byte[] bytes) {
        try {
            var read = ReadChild.parseFrom(bytes);
            var id = read.getRunId().asReadOnlyByteBuffer();
            var image = plane.readNow(new RunId(new UUID(id.getLong(), id.getLong())));
            var version = plane.version(image.version().workflow()).orElseThrow();
            var json = RunValues.json(image, version).orElse(new byte[0]);
            local.result(ChildResult.newBuilder()
                    .setAttempt(read.getAttempt())
                    .setRunId(read.getRunId())
                    .setValue(ByteString.copyFrom(json))
                    .build()
                    .toByteArray());
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("This is no ReadChild.", e);
        }
    }

    /** Said before what the code did is stored, so that what it cost is known as soon as that it is done. */
    private void spent(byte[] bytes) {
        var news = Messages.spentSoFar(bytes);
        var attempt = Messages.attempt(news.getAttempt());
        if (!dead && session != 0 && live.containsKey(attempt)) {
            plane.decideNow(new Command.ReportSpent(session, attempt, Messages.spent(news.getSpent())), session);
        }
    }

    private void suspended(byte[] bytes) {
        var left = Checkpoints.suspended(bytes);
        var attempt = Messages.attempt(left.getAttempt());
        if (!dead && live.remove(attempt) != null && session != 0) {
            plane.queue(new Command.SuspendAttempt(
                    session, attempt, left.getSeen(), Math.max(1, left.getNeeds()), Messages.spent(left.getSpent())));
        }
    }

    private void say(Command.Completion completion) {
        if (session == 0) {
            unsent.add(completion);
            return;
        }
        live.remove(completion.attempt());
        plane.queue(new Command.WorkerSays(session, List.of(), List.of(completion), List.of(), false));
    }

    private void needsTime(byte[] attempt, Duration fromNow) {
        if (!dead && session != 0) {
            plane.queue(new Command.ExtendTimeout(session, Messages.attempt(parse(attempt)), fromNow));
        }
    }

    private void releasesSlots(byte[] attempt) {
        if (!dead && session != 0) {
            plane.queue(new Command.ReleaseSlots(session, Messages.attempt(parse(attempt))));
        }
    }

    private static Completion completion(byte[] bytes) {
        try {
            return Completion.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("This is no Completion.", e);
        }
    }

    private static dev.millrace.wire.worker.v1.AttemptRef parse(byte[] bytes) {
        try {
            return dev.millrace.wire.worker.v1.AttemptRef.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("This is no AttemptRef.", e);
        }
    }
}
