package dev.millrace.worker;

import dev.millrace.codec.Codec;
import dev.millrace.connection.AccessRefusedException;
import dev.millrace.connection.ControlPlane;
import dev.millrace.connection.MillraceException;
import dev.millrace.connection.Pace;
import dev.millrace.connection.Uuids;
import dev.millrace.manifest.Names;
import dev.millrace.worker.items.ItemStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Settings of a worker, then the worker: {@code millrace.worker(new OrderFulfilment(…)).slots(20).start()}. For one thread. */
public final class WorkerBuilder {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerBuilder.class);

    /** How many attempts a worker takes at a time unless it is told. */
    static final int DEFAULT_SLOTS = 100;

    /** How long running attempts may go on when a worker is closed, unless it is told; within what orchestrators grant. */
    static final Duration DEFAULT_DRAIN = Duration.ofSeconds(20);

    /** How long {@link #start} waits for the control plane before it leaves the rest to the background. */
    static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final int MOST_SLOTS = 100_000;
    private static final int MOST_KINDS = 16;

    private final ControlPlane controlPlane;
    private final Codec codec;
    private final List<Object> workflows;
    private final Map<String, String> labels = new LinkedHashMap<>();
    private int slots = DEFAULT_SLOTS;
    private final Map<String, Integer> slotKinds = new LinkedHashMap<>();
    private Duration drainTimeout = DEFAULT_DRAIN;
    private Optional<String> name = Optional.empty();
    private Optional<String> buildId = Optional.empty();
    private Optional<DataSource> database = Optional.empty();
    private Pace pace = Pace.DEFAULT;
    private final Consumer<Worker> started;

    /**
     * Not for applications; they call {@code Millrace.worker}.
     *
     * @param started is told of each worker when it has started, so that somebody closes it
     */
    public WorkerBuilder(ControlPlane controlPlane, Codec codec, Consumer<Worker> started, Object... workflows) {
        this.controlPlane = controlPlane;
        this.codec = codec;
        this.started = started;
        this.workflows = List.of(workflows);
    }

    /**
     * How many attempts may run here at a time; a step may take more than one slot. Default: 100, which suits steps that wait
     * for others. For steps that compute, take the number of processors.
     *
     * @param slots 1 to 100,000
     */
    public WorkerBuilder slots(int slots) {
        if (slots < 1 || slots > MOST_SLOTS) {
            throw new IllegalArgumentException(
                    "A worker has 1 to " + MOST_SLOTS + " slots, but is given " + slots + ".");
        }
        this.slots = slots;
        return this;
    }

    /**
     * Slots of a kind that has a name, beside the others, for something of which this worker has only so much:
     * {@code slots("gpu", 2)}. Steps with {@code @Step(slotKind = "gpu")} take these and no others.
     *
     * @param kind 1 to 128 letters, digits, {@code .}, {@code _}, {@code :} or {@code -}; at most 16 kinds
     * @param slots 1 to 100,000
     */
    public WorkerBuilder slots(String kind, int slots) {
        if (!Names.isName(kind)) {
            throw new IllegalArgumentException(
                    "'" + kind + "' is no name for a kind of slots: it has 1 to 128 letters, digits,"
                            + " '.', '_', ':' or '-', and begins with a letter or a digit.");
        }
        if (slots < 1 || slots > MOST_SLOTS) {
            throw new IllegalArgumentException("A worker has 1 to " + MOST_SLOTS + " slots of a kind, but is given "
                    + slots + " of '" + kind + "'.");
        }
        if (!slotKinds.containsKey(kind) && slotKinds.size() == MOST_KINDS) {
            throw new IllegalArgumentException(
                    "A worker has slots of at most " + MOST_KINDS + " kinds, and '" + kind + "' is one more.");
        }
        slotKinds.put(kind, slots);
        return this;
    }

    /** Something about this worker that people and, later, steps may ask for: {@code label("region", "eu")}. */
    public WorkerBuilder label(String name, String value) {
        labels.put(name, value);
        return this;
    }

    /** Several labels at once. */
    public WorkerBuilder labels(Map<String, String> labels) {
        this.labels.putAll(labels);
        return this;
    }

    /** What people see of this worker. Default: host and process. */
    public WorkerBuilder name(String name) {
        this.name = Optional.of(name);
        return this;
    }

    /** Names the build of the application's code. Default: a hash of each workflow's class. */
    public WorkerBuilder buildId(String buildId) {
        this.buildId = Optional.of(buildId);
        return this;
    }

    /** How long running attempts may go on when the worker is closed. Default: 20 seconds. */
    public WorkerBuilder drainTimeout(Duration timeout) {
        if (timeout.isNegative()) {
            throw new IllegalArgumentException("A drain timeout cannot be negative, but is " + timeout + ".");
        }
        this.drainTimeout = timeout;
        return this;
    }

    /**
     * The database in which {@code TRANSACTIONAL} steps commit: a pool of connections to the application's own PostgreSQL, the same
     * database for all workers that serve these workflows. Each running attempt of such a step takes one connection. A table {@code
     * millrace_completion} is made there if it is missing; its rows are deleted after 90 days.
     */
    public WorkerBuilder transactions(DataSource database) {
        this.database = Optional.of(database);
        return this;
    }

    /** For tests. */
    WorkerBuilder pace(Pace pace) {
        this.pace = pace;
        return this;
    }

    /**
     * Sends the manifests that the control plane does not have, offers the slots, and begins to work. Returns when the control
     * plane has welcomed the worker; if it cannot be reached within 10 seconds, returns all the same and goes on trying.
     *
     * @throws MissingBindingException if the annotation processor has not seen one of the classes
     * @throws AccessRefusedException if the token is refused or may not do this
     * @throws MillraceException if the control plane refuses a manifest or the worker; {@code DATABASE_MISSING} and {@code
     *     TRANSACTIONS_UNUSABLE} if there are transactional steps and no database for them
     */
    public Worker start() {
        var served = Workflows.of(workflows, buildId, Clock.systemUTC());
        var completions = Workflows.completions(served, database);
        var settings = new WorkerSettings(
                new Uuids().next(),
                name.orElseGet(WorkerBuilder::process),
                sdk(),
                slots,
                slotKinds,
                labels,
                drainTimeout,
                pace);
        var threads = StepThreads.best();
        LOG.debug("Steps run on {} threads.", threads.virtual() ? "virtual" : "platform");
        var book = new AttemptBook();
        var items = new ItemStream(controlPlane, pace, settings.id());
        var stream = new WorkerStream(
                controlPlane,
                settings,
                served,
                new AttemptRunner(served, codec, threads.executor(), completions, controlPlane.currentRun(), items),
                book,
                threads);
        var worker = new Worker(stream, items, book, settings);
        worker.start();
        boolean answered = stream.awaitAnswer(PATIENCE);
        var refusal = stream.refusal();
        if (refusal.isPresent()) {
            worker.close(Duration.ZERO);
            throw refused(refusal.get());
        }
        if (!answered) {
            LOG.warn(
                    "The control plane at {} has not answered within {} s. The worker goes on trying in the"
                            + " background.",
                    controlPlane.url(),
                    PATIENCE.toSeconds());
        }
        started.accept(worker);
        return worker;
    }

    /** With the stack of the caller. */
    private static MillraceException refused(MillraceException refusal) {
        return refusal instanceof AccessRefusedException
                ? new AccessRefusedException(refusal.code(), refusal.getMessage())
                : new MillraceException(refusal.code(), refusal.getMessage(), refusal);
    }

    private static String process() {
        return host() + "/" + ProcessHandle.current().pid();
    }

    private static String host() {
        String told = Optional.ofNullable(System.getenv("HOSTNAME")).orElse("");
        if (!told.isBlank()) {
            return told;
        }
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "unknown-host";
        }
    }

    private static String sdk() {
        return "millrace-java/"
                + Optional.ofNullable(WorkerBuilder.class.getPackage().getImplementationVersion())
                        .orElse("development");
    }
}
