package dev.millrace.worker;

import dev.millrace.connection.ControlPlane;
import dev.millrace.connection.Loss;
import dev.millrace.connection.MillraceException;
import dev.millrace.connection.StreamLoop;
import dev.millrace.connection.StreamUser;
import dev.millrace.connection.Uuids;
import dev.millrace.rest.RawJson;
import dev.millrace.rest.RestException;
import dev.millrace.rest.RestUnavailableException;
import dev.millrace.rest.WorkflowsApi;
import dev.millrace.wire.worker.v1.Accepted;
import dev.millrace.wire.worker.v1.Assignment;
import dev.millrace.wire.worker.v1.AttemptRef;
import dev.millrace.wire.worker.v1.Completion;
import dev.millrace.wire.worker.v1.CompletionAck;
import dev.millrace.wire.worker.v1.Hello;
import dev.millrace.wire.worker.v1.ServedVersion;
import dev.millrace.wire.worker.v1.ServerFrame;
import dev.millrace.wire.worker.v1.Welcome;
import dev.millrace.wire.worker.v1.WorkerFrame;
import dev.millrace.wire.worker.v1.WorkerGrpc;
import io.grpc.MethodDescriptor;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The worker's side of the worker protocol. It knows which attempts run here and which completions the control plane has not
 * acknowledged; with both it introduces itself on every new stream, so that nothing is lost or done twice because a
 * connection broke.
 */
