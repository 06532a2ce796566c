package dev.millrace.testing;

import dev.millrace.RunFailure;
import dev.millrace.StepFailure;
import dev.millrace.TypeRef;
import dev.millrace.client.StreamItem;
import dev.millrace.codec.Codec;
import dev.millrace.connection.MillraceException;
import dev.millrace.engine.CheckpointKind;
import dev.millrace.engine.Command;
import dev.millrace.engine.Failure;
import dev.millrace.engine.Held;
import dev.millrace.engine.Payload;
import dev.millrace.engine.Reply;
import dev.millrace.engine.RunId;
import dev.millrace.engine.RunImage;
import dev.millrace.engine.Signal;
import dev.millrace.rest.model.RunState;
import dev.millrace.rest.model.TaskState;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A run of a test, as it stands at this moment of the test's clock. Asking changes nothing but where it says so. For one thread.
 */
public final class TestRun {
    private final TestMillrace millrace;
    private final Plane plane;
    private final RunId id;
    private final Version version;
    private final Codec codec;

    TestRun(TestMillrace millrace, Plane plane, RunId id, Version version, Codec codec) {
        this.millrace = millrace;
        this.plane = plane;
        this.id = id;
        this.version = version;
        this.codec = codec;
    }

    /** The id of the run: the same whenever the test is repeated. */
    public String id() {
        return id.toString();
    }

    /** The state that the run is in. */
    public RunState state() {
        return RunState.fromValue(image().state().name());
    }

    /** Whether the run has ended. */
    public boolean hasEnded() {
        return image().state().isFinal();
    }

    /**
     * Lets time pass until the run has ended, however that may be.
     *
     * @throws IllegalStateException if nothing will happen any more by itself, for want of a worker for example
     */
    public TestRun await() {
        millrace.advanceUntil(this::hasEnded, this::toString);
        return this;
    }

    /**
     * The result of a run that has succeeded.
     *
     * @throws IllegalStateException if it has not, or has no result; the message says how it stands
     */
    public <R> R result(Class<R> type) {
        return result(TypeRef.of(type));
    }

    /** The result of a run that has succeeded, of a type with arguments. */
    public <R> R result(TypeRef<R> type) {
        var image = image();
        if (image.state() != dev.millrace.engine.RunState.SUCCEEDED) {
            throw new IllegalStateException("There is no result: " + this);
        }
        return codec.read(
                json(image).orElseThrow(() -> new IllegalStateException("The workflow has no result: " + this)), type);
    }

    /** Whether the run succeeded and has a result. */
    public boolean hasResult() {
        var image = image();
        return image.state() == dev.millrace.engine.RunState.SUCCEEDED
                && json(image).isPresent();
    }

    /** Why the run fails or has failed, as its {@code @OnFailure} method is told. */
    public Optional<RunFailure> failure() {
        return image().failure().map(failure -> {
            var cause = failure.cause();
            var code = Messages.code(cause);
            return new RunFailure(
                    id(),
                    cause.type().equals(Failure.RUN_TIMEOUT) ? RunFailure.Reason.TIMED_OUT : RunFailure.Reason.FAILED,
                    code,
                    cause.message(),
                    failure.step().isEmpty()
                            ? Optional.empty()
                            : Optional.of(new StepFailure(
                                    failure.step(),
                                    code,
                                    code.equals(cause.type()) ? "" : cause.type(),
                                    cause.message())));
        });
    }

    /** Whether compensations ran, and to their end. */
    public boolean compensated() {
        return image().compensated();
    }

    /**
     * The state of a step; of a mapped step, that of its first element.
     *
     * @throws IllegalArgumentException if the workflow has no step, compensation or handler of that name
     */
    public TaskState stateOf(String step) {
        return task(step, 0)
                .map(task -> TaskState.fromValue(task.state().name()))
                .orElse(TaskState.PENDING);
    }

    /** How many attempts a step has had, those that were given back or lost included. */
    public int attemptsOf(String step) {
        return task(step, 0).map(RunImage.TaskImage::attempt).orElse(0);
    }

    /** The number of the turn that a {@code Loop} is in or waits for, from 1; when it has ended, of the last. 0 before it began. */
    public int turnOf(String step) {
        return task(step, 0).map(task -> task.loop().turn()).orElse(0);
    }

    /** How many tasks a mapped step has; 0 as long as its list is not known. */
    public int elementsOf(String step) {
        int node = node(step);
        return (int)
                image().tasks().stream().filter(task -> task.node() == node).count();
    }

    /** How much the run has used of something, as its steps say with {@link dev.millrace.StepContext#usage}; 0 for nothing. */
    public long used(String name) {
        return image().usage().amount(name);
    }

    /** How much the attempts of a step have used of something, those of all its elements together. */
    public long usedBy(String step, String name) {
        int node = node(step);
        return image().tasks().stream()
                .filter(task -> task.node() == node)
                .mapToLong(task -> task.spent().used().amount(name))
                .sum();
    }

    /**
     * Lets the run use more of a budget, as a person does whom it asks, and runs of it what can be run then.
     *
     * @param limit how much it may use in all
     * @throws MillraceException if a control plane would refuse it, with its code
     */
    public TestRun raiseBudget(String budget, long limit) {
        var reply = plane.ask(
                replyTo -> new Command.RaiseBudget(replyTo, Plane.TENANT, id, budget, limit, "a test", "a test"));
        if (reply instanceof Reply.Refused refused) {
            throw new MillraceException(refused.code(), refused.message());
        }
        return this;
    }

