package dev.millrace.worker.durable;

import dev.millrace.ActionFailedException;
import dev.millrace.CallOptions;
import dev.millrace.Durable;
import dev.millrace.Escalation;
import dev.millrace.Outcome;
import dev.millrace.Pending;
import dev.millrace.StepContext;
import dev.millrace.StepFailure;
import dev.millrace.TypeRef;
import dev.millrace.Where;
import dev.millrace.binding.ChildOptions;
import dev.millrace.binding.ChildStarter;
import dev.millrace.binding.StartedChild;
import dev.millrace.binding.WorkflowRef;
import dev.millrace.codec.Codec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The {@link Durable} of an attempt. For the thread that the step was called on.
 *
 * <p>One class for one interface: each method is a few lines over {@link Trail}, {@link Attempts} and {@link Several}, and all number their actions in one sequence.
 */
final class DurableCode implements Durable, ChildStarter {
    private static final int MOST_CHARACTERS = 200;
    private static final int MOST_BYTES_SHOWN = 64 << 10;
    private static final int WARN_AT = 8_000;
    private static final byte[] NO_INPUT = "null".getBytes(StandardCharsets.UTF_8);
    private static final Duration LONGEST_WAIT = Duration.ofDays(366);
    private static final Logger LOG = LoggerFactory.getLogger(DurableCode.class);

    private final StepContext context;
    private final Trail trail;
    private final DurableHost host;
    private final Codec codec;
    private final Attempts attempts;
    private final Results results;
    private final Digests digests;
    private final Asks asks;
    private final Several several;
    private final CallPolicy step;
    private final Map<String, CallPolicy> actions;
    private final Thread thread = Thread.currentThread();

    private final Map<String, Integer> counts = new HashMap<>();
    private final Map<String, Action.Kind> kinds = new HashMap<>();
    private final Map<String, Integer> versions = new HashMap<>();
    private final Set<String> answered = new HashSet<>();
    private int place;
    /** How many actions there were beside children. */
    private int beside;

    private boolean inAction;
    private volatile Optional<String> mismatch = Optional.empty();

    DurableCode(
            StepContext context,
            Trail trail,
            DurableHost host,
            Codec codec,
            Thrown.Reader why,
            CallPolicy step,
            Map<String, CallPolicy> actions) {
        this.context = context;
        this.trail = trail;
        this.host = host;
        this.codec = codec;
        this.attempts = new Attempts(host, trail, why, codec);
        this.results = new Results(codec);
        this.digests = new Digests(codec);
        this.asks = new Asks(codec);
        this.several = new Several(this, trail);
        this.step = step;
        this.actions = actions;
    }

    Optional<String> mismatch() {
        return mismatch;
    }

    /** Whether the step was here before, so that what it does here beside its actions is a repetition. */
    boolean repeats() {
        return Thread.currentThread() == thread && !inAction && trail.passed(place);
    }

    @Override
    public StepContext context() {
        return context;
    }

    // ---- what comes next

    private Action next(Action.Kind kind, String name, String digest) {
        requireHere();
        if (name.isBlank() || name.length() > MOST_CHARACTERS) {
            throw new IllegalArgumentException(
                    "The name of an action has 1 to " + MOST_CHARACTERS + " characters, but one is \"" + name + "\".");
        }
        var before = kinds.putIfAbsent(name, kind);
        if (before != null && before != kind) {
            throw new IllegalArgumentException("The name '" + name + "' stands for a " + before
                    + " in this step, so it cannot stand for a " + kind + " too. Give one of them another name.");
        }
        if (kind != Action.Kind.CHILD && ++beside == WARN_AT) {
            LOG.warn(
                    "Step '{}' of run {} has {} checkpoints; with more than 10,000 it fails. Let the run begin anew"
                            + " with durable.restart(…), or split the work into child runs.",
                    context.step(),
                    context.runId(),
                    beside);
        }
        return new Action(name, counts.merge(name, 1, Integer::sum), place++, kind, digest);
    }

    private Optional<StoredAction> find(Action action) {
        return trail.find(action, (asked, there) -> {
            mismatch = Optional.of("The code of step '" + context.step() + "' asks for " + asked
                    + ", but what is stored there is " + there
                    + ". It runs again in a minute, so that a worker with the code that made the checkpoints can go on."
                    + " Mark changes of durable code with durable.version(…).");
            throw trail.unwind(mismatch.get());
        });
    }

