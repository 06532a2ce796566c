package dev.millrace.worker;

import dev.millrace.connection.ControlPlane;
import dev.millrace.connection.Loss;
import dev.millrace.connection.MillraceException;
import dev.millrace.connection.Monitor;
import dev.millrace.connection.StreamLoop;
import dev.millrace.connection.StreamUser;
import dev.millrace.connection.Uuids;
import dev.millrace.rest.RawJson;
import dev.millrace.rest.RestException;
import dev.millrace.rest.RestUnavailableException;
import dev.millrace.rest.WorkflowsApi;
import dev.millrace.wire.worker.v1.Assignment;
import dev.millrace.wire.worker.v1.AttemptRef;
import dev.millrace.wire.worker.v1.Cancel;
import dev.millrace.wire.worker.v1.CheckpointNews;
import dev.millrace.wire.worker.v1.ChildResult;
import dev.millrace.wire.worker.v1.CompletionAck;
import dev.millrace.wire.worker.v1.Hello;
import dev.millrace.wire.worker.v1.ServedVersion;
import dev.millrace.wire.worker.v1.ServerFrame;
import dev.millrace.wire.worker.v1.Trail;
import dev.millrace.wire.worker.v1.Welcome;
import dev.millrace.wire.worker.v1.WorkerFrame;
import dev.millrace.wire.worker.v1.WorkerGrpc;
import dev.millrace.worker.durable.DurableHost;
import dev.millrace.worker.durable.StoredAction;
import io.grpc.MethodDescriptor;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The worker's side of the worker protocol. On every new stream it introduces itself with what its {@link AttemptBook} claims,
 * so that nothing is lost or done twice because a connection broke.
 */