    /** The budgets of which the run asks for more, by name; empty while it does not. */
    public List<String> asksForMore() {
        return image().tasks().stream()
                .flatMap(task -> task.held().stream())
                .filter(Held::asks)
                .map(Held::budget)
                .distinct()
                .sorted()
                .toList();
    }

    /**
     * Cancels the run.
     *
     * @return whether it will be cancelled; false if it had ended already
     */
    public boolean cancel(String reason) {
        var reply = plane.ask(replyTo -> new Command.CancelRun(replyTo, Plane.TENANT, id, reason));
        return reply instanceof Reply.CancelDecided decided && decided.accepted();
    }

    /**
     * Sends the run a signal, and runs of it what can be run then.
     *
     * @throws dev.millrace.connection.MillraceException if a control plane would refuse it, with its code
     */
    public TestRun signal(String name, Object data) {
        signal(name, data, UUID.randomUUID().toString());
        return this;
    }

    /**
     * Sends the run a signal that has an id of its own.
     *
     * @return false if the run had it before
     */
    public boolean signal(String name, Object data, String requestId) {
        var payload = Payload.inline(codec.write(data, TypeRef.of(data.getClass())));
        var reply = plane.ask(
                replyTo -> new Command.SendSignal(replyTo, Plane.TENANT, id, new Signal(name, requestId, payload)));
        if (reply instanceof Reply.Refused refused) {
            throw new MillraceException(refused.code(), refused.message());
        }
        return reply instanceof Reply.SignalTaken taken && !taken.known();
    }

    /**
     * Sends the run a signal, runs of it what can be run then, and returns what it answers; empty if it does not before time passes.
     *
     * @throws dev.millrace.connection.MillraceException if a control plane would refuse it, with its code
     */
    public <T> Optional<T> request(String name, Object data, Class<T> reply) {
        var request = UUID.randomUUID().toString();
        signal(name, data, request);
        return image().tasks().stream()
                .flatMap(task -> task.checkpoints().all().stream())
                .filter(checkpoint -> checkpoint.kind() == CheckpointKind.ANSWER
                        && checkpoint.digest().equals(request))
                .findFirst()
                .map(checkpoint -> codec.read(checkpoint.value().data(), TypeRef.of(reply)));
    }

    /** What the first durable step of the run that shows something of itself shows; empty as long as none does. */
    public <T> Optional<T> state(Class<T> type) {
        return image().tasks().stream()
                .flatMap(task -> task.checkpoints().all().stream())
                .filter(checkpoint -> checkpoint.kind() == CheckpointKind.STATE)
                .findFirst()
                .map(checkpoint -> codec.read(checkpoint.value().data(), TypeRef.of(type)));
    }

    /** What the steps of the run have emitted so far with their {@link dev.millrace.Emitter}, in order, that of every attempt. */
    public <T> List<StreamItem<T>> stream(Class<T> type) {
        return plane.items().of(id, "", TypeRef.of(type), codec);
    }

    /** What one step has emitted so far, in order, that of every attempt. */
    public <T> List<StreamItem<T>> stream(String step, Class<T> type) {
        node(step);
        return plane.items().of(id, step, TypeRef.of(type), codec);
    }

    /** Everything that happened to the run, a line each: the time since its start, what, and to what. */
    public List<String> history() {
        var image = image();
        return image.history().stream()
                .map(entry -> {
                    var since = java.time.Duration.between(image.started(), entry.at());
                    var what = entry.node() < 0 ? "run" : version.plan().name(entry.node());
                    var element = entry.node() >= 0
                                    && version.plan().mapped(entry.node())
                                    && entry.node() < version.plan().steps()
                            ? "[" + entry.element() + "]"
                            : "";
                    var attempt = entry.attempt() > 0 ? " attempt " + entry.attempt() : "";
                    return "+" + since.toMillis() + " ms " + what + element + attempt + " " + entry.state();
                })
                .toList();
    }

    private int node(String step) {
        return version.plan()
                .node(step)
                .orElseThrow(() -> new IllegalArgumentException("Workflow '"
                        + version.manifest().workflow() + "' has no step '" + step + "'; it has "
                        + version.manifest().steps().stream()
                                .map(spec -> spec.name())
                                .toList() + "."));
    }

    private Optional<RunImage.TaskImage> task(String step, int element) {
        int node = node(step);
        return image().tasks().stream()
                .filter(task -> task.node() == node && task.element() == element)
                .findFirst();
    }

    RunImage image() {
        var reply = plane.ask(replyTo -> new Command.ReadRun(replyTo, Plane.TENANT, id));
        if (reply instanceof Reply.RunRead read) {
            return read.image();
        }
        throw new IllegalStateException("The engine does not know run " + id + ": " + reply);
    }

    /** The result as JSON; empty where there is none. */
    Optional<byte[]> json(RunImage image) {
        return RunValues.json(image, version);
    }

    /** For people: how the run stands, and what happened to it. */
    @Override
    public String toString() {
        return "run " + id + " of '" + version.manifest().workflow() + "' is " + image().state()
                + failure().map(failure -> " (" + failure.message() + ")").orElse("") + "; its history:\n  "
                + String.join("\n  ", history());
    }
}