    private void requireHere() {
        if (Thread.currentThread() != thread) {
            throw new IllegalStateException("The Durable of step '" + context.step()
                    + "' belongs to the thread that the step was called on, not to thread "
                    + Thread.currentThread().getName() + ". Use fork(…) for what goes on beside the rest.");
        }
        if (inAction) {
            throw new IllegalStateException("An action of step '" + context.step()
                    + "' uses the Durable that it runs in. What an action does is stored as one; do it after the"
                    + " action, or instead of it.");
        }
    }

    // ---- calls

    @Override
    public <T> T call(String name, TypeRef<T> type, Callable<T> callable, UnaryOperator<CallOptions> options) {
        var chosen = options(name, options);
        var action = next(Action.Kind.CALL, name, digests.of(chosen.values()));
        if (find(action).isPresent()) {
            return results.of(trail.awaitSettled(action.key(), false), type, null);
        }
        trail.awaitTold();
        inAction = true;
        Attempts.Ended ended;
        try {
            ended = attempts.run(name, type, callable, chosen.policy());
        } finally {
            inAction = false;
        }
        trail.tell(action, ended.content());
        return results.of(trail.awaitSettled(action.key(), false), type, ended.thrown());
    }

    private Options options(String name, UnaryOperator<CallOptions> options) {
        requireHere();
        return (Options) options.apply(new Options(name, step, Optional.empty(), actions));
    }

    @Override
    public <T> Pending<T> fork(String name, TypeRef<T> type, Callable<T> callable, UnaryOperator<CallOptions> options) {
        var chosen = options(name, options);
        var action = next(Action.Kind.CALL, name, digests.of(chosen.values()));
        var fork = new Fork<>(this, action, type);
        if (find(action).isEmpty()) {
            trail.awaitTold();
            trail.branchBegins();
            host.run(() -> branch(fork, callable, chosen.policy()));
        }
        return fork;
    }

    private <T> void branch(Fork<T> fork, Callable<T> callable, CallPolicy policy) {
        var current = Thread.currentThread();
        trail.branchRuns(current);
        try {
            var ended = attempts.run(fork.action().name(), fork.result(), callable, policy);
            fork.thrown(ended.thrown());
            trail.tell(fork.action(), ended.content());
        } catch (Unwinding stopped) {
            // what it did is not stored, so it is done again where the step goes on
        } finally {
            trail.branchEnds(current);
        }
    }

    /** Waits for a branch, on the thread of the step. */
    <T> T join(Fork<T> fork) {
        requireHere();
        return results.of(trail.awaitSettled(fork.action().key(), true), fork.result(), fork.thrown());
    }

    /** Whether it has ended: stored, so that it is the same in every repetition. */
    boolean isDone(Begun<?> begun) {
        var name = "done " + begun.action().name();
        return local(
                Action.Kind.DONE,
                name.length() > MOST_CHARACTERS ? name.substring(0, MOST_CHARACTERS) : name,
                TypeRef.of(Boolean.class),
                () -> Boolean.toString(trail.isSettled(begun.action().key())));
    }

    // ---- waits

    @Override
    public void sleep(Duration duration) {
        if (duration.isNegative() || duration.compareTo(LONGEST_WAIT) > 0) {
            throw new IllegalArgumentException(
                    "A durable step can sleep up to " + LONGEST_WAIT.toDays() + " days at once, not " + duration + ".");
        }
        sleep(duration.toString(), new NewAction.Content.Wait(duration), duration);
    }

    @Override
    public void sleepUntil(Instant instant) {
        var until = instant.truncatedTo(ChronoUnit.MICROS);
        var left = Duration.between(host.now(), until);
        if (left.compareTo(LONGEST_WAIT) > 0) {
            throw new IllegalArgumentException("A durable step can sleep up to " + LONGEST_WAIT.toDays()
                    + " days at once, not until " + instant + ".");
        }
        sleep(until.toString(), new NewAction.Content.WaitUntil(until), left);
    }

    private void sleep(String digest, NewAction.Content content, Duration about) {
        var action = next(Action.Kind.SLEEP, "sleep", digest);
        var known = find(action);
        if (known.filter(slept -> !slept.isOpen()).isEmpty()) {
            // Told again if it is known: what came of it meanwhile may not have been heard here.
            trail.tell(action, content);
            if (about.compareTo(host.patience()) > 0) {
                trail.hurry();
            }
        }
        trail.awaitSettled(action.key(), true);
    }

    @Override
    public <T> Pending<Optional<T>> expectEvent(String name, Class<T> type, Where where, Duration timeout) {
        requireHere();
        var ask = asks.event(where);
        return expect(
                Action.Kind.EVENT,
                name,
                digests.of(ask),
                TypeRef.of(type),
                new NewAction.Content.Wait(limited(timeout), ask));
    }