final class WorkerStream implements StreamUser<WorkerFrame, ServerFrame>, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerStream.class);
    private static final int PROTOCOL = 1;
    private static final int MOST_FRAME_BYTES = 3_500_000;

    /**
     * An attempt that ends within this time needs no acceptance of its own, because its completion says as much: it saves the
     * control plane a decision and an entry in the journal per short step.
     */
    private static final long ACCEPT_LATER_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    /** The control plane ends what runs too long; the worker does it by itself when it cannot be told. */
    private static final Duration OVERDUE_GRACE = Duration.ofSeconds(2);

    private static final long SWEEP_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final ControlPlane controlPlane;
    private final WorkerSettings settings;
    private final Map<String, ServedWorkflow> workflows;
    private final AttemptRunner runner;
    private final StepThreads threads;
    private final StreamLoop<WorkerFrame, ServerFrame> loop;
    private final UUID workerId = new Uuids().next();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // All under the lock.
    private final Map<AttemptKey, LiveAttempt> live = new HashMap<>();
    private final Map<AttemptKey, Long> acceptsDue = new LinkedHashMap<>();
    private final Deque<Completion> unacknowledged = new ArrayDeque<>();
    private final Deque<Completion> completionsToSend = new ArrayDeque<>();
    private final List<AttemptRef> toReturn = new ArrayList<>();
    private long lastSequence;
    private boolean welcomed;
    private boolean everWelcomed;
    private boolean draining;
    private boolean drainingTold;
    private boolean complained;
    private Optional<MillraceException> refusal = Optional.empty();

    // Only the loop's thread.
    private boolean registered;
    private long lastSweep = System.nanoTime();

    WorkerStream(
            ControlPlane controlPlane,
            WorkerSettings settings,
            Map<String, ServedWorkflow> workflows,
            AttemptRunner runner,
            StepThreads threads) {
        this.controlPlane = controlPlane;
        this.settings = settings;
        this.workflows = workflows;
        this.runner = runner;
        this.threads = threads;
        this.loop = new StreamLoop<>(controlPlane, this, settings.pace(), "millrace-worker", true);
    }

    UUID workerId() {
        return workerId;
    }

    void start() {
        loop.start();
    }

    // ---- for the worker

    boolean connected() {
        lock.lock();
        try {
            return welcomed;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until the control plane has welcomed or refused this worker; false if it did neither in time. */
    boolean awaitAnswer(Duration limit) {
        return await(limit, () -> welcomed || refusal.isPresent());
    }

    /** Waits until the control plane has welcomed this worker. */
    boolean awaitConnected(Duration limit) {
        return await(limit, () -> welcomed);
    }

    /** Why the control plane refused this worker, if it has never been welcomed. */
    Optional<MillraceException> refusal() {
        lock.lock();
        try {
            return everWelcomed ? Optional.empty() : refusal;
        } finally {
            lock.unlock();
        }
    }

    /** Takes nothing new from here on. */
    void drain() {
        lock.lock();
        try {
            draining = true;
        } finally {
            lock.unlock();
        }
        loop.signal();
    }

    /** Waits until nothing runs here any more. */
    boolean awaitIdle(Duration limit) {
        return await(limit, live::isEmpty);
    }

    /** Waits until the control plane has acknowledged all that ended here and knows what was given back. */
    boolean awaitAcknowledged(Duration limit) {
        return await(limit, () -> unacknowledged.isEmpty() && toReturn.isEmpty());
    }

    /** Interrupts what still runs. */
    void stopAttempts() {
        List<LiveAttempt> attempts;
        lock.lock();
        try {
            attempts = List.copyOf(live.values());
        } finally {
            lock.unlock();
        }
        attempts.forEach(attempt -> attempt.cancel(AttemptRunner.STOPPING));
    }

    /** Gives back what does not stop; returns how many those are. */
    int abandonAttempts() {
        lock.lock();
        try {
            int abandoned = live.size();
            for (var attempt : live.values()) {
                toReturn.add(attempt.assignment().getAttempt());
            }
            live.clear();
            acceptsDue.clear();
            return abandoned;
        } finally {
            lock.unlock();
            loop.signal();
        }
    }

    @Override
    public void close() {
        loop.close();
        lock.lock();
        try {
            welcomed = false;
        } finally {
            lock.unlock();
        }
        threads.executor().shutdown();
    }

    private boolean await(Duration limit, BooleanSupplier condition) {
        long rest = limit.toNanos();
        lock.lock();
        try {
            while (!condition.getAsBoolean()) {
                if (rest <= 0) {
                    return false;
                }
                rest = changed.awaitNanos(rest);
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    // ---- for the loop

    @Override
    public MethodDescriptor<WorkerFrame, ServerFrame> method() {
        return WorkerGrpc.getWorkMethod();
    }

    @Override
    public boolean wanted() {
        return true;
    }

    /** Sends the manifests, which is harmless where the control plane has them. */
    @Override
    public void prepare() {
        if (registered) {
            return;
        }
        var api = new WorkflowsApi(controlPlane.rest());
        for (var workflow : workflows.values()) {
            try {
                var registration = api.registerWorkflow(new RawJson(workflow.manifest()));
                if (!workflow.version().equals(registration.getVersion())) {
                    throw new MillraceException(
                            "VERSION_MISMATCH",
                            "The control plane names the manifest of workflow '" + workflow.name() + "' version "
                                    + registration.getVersion() + ", but this SDK names it " + workflow.version()
                                    + ". They are of versions that do not fit each other.");
                }
                LOG.info(
                        "Workflow '{}' version {} is {}.",
                        workflow.name(),
                        workflow.version(),
                        Boolean.TRUE.equals(registration.getCreated()) ? "registered" : "known already");
            } catch (RestException | RestUnavailableException e) {
                throw ControlPlane.translated(e);
            }
        }
        registered = true;
    }

    @Override
    public Optional<WorkerFrame> opened() {
        lock.lock();
        try {
            var hello = Hello.newBuilder()
                    .setWorkerId(Uuids.bytes(workerId))
                    .setName(settings.name())
                    .setProtocolVersion(PROTOCOL)
                    .setSdk(settings.sdk())
                    .setSlots(settings.slots())
                    .putAllLabels(settings.labels());
            for (var workflow : workflows.values()) {
                hello.addVersions(ServedVersion.newBuilder()
                        .setWorkflow(workflow.name())
                        .setVersion(workflow.version())
                        .setBuildId(workflow.buildId()));
            }
            live.values()
                    .forEach(attempt -> hello.addRunning(attempt.assignment().getAttempt()));
            unacknowledged.forEach(completion -> hello.addRunning(completion.getAttempt()));
            completionsToSend.clear();
            drainingTold = draining;
            return Optional.of(WorkerFrame.newBuilder()
                    .setHello(hello)
                    .setDraining(draining)
                    .build());
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Optional<WorkerFrame> next(boolean room, boolean proof) {
        sweep();
        var frame = WorkerFrame.newBuilder();
        boolean filled = false;
        lock.lock();
        try {
            if (room && welcomed) {
                filled = fill(frame);
            }
        } finally {
            lock.unlock();
        }
        return filled || proof ? Optional.of(frame.setHeartbeat(!filled).build()) : Optional.empty();
    }

    private boolean fill(WorkerFrame.Builder frame) {
        int bytes = 0;
        while (!completionsToSend.isEmpty()) {
            int size = completionsToSend.peek().getSerializedSize();
            if (bytes > 0 && bytes + size > MOST_FRAME_BYTES) {
                break;
            }
            bytes += size;
            frame.addCompletions(completionsToSend.poll());
        }
        long now = System.nanoTime();
        for (var due = acceptsDue.entrySet().iterator(); due.hasNext(); ) {
            var accept = due.next();
            if (accept.getValue() - now > 0) {
                break;
            }
            due.remove();
            frame.addAccepted(accepted(live.get(accept.getKey())));
        }
        frame.addAllReturned(toReturn);
        boolean returned = !toReturn.isEmpty();
        toReturn.clear();
        boolean tellDraining = draining && !drainingTold;
        drainingTold |= tellDraining;
        frame.setDraining(tellDraining);
        if (returned) {
            changed.signalAll();
        }
        return bytes > 0 || returned || tellDraining || frame.getAcceptedCount() > 0;
    }

    private static Accepted.Builder accepted(LiveAttempt attempt) {
        // It may still be reading its arguments; then it enters the method about now.
        var started = attempt.started().equals(Instant.EPOCH) ? Instant.now() : attempt.started();
        return Accepted.newBuilder()
                .setAttempt(attempt.assignment().getAttempt())
                .setStartedMicros(AttemptRunner.micros(started));
    }

    @Override
    public long nanosToNext() {
        lock.lock();
        try {
            var first = acceptsDue.values().iterator();
            return welcomed && first.hasNext() ? Math.max(0, first.next() - System.nanoTime()) : Long.MAX_VALUE;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void received(ServerFrame frame) {
        if (frame.hasWelcome()) {
            welcomed(frame.getWelcome());
        }
        if (frame.hasAck()) {
            acknowledged(frame.getAck());
        }
        frame.getCancelsList().forEach(cancel -> {
            var key = AttemptKey.of(cancel.getAttempt());
            find(key).ifPresent(attempt -> {
                LOG.debug("Stopping the {}: {}.", key, cancel.getReason());
                attempt.cancel(cancel.getReason());
            });
        });
        frame.getAssignmentsList().forEach(this::begin);
        if (frame.hasDrain()) {
            LOG.info("The control plane asks this worker to connect elsewhere; what runs here goes on.");
            loop.reconnectWithin(Duration.ofMillis(frame.getDrain().getReconnectAfterMillis()));
        }
    }

    private void welcomed(Welcome welcome) {
        if (welcome.getHeartbeatMillis() > 0 && welcome.getDeadAfterMillis() > 0) {
            loop.liveness(new StreamLoop.Liveness(
                    Duration.ofMillis(welcome.getHeartbeatMillis()), Duration.ofMillis(welcome.getDeadAfterMillis())));
        }
        var stale = new HashSet<AttemptKey>();
        welcome.getStaleList().forEach(ref -> stale.add(AttemptKey.of(ref)));
        var stopped = new ArrayList<LiveAttempt>();
        lock.lock();
        try {
            stale.forEach(key -> {
                var attempt = live.remove(key);
                acceptsDue.remove(key);
                if (attempt != null) {
                    stopped.add(attempt);
                }
            });
            unacknowledged.removeIf(completion -> stale.contains(AttemptKey.of(completion.getAttempt())));
            completionsToSend.clear();
            completionsToSend.addAll(unacknowledged);
            welcomed = true;
            everWelcomed = true;
            complained = false;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        stopped.forEach(attempt -> {
            LOG.info("The {} is no longer this worker's; it is stopped and its result dropped.", attempt.key());
            attempt.cancel("STALE");
        });
        LOG.info(
                "Worker {} is connected to {}: {} slots, {}.",
                settings.name(),
                controlPlane.url(),
                settings.slots(),
                workflows.keySet());
        loop.signal();
    }

    private void acknowledged(CompletionAck ack) {
        lock.lock();
        try {
            while (!unacknowledged.isEmpty() && unacknowledged.peek().getSequence() <= ack.getUpTo()) {
                unacknowledged.poll();
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        ack.getRefusedList()
                .forEach(refused -> LOG.warn(
                        "The control plane did not take a result: {} [{}]", refused.getMessage(), refused.getCode()));
    }

    private Optional<LiveAttempt> find(AttemptKey key) {
        lock.lock();
        try {
            return Optional.ofNullable(live.get(key));
        } finally {
            lock.unlock();
        }
    }

    private void begin(Assignment assignment) {
        var attempt = new LiveAttempt(AttemptKey.of(assignment.getAttempt()), assignment);
        boolean taken;
        lock.lock();
        try {
            taken = !draining && live.putIfAbsent(attempt.key(), attempt) == null;
            if (draining) {
                toReturn.add(assignment.getAttempt());
            }
        } finally {
            lock.unlock();
        }
        if (!taken) {
            loop.signal();
            return;
        }
        try {
            threads.executor().execute(() -> work(attempt));
        } catch (RejectedExecutionException | OutOfMemoryError e) {
            LOG.error("No thread could be had for the {}; it is given back.", attempt.key(), e);
            finish(attempt, new Outcome.GivenBack());
        }
    }

    private void work(LiveAttempt attempt) {
        lock.lock();
        try {
            if (live.get(attempt.key()) != attempt) {
                return; // it went stale before it began
            }
            acceptsDue.put(attempt.key(), System.nanoTime() + ACCEPT_LATER_NANOS);
        } finally {
            lock.unlock();
        }
        Outcome outcome;
        try {
            outcome = runner.run(attempt);
        } catch (RuntimeException | Error e) {
            LOG.error("The {} could not be run; it is given back.", attempt.key(), e);
            outcome = new Outcome.GivenBack();
        }
        finish(attempt, outcome);
    }

    private void finish(LiveAttempt attempt, Outcome outcome) {
        lock.lock();
        try {
            acceptsDue.remove(attempt.key());
            if (!live.remove(attempt.key(), attempt)) {
                return; // it went stale while it ran: nobody wants its outcome
            }
            if (outcome instanceof Outcome.Ended ended) {
                var completion = ended.completion().setSequence(++lastSequence).build();
                unacknowledged.add(completion);
                if (welcomed) {
                    completionsToSend.add(completion);
                }
            } else {
                toReturn.add(attempt.assignment().getAttempt());
            }
            if (live.isEmpty()) {
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
        loop.signal();
    }

    /** Stops what the control plane should have stopped, had it been able to say so. */
    private void sweep() {
        long now = System.nanoTime();
        if (now - lastSweep < SWEEP_NANOS) {
            return;
        }
        lastSweep = now;
        List<LiveAttempt> overdue;
        lock.lock();
        try {
            overdue = live.values().stream()
                    .filter(attempt -> attempt.overdue(OVERDUE_GRACE))
                    .toList();
        } finally {
            lock.unlock();
        }
        overdue.forEach(attempt -> attempt.cancel(AttemptRunner.OVERDUE));
    }

    @Override
    public void lost(Loss loss) {
        boolean complain;
        lock.lock();
        try {
            welcomed = false;
            complain = !complained;
            complained = true;
            if (loss.kind() == Loss.Kind.REFUSED) {
                refusal = Optional.of(loss.reason());
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
        switch (loss.kind()) {
            case ENDED -> LOG.info("The control plane closed the connection; connecting again.");
            case BROKEN -> {
                if (complain) {
                    LOG.warn(
                            "{} Connecting again; what runs here goes on.",
                            loss.reason().getMessage());
                } else {
                    LOG.debug("{} Connecting again.", loss.reason().getMessage());
                }
            }
            case REFUSED -> {
                registered = false;
                if (complain) {
                    LOG.error(
                            "{} Trying again from time to time.", loss.reason().getMessage());
                }
            }
        }
    }
}
