package dev.millrace.controlplane.settings;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Everything that can be set, typed. Names are {@code millrace.} and the path of components, in kebab case: {@code
 * millrace.database.url}. An environment variable is the same in upper case: {@code MILLRACE_DATABASE_URL}.
 *
 * @param memory keep runs in memory only; everything is lost when the server stops
 * @param dataDir where the server keeps its files: the embedded database, the token for the command line, its addresses
 * @param tokenFile where the token for the command line is written
 * @param shards how many shares the tenants are divided into; only ever read when a database is new
 * @param grpcAddress where clients reach the gRPC server, when that is not the host of the REST API and the port it listens on
 * @param metricsToken what a scraper of {@code GET /metrics} presents; without it there are no metrics to read
 * @param drainTime how long open streams have to go elsewhere when the server stops
 */
public record Settings(
        boolean memory,
        Path dataDir,
        Path tokenFile,
        int shards,
        Address http,
        Address grpc,
        Optional<String> grpcAddress,
        Secret metricsToken,
        Duration drainTime,
        Database database,
        Engine engine,
        Residence residence,
        Projection projection,
        Retention retention,
        Events events,
        Secrets secrets) {

    /** What holds when nobody says anything. */
    public static final Settings DEFAULT = new Settings(
            false,
            Path.of("millrace-data"),
            Path.of("millrace-data", "token"),
            16,
            new Address("127.0.0.1", 8080),
            new Address("127.0.0.1", 7701),
            Optional.empty(),
            new Secret(""),
            Duration.ofSeconds(3),
            Database.DEFAULT,
            Engine.DEFAULT,
            Residence.DEFAULT,
            Projection.DEFAULT,
            Retention.DEFAULT,
            Events.DEFAULT,
            Secrets.DEFAULT);

    /**
     * Where a server listens.
     *
     * @param port 0 for any free one
     */
    public record Address(String host, int port) {}

    /**
     * The database.
     *
     * @param url of an external PostgreSQL, as {@code jdbc:postgresql://host:port/name}; without it an embedded one runs
     * @param reachWithin how long to try at the start until an external database can be reached
     * @param connections how many connections requests may use at the same time
     * @param binaries where the embedded database's programs are unpacked; shared by all servers of a machine's user
     * @param sharedBuffers memory of the embedded database, as PostgreSQL writes it
     */
    public record Database(
            Optional<String> url,
            String user,
            Secret password,
            Duration reachWithin,
            int connections,
            Path binaries,
            String sharedBuffers) {
        static final Database DEFAULT = new Database(
                Optional.empty(),
                "millrace",
                new Secret(""),
                Duration.ofSeconds(30),
                8,
                Path.of(System.getProperty("user.home"), ".cache", "millrace", "postgres"),
                "256MB");
    }

    /**
     * The loop around the engine.
     *
     * @param leaseTime how long a shard belongs to an owner that nobody hears of
     * @param renewEvery how often an owner that commits nothing renews its lease
     * @param maxQueued how many commands may wait; starts beyond it are refused
     * @param maxQueuedBytes how many bytes the waiting commands may hold
     * @param tenantShare how many percent of both one tenant may have
     * @param journalTable how many bytes go into one table of the journal before the next one is taken
     */
    public record Engine(
            Duration leaseTime,
            Duration renewEvery,
            int maxQueued,
            long maxQueuedBytes,
            int tenantShare,
            long journalTable) {
        /** With a bound on the bytes that commands may hold, for a heap of so many bytes: a quarter of it. */
        public Engine within(long heap) {
            return new Engine(
                    leaseTime, renewEvery, maxQueued, Math.min(maxQueuedBytes, heap / 4), tenantShare, journalTable);
        }

        static final Engine DEFAULT =
                new Engine(Duration.ofSeconds(4), Duration.ofSeconds(1), 100_000, 256L << 20, 50, 64L << 20);
    }

    /**
     * How much of what waits is in memory.
     *
     * @param readyTasks how many ready tasks all queues together keep in memory, each its oldest; 0 for one per 12 kB of heap
     * @param runs at so many runs in memory starts wait until others have been put out of it; 0 for one per 6 kB of heap
     * @param payloadBytes at so many bytes of inputs, results and checkpoints in memory starts wait too; 0 for a quarter of the heap
     */
    public record Residence(int readyTasks, int runs, long payloadBytes) {
        static final Residence DEFAULT = new Residence(0, 0, 0);
        private static final int HEAP_PER_READY_TASK = 12 << 10;
        /** A run that has ended and is being projected takes twice what one that is queued does. */
        private static final int HEAP_PER_RUN = 6 << 10;

        private static final int MOST_READY_TASKS = 200_000;
        private static final int MOST_RUNS = 2_000_000;

        /** With numbers in the place of zeros, for a heap of so many bytes. */
        public Residence within(long heap) {
            return new Residence(
                    readyTasks > 0 ? readyTasks : (int) Math.min(MOST_READY_TASKS, heap / HEAP_PER_READY_TASK),
                    runs > 0 ? runs : (int) Math.min(MOST_RUNS, heap / HEAP_PER_RUN),
                    payloadBytes > 0 ? payloadBytes : heap / 4);
        }
    }

    /**
     * How the tables that are derived from the journal are kept up to date.
     *
     * @param every how long after a pass the next one begins, under load
     * @param idle after so much time without a command a pass begins at once
     * @param maxChanges a pass begins at the latest when so many changes wait; 0 for one per 16 kB of heap
     * @param maxLag beyond so many changes that are not projected yet, starts are held back, and queued runs are not read back into
     *     memory; 0 for one per 4 kB of heap
     */
    public record Projection(Duration every, Duration idle, int maxChanges, int maxLag) {
        static final Projection DEFAULT = new Projection(Duration.ofMillis(400), Duration.ofMillis(20), 0, 0);
        private static final int HEAP_PER_CHANGE_OF_A_PASS = 16 << 10;
        private static final int HEAP_PER_CHANGE_THAT_WAITS = 4 << 10;
        private static final int MOST_CHANGES_OF_A_PASS = 40_000;
        private static final int MOST_CHANGES_THAT_WAIT = 400_000;

        /**
         * With numbers in the place of zeros, for a heap of so many bytes: what waits for a pass is in memory until then, and
         * once more, as images and rows, while the pass writes it.
         */
        public Projection within(long heap) {
            return new Projection(
                    every,
                    idle,
                    maxChanges > 0
                            ? maxChanges
                            : (int) Math.min(MOST_CHANGES_OF_A_PASS, heap / HEAP_PER_CHANGE_OF_A_PASS),
                    maxLag > 0 ? maxLag : (int) Math.min(MOST_CHANGES_THAT_WAIT, heap / HEAP_PER_CHANGE_THAT_WAITS));
        }
    }

    /**
     * How many events a tenant may publish at one instance.
     *
     * @param perSecond in the long run
     * @param burst at once, after it has published none for a while
     */
    public record Events(int perSecond, int burst) {
        static final Events DEFAULT = new Events(100_000, 200_000);
    }

    /**
     * How long things are kept.
     *
     * @param runs runs that have ended, from their creation on; they go by whole days, and a day stays while one of its runs goes on
     * @param lightRuns the same for runs of light workflows
     * @param idempotencyKeys how long a key of a start is remembered; the same key starts another run afterwards
     * @param requestIds how long a request is remembered, so that it is not carried out twice when it is sent again
     * @param events published events, by whole days; a day stays while one of its events has not started all its runs
     * @param usage totals of what runs used, an hour each; they stay when the runs are gone, for ever if not given
     */
    public record Retention(
            Duration runs,
            Duration lightRuns,
            Duration idempotencyKeys,
            Duration requestIds,
            Duration events,
            Optional<Duration> usage) {
        static final Retention DEFAULT = new Retention(
                Duration.ofDays(90),
                Duration.ofDays(7),
                Duration.ofDays(30),
                Duration.ofDays(1),
                Duration.ofDays(30),
                Optional.empty());
    }

    /**
     * With what secrets of tenants are sealed in the database. All are 32 bytes in Base64.
     *
     * @param key empty for one of this server's own, in a file beside an embedded database
     * @param formerKeys open what was sealed before the key was changed
     */
    public record Secrets(Secret key, List<Secret> formerKeys) {
        static final Secrets DEFAULT = new Secrets(new Secret(""), List.of());

        public Secrets {
            formerKeys = List.copyOf(formerKeys);
        }
    }

    /** A text that is never printed. */
    public record Secret(String value) {
        @Override
        public String toString() {
            return value.isEmpty() ? "(none)" : "(hidden)";
        }
    }
}