    @Override
    public <T> Pending<Optional<T>> expectSignal(String name, Class<T> type, Duration timeout) {
        return expect(Action.Kind.SIGNAL, name, "", TypeRef.of(type), new NewAction.Content.Wait(limited(timeout)));
    }

    private static Duration limited(Duration timeout) {
        if (timeout.isNegative() || timeout.compareTo(LONGEST_WAIT) > 0) {
            throw new IllegalArgumentException(
                    "A durable step can wait up to " + LONGEST_WAIT.toDays() + " days at once, not " + timeout + ".");
        }
        return timeout;
    }

    private <T> Expected<T> expect(
            Action.Kind kind, String name, String digest, TypeRef<T> type, NewAction.Content.Wait wait) {
        var action = next(kind, name, digest);
        if (find(action).filter(known -> !known.isOpen()).isEmpty()) {
            trail.tell(action, wait);
        }
        return new Expected<>(this, action, type);
    }

    /** Waits for what comes from outside, on the thread of the step; empty when the time is up. */
    <T> Optional<T> join(Expected<T> expected) {
        requireHere();
        return results.expected(trail.awaitSettled(expected.action().key(), true), expected.value(), context.step());
    }

    @Override
    public void answer(Pending<? extends Optional<?>> signal, Object reply) {
        requireHere();
        if (!(signal instanceof Expected<?> expected)
                || !expected.isOf(this)
                || expected.action().kind() != Action.Kind.SIGNAL
                || !trail.isSettled(expected.action().key())) {
            throw new IllegalArgumentException("Only a signal that has come to this step can be answered, and " + signal
                    + " is none. Join what expectSignal(…) gave, then answer it.");
        }
        var came = trail.awaitSettled(expected.action().key(), false);
        if (came.source().isEmpty()) {
            throw new IllegalArgumentException(
                    "Signal '" + came.action().name() + "' did not come in time, so nobody waits for an answer to it.");
        }
        if (!answered.add(came.source())) {
            throw new IllegalStateException(
                    "Signal '" + came.action().name() + "' has been answered by this step already.");
        }
        byte[] json = results.codec().write(reply, TypeRef.of(reply.getClass()));
        var name = "answer " + came.action().name();
        var action = next(
                Action.Kind.ANSWER,
                name.length() > MOST_CHARACTERS ? name.substring(0, MOST_CHARACTERS) : name,
                came.source());
        if (find(action).isEmpty()) {
            trail.tell(action, new NewAction.Content.Value(json));
        }
    }

    @Override
    public <T> Pending<Optional<T>> expectApproval(String role, Class<T> type, Duration timeout) {
        return expectApproval(role, type, timeout, Optional.empty());
    }

    @Override
    public <T> Pending<Optional<T>> expectApproval(
            String role, Class<T> type, Duration timeout, Escalation escalation) {
        return expectApproval(role, type, timeout, Optional.of(escalation));
    }

    private <T> Pending<Optional<T>> expectApproval(
            String role, Class<T> type, Duration timeout, Optional<Escalation> escalation) {
        requireHere();
        return expect(
                Action.Kind.APPROVAL,
                role,
                "",
                TypeRef.of(type),
                new NewAction.Content.Wait(limited(timeout), asks.approval(role, type, timeout, escalation)));
    }

    // ---- children

    @Override
    public <I, R> StartedChild<R> start(WorkflowRef<I, R> workflow, I input, ChildOptions options) {
        requireHere();
        byte[] json = input == null ? NO_INPUT : codec.write(input, workflow.input());
        var action = next(Action.Kind.CHILD, workflow.workflow(), digests.ofJson(json));
        var known = find(action);
        if (known.isEmpty()) {
            trail.tell(
                    action,
                    new NewAction.Content.Child(workflow.workflow(), workflow.shape(), json, inherited(options)));
        } else if (known.get().isOpen()) {
            // Told again, without what it began with: what came of it meanwhile may not have been heard here.
            trail.tell(action, new NewAction.Content.Wait(Duration.ZERO));
        }
        return new Child<>(this, action, workflow.result());
    }

    /** With the metadata of the parent, but for those that the child has of its own. */
    private ChildOptions inherited(ChildOptions options) {
        var metadata = new LinkedHashMap<>(context.metadata());
        metadata.putAll(options.metadata());
        return new ChildOptions(options.priority(), metadata, options.deadline(), options.abandoned());
    }

    /** The id that was given to it, on the thread of the step. */
    String runId(Child<?> child) {
        requireHere();
        var stored = trail.awaitStored(child.action().key());
        if (stored.child().isEmpty()) {
            results.of(stored, child.type(), null);
            throw new IllegalStateException(child + " was started without an id.");
        }
        return stored.child();
    }

