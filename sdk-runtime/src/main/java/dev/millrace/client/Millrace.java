package dev.millrace.client;

import dev.millrace.TypeRef;
import dev.millrace.binding.WorkflowRef;
import dev.millrace.codec.Codec;
import dev.millrace.codec.JacksonCodec;
import dev.millrace.connection.ControlPlane;
import dev.millrace.connection.Pace;
import dev.millrace.connection.Secret;
import dev.millrace.connection.Settings;
import dev.millrace.connection.SettingsException;
import dev.millrace.connection.TaskPool;
import dev.millrace.rest.RestClient;
import dev.millrace.worker.Worker;
import dev.millrace.worker.WorkerBuilder;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;

/**
 * A connection to a control plane: make one per process, keep it, close it at the end.
 *
 * <pre>{@code
 * try (var millrace = Millrace.connect()) {
 *   millrace.worker(new OrderFulfilment(payments)).start();
 *   Receipt receipt = new OrderFulfilmentClient(millrace).run(order);
 * }
 * }</pre>
 *
 * <p>Nothing is opened before it is needed, and what breaks is opened again: the control plane may start later than your
 * process, and restart at any time. Safe for use by many threads.
 */
public final class Millrace implements AutoCloseable {
    private final ControlPlane controlPlane;
    private final RunAccess access;
    private final Semaphore room = new Semaphore(WorkflowClient.MOST_KIB_UNDER_WAY, true);
    private final RestClient rest;
    private final TaskPool callbacks = TaskPool.named("millrace-callback-");
    private final List<Worker> workers = new CopyOnWriteArrayList<>();

    private Millrace(Settings settings, Builder builder) {
        this.controlPlane = new ControlPlane(settings);
        this.rest = controlPlane.rest(Duration.ofSeconds(90));
        this.access = new RunAccess(
                controlPlane,
                new RunStream(controlPlane, builder.pace),
                builder.codec,
                callbacks,
                builder.answerTimeout,
                builder.resultTimeout);
    }

    /**
     * Connects as the environment says: {@code MILLRACE_URL}, {@code MILLRACE_TOKEN} (or {@code MILLRACE_TOKEN_FILE}) and,
     * rarely, {@code MILLRACE_GRPC_ADDRESS}. Without {@code MILLRACE_URL}, the control plane of {@code millrace dev} is
     * used if one is running for this directory or one above it.
     *
     * @throws SettingsException if the settings are not enough or wrong; it lists everything that is
     */
    public static Millrace connect() {
        return builder().connect();
    }

    /** Connects with settings from code; what is not given comes from the environment, as for {@link #connect()}. */
    public static Builder builder() {
        return new Builder();
    }

    /** A client that starts runs of a workflow; what generated clients are made of. */
    public <I, R> WorkflowClient<I, R> workflow(WorkflowRef<I, R> workflow) {
        return new WorkflowClient<>(access, workflow, room);
    }

    /**
     * A client that starts runs of a workflow by its name, for code that has not got its generated client: nothing checks
     * the types before the control plane does.
     */
    public <I, R> WorkflowClient<I, R> workflow(String name, Class<I> input, Class<R> result) {
        return workflow(new WorkflowRef<>(name, "", TypeRef.of(input), TypeRef.of(result)));
    }

    /**
     * Offers to run the steps of workflows in this process: {@code millrace.worker(new OrderFulfilment(…)).slots(20).start()}.
     *
     * @param workflows objects of annotated classes; each serves all its steps, from many threads
     */
    public WorkerBuilder worker(Object... workflows) {
        return new WorkerBuilder(controlPlane, access.codec(), workers::add, workflows);
    }

    /** Publishes events, which start the runs that ask for them. */
    public Events events() {
        return new Events(controlPlane, access.codec(), access.answerTimeout());
    }

    /** The REST API, for everything else: {@code new RunsApi(millrace.rest()).listRuns()}. Closed with this connection. */
    public RestClient rest() {
        return rest;
    }

    /**
     * Closes the connection, and its workers first, all at a time: their attempts may go on as long as their drain timeouts
     * say. Runs go on in any case. Closing again does nothing.
     */
    @Override
    public void close() {
        workers.parallelStream().forEach(Worker::close);
        access.stream().close();
        callbacks.shutdown();
        rest.close();
        controlPlane.close();
    }

    /** Settings from code. For one thread. */
    public static final class Builder {
        private Optional<String> url = Optional.empty();
        private Optional<Secret> token = Optional.empty();
        private Optional<Path> tokenFile = Optional.empty();
        private Optional<String> grpcAddress = Optional.empty();
        private Codec codec = new JacksonCodec();
        private Duration answerTimeout = Duration.ofSeconds(30);
        private Duration resultTimeout = Duration.ofMinutes(5);
        private Pace pace = Pace.DEFAULT;

        private Builder() {}

        /** The address of the control plane's REST API, such as {@code http://127.0.0.1:7700}. */
        public Builder url(String url) {
            this.url = Optional.of(url);
            return this;
        }

        /** The address of the control plane's REST API. */
        public Builder url(URI url) {
            return url(url.toString());
        }

        /** The token of a service. It is never printed. */
        public Builder token(String token) {
            this.token = Optional.of(Secret.of(token));
            return this;
        }

        /** A file that holds the token and nothing else. */
        public Builder tokenFile(Path file) {
            this.tokenFile = Optional.of(file);
            return this;
        }

        /** Where the gRPC services are, as {@code host:port}. Default: where the REST API says. */
        public Builder grpcAddress(String address) {
            this.grpcAddress = Optional.of(address);
            return this;
        }

        /** How values become JSON. Default: {@link JacksonCodec}. */
        public Builder codec(Codec codec) {
            this.codec = codec;
            return this;
        }

        /**
         * How long to wait for an answer that the control plane could give at once: that a run is started, or cancelled.
         * Default: 30 seconds, which outlasts a restart of the control plane.
         */
        public Builder answerTimeout(Duration timeout) {
            this.answerTimeout = positive(timeout);
            return this;
        }

        /** How long {@code run} and {@code result} wait for a result where they are not told. Default: 5 minutes. */
        public Builder resultTimeout(Duration timeout) {
            this.resultTimeout = positive(timeout);
            return this;
        }

        /** For tests. */
        Builder pace(Pace pace) {
            this.pace = pace;
            return this;
        }

        /**
         * Connects.
         *
         * @throws SettingsException if the settings are not enough or wrong; it lists everything that is
         */
        public Millrace connect() {
            return connect(System.getenv(), Path.of(""));
        }

        Millrace connect(Map<String, String> environment, Path workingDirectory) {
            var given = new Settings.Given(url, token, tokenFile, grpcAddress);
            return new Millrace(Settings.of(given, environment, workingDirectory), this);
        }

        private static Duration positive(Duration timeout) {
            if (timeout.isNegative() || timeout.isZero()) {
                throw new IllegalArgumentException("A timeout must be positive, but is " + timeout + ".");
            }
            return timeout;
        }
    }
}