final class WorkerStream implements StreamUser<WorkerFrame, ServerFrame>, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerStream.class);
    private static final int PROTOCOL = 1;

    /** The control plane ends what runs too long; the worker does it by itself when it cannot be told. */
    private static final Duration OVERDUE_GRACE = Duration.ofSeconds(2);

    private static final long SWEEP_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final ControlPlane controlPlane;
    private final WorkerSettings settings;
    private final Map<String, ServedWorkflow> workflows;
    private final AttemptRunner runner;
    private final StepThreads threads;
    private final AttemptBook book;
    private final StreamLoop<WorkerFrame, ServerFrame> loop;
    private volatile Runnable sentAway = () -> {};
    private final Monitor monitor = new Monitor();

    // Guarded by the monitor.
    private boolean welcomed;
    private boolean everWelcomed;
    private boolean complained;
    private Optional<MillraceException> refusal = Optional.empty();

    // Only the loop's thread.
    private final Map<AttemptKey, List<StoredAction>> trails = new HashMap<>();
    /** Calls that serve several attempts, and have not begun. */
    private final Map<Long, SharedCall> forming = new HashMap<>();

    private final ScheduledExecutorService timers = Executors.newSingleThreadScheduledExecutor(WorkerStream::timer);
    private boolean registered;
    private long lastSweep = System.nanoTime();

    WorkerStream(
            ControlPlane controlPlane,
            WorkerSettings settings,
            Map<String, ServedWorkflow> workflows,
            AttemptRunner runner,
            AttemptBook book,
            StepThreads threads) {
        this.controlPlane = controlPlane;
        this.settings = settings;
        this.workflows = workflows;
        this.runner = runner;
        this.book = book;
        this.threads = threads;
        this.loop = new StreamLoop<>(controlPlane, this, settings.pace(), "millrace-worker", true);
    }

    UUID workerId() {
        return settings.id();
    }

    /** What to do when somebody sends this worker away; may happen several times. */
    void onSentAway(Runnable leaves) {
        sentAway = leaves;
    }

    void start() {
        loop.start();
    }

    boolean connected() {
        return monitor.locked(() -> welcomed);
    }

    /** Waits until the control plane has welcomed or refused this worker; false if it did neither in time. */
    boolean awaitAnswer(Duration limit) {
        return monitor.await(limit, () -> welcomed || refusal.isPresent());
    }

    /** Waits until the control plane has welcomed this worker. */
    boolean awaitConnected(Duration limit) {
        return monitor.await(limit, () -> welcomed);
    }

    /** Why the control plane refused this worker, if it has never been welcomed. */
    Optional<MillraceException> refusal() {
        return monitor.locked(() -> everWelcomed ? Optional.empty() : refusal);
    }

    /** The book has something new to say. */
    void signal() {
        loop.signal();
    }

    @Override
    public void close() {
        loop.close();
        monitor.change(() -> welcomed = false);
        threads.executor().shutdown();
        timers.shutdownNow();
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
        try {
            workflows.values().forEach(this::register);
        } catch (RestException | RestUnavailableException e) {
            throw ControlPlane.translated(e);
        }
        registered = true;
    }

    private void register(ServedWorkflow workflow) {
        var registration = new WorkflowsApi(controlPlane.rest()).registerWorkflow(new RawJson(workflow.manifest()));
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
    }

    @Override
    public Optional<WorkerFrame> opened() {
        var hello = Hello.newBuilder()
                .setWorkerId(Uuids.bytes(settings.id()))
                .setName(settings.name())
                .setProtocolVersion(PROTOCOL)
                .setSdk(settings.sdk())
                .setSlots(settings.slots())
                .putAllSlotKinds(settings.slotKinds())
                .putAllLabels(settings.labels())
                .addAllRunning(book.claims());
        for (var workflow : workflows.values()) {
            hello.addVersions(ServedVersion.newBuilder()
                    .setWorkflow(workflow.name())
                    .setVersion(workflow.version())
                    .setBuildId(workflow.buildId()));
        }
        return Optional.of(WorkerFrame.newBuilder().setHello(hello).build());
    }

    @Override
    public Optional<WorkerFrame> next(boolean room, boolean proof) {
        sweep();
        var frame = WorkerFrame.newBuilder();
        boolean filled = room && book.fill(frame);
        return filled || proof ? Optional.of(frame.setHeartbeat(!filled).build()) : Optional.empty();
    }

    @Override
    public long nanosToNext() {
        return book.nanosToNext();
    }

    @Override
    public void received(ServerFrame frame) {
        if (frame.hasWelcome()) {
            welcomed(frame.getWelcome());
        }
        if (frame.hasAck()) {
            acknowledged(frame.getAck());
        }
        frame.getExtendedList()
                .forEach(extended -> book.extended(AttemptKey.of(extended.getAttempt()), extended.getTimeoutMillis()));
        frame.getConfirmedList().forEach(this::confirmed);
        frame.getCheckpointsList().forEach(this::heard);
        frame.getChildResultsList().forEach(this::heard);
        frame.getTrailsList().forEach(this::collect);
        frame.getCancelsList().forEach(this::cancel);
        frame.getAssignmentsList().forEach(this::begin);
        if (frame.getLeave()) {
            sentAway.run();
        }
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
        trails.clear();
        var stale = new HashSet<AttemptKey>();
        welcome.getStaleList().forEach(ref -> stale.add(AttemptKey.of(ref)));
        for (var attempt : book.welcome(stale)) {
            LOG.info("The {} is no longer this worker's; it is stopped and its result dropped.", attempt.key());
            stop(attempt, "STALE");
        }
        launchFormed();
        monitor.change(() -> {
            welcomed = true;
            everWelcomed = true;
            complained = false;
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
        book.acknowledge(ack.getUpTo());
        ack.getRefusedList()
                .forEach(refused -> LOG.warn(
                        "The control plane did not take a result: {} [{}]", refused.getMessage(), refused.getCode()));
    }

    private void cancel(Cancel cancel) {
        var key = AttemptKey.of(cancel.getAttempt());
        book.find(key).ifPresent(attempt -> {
            LOG.debug("Stopping the {}: {}.", key, cancel.getReason());
            stop(attempt, cancel.getReason());
            launchFormed();
        });
    }

    /** Stops everything that runs here. */
    void stopAll(String reason) {
        book.live().forEach(attempt -> stop(attempt, reason));
    }

    private void stop(LiveAttempt attempt, String reason) {
        if (attempt.cancel(reason)) {
            end(attempt, reason.equals(AttemptRunner.STOPPING) ? new Outcome.GivenBack() : new Outcome.Dropped());
        }
    }

    private void confirmed(AttemptRef ref) {
        book.find(AttemptKey.of(ref)).filter(LiveAttempt::confirm).ifPresent(attempt -> {
            if (attempt.assignment().hasCall()) {
                launchFormed();
            } else {
                launch(attempt);
            }
        });
    }

    private Wishes wishes(AttemptKey key) {
        return new Wishes() {
            @Override
            public void time(Duration fromNow) {
                book.extend(key, fromNow);
                loop.signal();
            }

            @Override
            public void noSlots() {
                book.release(key);
                loop.signal();
            }
        };
    }

    private static Thread timer(Runnable body) {
        var thread = new Thread(body, "millrace-timer");
        thread.setDaemon(true);
        return thread;
    }

    /** News of what durable code has done or waits for. */
    private void heard(CheckpointNews news) {
        book.find(AttemptKey.of(news.getAttempt()))
                .flatMap(LiveAttempt::durable)
                .ifPresent(code -> DurableWire.tell(code, news));
    }

    private void heard(ChildResult result) {
        book.find(AttemptKey.of(result.getAttempt()))
                .flatMap(LiveAttempt::durable)
                .ifPresent(code -> DurableWire.tell(code, result));
    }

    /** What is stored of a durable step comes before its assignment. */
    private void collect(Trail piece) {
        var trail = trails.computeIfAbsent(AttemptKey.of(piece.getAttempt()), key -> new ArrayList<>());
        piece.getCheckpointsList().forEach(checkpoint -> trail.add(DurableWire.stored(checkpoint)));
    }

    private DurableHost host(AttemptKey key) {
        return new StreamHost(
                action -> {
                    book.tell(key, action);
                    loop.signal();
                },
                () -> book.find(key).ifPresent(LiveAttempt::awaitItems),
                child -> {
                    book.read(key, child);
                    loop.signal();
                },
                () -> !settings.slotKinds().isEmpty() || book.crowded(settings.slots()),
                threads.executor(),
                timers);
    }

    private void begin(Assignment assignment) {
        var key = AttemptKey.of(assignment.getAttempt());
        var trail = Optional.ofNullable(trails.remove(key)).orElseGet(List::of);
        var attempt = new LiveAttempt(
                key,
                assignment,
                wishes(key),
                InstantSource.system(),
                host(key),
                trail,
                new Purse(() -> book.spends(key)));
        boolean taken = book.take(attempt);
        if (assignment.hasCall()) {
            join(assignment.getCall(), attempt, taken);
            return;
        }
        if (!taken) {
            loop.signal();
            return;
        }
        if (trail.size() != assignment.getCheckpoints()) {
            LOG.warn(
                    "The {} came with {} of its {} checkpoints; it is given back.",
                    key,
                    trail.size(),
                    assignment.getCheckpoints());
            end(attempt, new Outcome.GivenBack());
            return;
        }
        if (attempt.waiting()) {
            loop.signal();
            return;
        }
        launch(attempt);
    }

    /** Attempts that share a call come one after the other; one that is not taken is none of it and must be waited for no longer. */
    private void join(dev.millrace.wire.worker.v1.Call call, LiveAttempt attempt, boolean taken) {
        if (!taken) {
            attempt.cancel(AttemptRunner.STOPPING);
        }
        forming.computeIfAbsent(call.getNumber(), any -> new SharedCall(call.getSize()))
                .add(attempt);
        launchFormed();
        loop.signal();
    }

    private void launchFormed() {
        for (var each = forming.values().iterator(); each.hasNext(); ) {
            var call = each.next();
            call.dropCancelled().forEach(attempt -> end(attempt, Call.cancelled(attempt)));
            if (call.begin()) {
                each.remove();
                if (!call.attempts().isEmpty()) {
                    launch(call);
                }
            }
        }
    }

    /** What is missing of a call will not come on another stream, so the control plane hands it out anew. */
    private void dropUnfinished() {
        for (var each = forming.values().iterator(); each.hasNext(); ) {
            var call = each.next();
            if (!call.isWhole()) {
                each.remove();
                call.attempts().forEach(attempt -> book.end(attempt, new Outcome.Dropped()));
            }
        }
    }

    private void launch(SharedCall call) {
        try {
            threads.executor().execute(() -> work(call));
        } catch (RejectedExecutionException | OutOfMemoryError e) {
            call.attempts().forEach(attempt -> giveUp(attempt, e));
        }
    }

    private void work(SharedCall call) {
        call.attempts().stream().filter(attempt -> !book.begin(attempt)).forEach(attempt -> attempt.cancel("STALE"));
        try {
            runner.run(call).forEach(this::end);
        } catch (RuntimeException | Error e) {
            call.attempts().forEach(attempt -> giveUp(attempt, e));
        }
    }

    private void launch(LiveAttempt attempt) {
        try {
            threads.executor().execute(() -> work(attempt));
        } catch (RejectedExecutionException | OutOfMemoryError e) {
            giveUp(attempt, e);
        }
    }

    private void work(LiveAttempt attempt) {
        if (!book.begin(attempt)) {
            return;
        }
        try {
            runner.run(attempt).whenComplete((outcome, failure) -> {
                if (failure == null) {
                    end(attempt, outcome);
                } else {
                    giveUp(attempt, failure);
                }
            });
        } catch (RuntimeException | Error e) {
            giveUp(attempt, e);
        }
    }

    private void giveUp(LiveAttempt attempt, Throwable failure) {
        LOG.error("The {} could not be run; it is given back.", attempt.key(), failure);
        end(attempt, new Outcome.GivenBack());
    }

    private void end(LiveAttempt attempt, Outcome outcome) {
        book.end(attempt, outcome);
        loop.signal();
    }

    /** Stops what the control plane should have stopped, had it been able to say so. */
    private void sweep() {
        long now = System.nanoTime();
        if (now - lastSweep >= SWEEP_NANOS) {
            lastSweep = now;
            book.live().stream()
                    .filter(attempt -> attempt.overdue(OVERDUE_GRACE))
                    .forEach(attempt -> stop(attempt, AttemptRunner.OVERDUE));
        }
    }

    @Override
    public void lost(Loss loss) {
        book.lost();
        dropUnfinished();
        boolean complain = monitor.locked(() -> {
            boolean first = !complained;
            welcomed = false;
            complained = true;
            if (loss.kind() == Loss.Kind.REFUSED) {
                refusal = Optional.of(loss.reason());
            }
            return first;
        });
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