    /** Waits for a child, on the thread of the step. */
    <R> R join(Child<R> child) {
        requireHere();
        var ended = trail.awaitSettled(child.action().key(), true);
        if (ended.failure().isPresent()
                || ended.json().length > 0
                || child.result().type() == Void.class) {
            return results.of(ended, child.result(), null);
        }
        var read = trail.result(ended.child());
        read.problem().ifPresent(problem -> {
            throw new IllegalStateException(
                    "The result of " + child + ", run " + ended.child() + ", cannot be read: " + problem);
        });
        return results.of(
                new StoredAction(ended.action(), ended.state(), ended.order(), read.json(), Optional.empty()),
                child.result(),
                null);
    }

    // ---- several at once

    @Override
    public void awaitAll(Collection<? extends Pending<?>> pending) {
        requireHere();
        several.awaitOwn(pending);
    }

    @Override
    public <E, T> List<T> all(Collection<E> elements, Function<? super E, ? extends Pending<T>> start) {
        requireHere();
        return several.all(elements, start);
    }

    @Override
    public <E, T> List<Outcome<T>> settled(Collection<E> elements, Function<? super E, ? extends Pending<T>> start) {
        requireHere();
        return several.settled(elements, start);
    }

    @Override
    public <T> Pending<T> anyOf(Collection<? extends Pending<T>> pending) {
        requireHere();
        return several.anyOf(pending);
    }

    // ---- values

    /** A value that is found here and stored with what comes next: what is done outside waits until it is. */
    private <T> T local(Action.Kind kind, String name, TypeRef<T> type, Supplier<String> json) {
        var action = next(kind, name, "");
        var known = find(action);
        if (known.isPresent()) {
            return results.of(known.get(), type, null);
        }
        byte[] value = json.get().getBytes(StandardCharsets.UTF_8);
        trail.tell(action, new NewAction.Content.Value(value));
        return results.read(value, type);
    }

    @Override
    public Instant now() {
        return Instant.parse(local(
                Action.Kind.NOW,
                "now",
                TypeRef.of(String.class),
                () -> "\"" + host.now().truncatedTo(ChronoUnit.MICROS) + "\""));
    }

    @Override
    public double random() {
        return local(
                Action.Kind.RANDOM,
                "random",
                TypeRef.of(Double.class),
                () -> Double.toString(ThreadLocalRandom.current().nextDouble()));
    }

    @Override
    public UUID uuid() {
        return UUID.fromString(
                local(Action.Kind.UUID, "uuid", TypeRef.of(String.class), () -> "\"" + UUID.randomUUID() + "\""));
    }

    @Override
    public void state(Object state) {
        requireHere();
        byte[] json = results.codec().write(state, TypeRef.of(state.getClass()));
        if (json.length > MOST_BYTES_SHOWN) {
            throw new IllegalArgumentException(
                    "What step '" + context.step() + "' shows of itself may take " + MOST_BYTES_SHOWN
                            + " bytes, but this takes " + json.length + ". Show how far it is, not all it has.");
        }
        trail.show(json, place);
    }

    @Override
    public <T> T restart(Object newInput) {
        requireHere();
        throw trail.restart(codec.write(newInput, TypeRef.of(newInput.getClass())));
    }

    @Override
    public int version(String change, int min, int max) {
        requireHere();
        if (min > max) {
            throw new IllegalArgumentException(
                    "Change '" + change + "' has versions " + min + " to " + max + ", which are none.");
        }
        var known = versions.get(change);
        int version = known != null ? known : decided(change, min, max);
        versions.put(change, version);
        if (version < min || version > max) {
            throw new IllegalStateException("The step is on version " + version + " of change '" + change
                    + "', but its code knows " + min + " to " + max + " only. Run it on a worker that knows it.");
        }
        return version;
    }

    /** A step that was behind this point already when the change came has no checkpoint of it. */
    private int decided(String change, int min, int max) {
        boolean before = trail.passed(place) && !trail.isSettled(new Action.Key(change, 1));
        return before
                ? min
                : local(Action.Kind.VERSION, change, TypeRef.of(Integer.class), () -> Integer.toString(max));
    }

    /** What a failed action throws. */
    static ActionFailedException failed(String name, ActionFailure failure, Throwable cause) {
        boolean exception = !failure.type().matches("[A-Z][A-Z0-9_]*");
        var thrown = new ActionFailedException(new StepFailure(
                name, exception ? "STEP_FAILED" : failure.type(), exception ? failure.type() : "", failure.message()));
        if (cause != null) {
            thrown.initCause(cause);
        }
        return thrown;
    }
}
