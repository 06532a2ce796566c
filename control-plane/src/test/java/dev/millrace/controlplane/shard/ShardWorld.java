package dev.millrace.controlplane.shard;

import dev.millrace.controlplane.settings.Settings;
import dev.millrace.controlplane.store.Database;
import dev.millrace.controlplane.store.TestDatabase;
import dev.millrace.controlplane.tenancy.UuidV7;
import dev.millrace.controlplane.testing.Workflow;
import dev.millrace.engine.Command;
import dev.millrace.engine.Effect;
import dev.millrace.engine.Journal;
import dev.millrace.engine.Journal.JournalException;
import dev.millrace.engine.Payload;
import dev.millrace.engine.Priority;
import dev.millrace.engine.Reply;
import dev.millrace.engine.RunId;
import dev.millrace.engine.ServiceId;
import dev.millrace.engine.Snapshots;
import dev.millrace.engine.StartOutcome;
import dev.millrace.engine.TenantId;
import dev.millrace.engine.VersionRef;
import dev.millrace.engine.WorkerId;
import dev.millrace.engine.WorkerInfo;
import dev.millrace.manifest.Manifest;
import dev.millrace.manifest.ManifestJson;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.function.ToLongFunction;

/** A database with a tenant and a workflow of two steps, and instances of the shards over it that can be killed. */
final class ShardWorld implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Payload JSON = Payload.inline(new byte[] {'1'});

    final TestDatabase database = TestDatabase.create();
    final TenantId tenant = newTenant(0);
    final Manifest manifest;
    final VersionRef version;
    private final ServiceId service = new ServiceId(UuidV7.next());
    private final List<Instance> opened = new ArrayList<>();

    ShardWorld() {
        this(Workflow.chain("orders", "charge", "ship"));
    }

    /** With this workflow, of the name orders, instead. */
    ShardWorld(Manifest manifest) {
        this.manifest = manifest;
        this.version = new VersionRef("orders", manifest.hash());
        database.execute("INSERT INTO core.service VALUES ('" + tenant + "', '" + service + "', 'orders', now())");
        database.execute("INSERT INTO core.workflow VALUES ('" + tenant + "', 'orders', '" + service + "', 0, '"
                + version.hash() + "', now())");
        store(version, manifest);
    }

    TenantId newTenant(int shard) {
        var id = new TenantId(UuidV7.next());
        database.execute("INSERT INTO core.tenant VALUES ('" + id + "', 'tenant-" + id + "', " + shard + ", now())");
        return id;
    }

    void store(VersionRef version, Manifest manifest) {
        database.execute("INSERT INTO core.version VALUES ('" + tenant + "', 'orders', '" + version.hash()
                + "', '', convert_to('" + ManifestJson.write(manifest).replace("'", "''") + "', 'UTF8'), now())");
    }

    /** Projects as soon as it can, so that a test sees rows soon. */
    static Settings.Projection eager() {
        return new Settings.Projection(Duration.ofMillis(1), Duration.ZERO, 1, 1_000_000);
    }

    /** Projects nothing while a test lasts. */
    static Settings.Projection never() {
        return new Settings.Projection(Duration.ofHours(1), Duration.ofHours(1), 1_000_000, 1_000_000);
    }

    static Settings settings(Settings.Projection projection) {
        return settings(Settings.DEFAULT.engine(), projection);
    }

    static Settings settings(Settings.Engine engine, Settings.Projection projection) {
        return settings(engine, Settings.DEFAULT.residence(), projection);
    }

    static Settings settings(Settings.Engine engine, Settings.Residence residence, Settings.Projection projection) {
        var defaults = Settings.DEFAULT;
        return new Settings(
                false,
                defaults.dataDir(),
                defaults.tokenFile(),
                4,
                defaults.http(),
                defaults.grpc(),
                defaults.grpcAddress(),
                defaults.metricsToken(),
                defaults.drainTime(),
                defaults.database(),
                engine,
                residence,
                projection,
                defaults.retention(),
                defaults.events(),
                defaults.secrets());
    }

    /** One process that serves shards, with connections of its own. */
    final class Instance implements AutoCloseable {
        final ShardService shards;
        private final UUID id = UUID.randomUUID();
        private final Database connections = database.anotherInstance();
        private final Cut cut;
        private boolean closed;

        Instance(Settings settings) {
            this(settings, false);
        }

        private Instance(Settings settings, boolean memory) {
            var plans = new Plans();
            cut = new Cut(
                    memory
                            ? new MemoryStorage(connections, plans)
                            : new PostgresStorage(connections, id, settings, plans));
            shards = new ShardService(cut, new Catalog(connections.owner()), plans, id, settings, Clock.systemUTC());
            shards.start();
            opened.add(this);
        }

        Instance serving() {
            shards.awaitFirstRecovery(PATIENCE);
            return this;
        }

        /** From now on it reaches the database no more, and the database knows: as if the process were gone. */
        void kill() {
            cut.cut();
        }

        /** As if it had not been heard of for longer than its leases last, although it lives. */
        void endLeases() {
            database.execute("UPDATE core.shard SET expires_at = '-infinity' WHERE owner = '" + id + "'");
        }

        // ---- asking ----

        Reply ask(LongFunction<? extends Command> command) throws Exception {
            return eventually(shards.ask(tenant, command, PATIENCE).toCompletableFuture());
        }

        List<RunId> start(int count) throws Exception {
            return started(eventually(startLater(UUID.randomUUID(), count, run -> 0L)));
        }

        CompletableFuture<Reply> startLater(UUID request, int count, ToLongFunction<RunId> follow) {
            return shards.ask(tenant, number -> starts(number, request, false, count, follow), PATIENCE)
                    .toCompletableFuture();
        }

        void follow(RunId run, Consumer<Reply> listener) {
            long replyTo = shards.listen(tenant, listener);
            shards.tell(tenant, new Command.FollowRun(replyTo, tenant, run));
        }

        Command.StartRuns starts(
                long number, UUID request, boolean mayBeKnown, int count, ToLongFunction<RunId> follow) {
            var runs = new ArrayList<Command.RunStart>();
            for (int i = 0; i < count; i++) {
                var run = new RunId(UuidV7.next());
                runs.add(new Command.RunStart(
                        run,
                        version,
                        JSON,
                        Optional.empty(),
                        "",
                        Priority.NORMAL,
                        Map.of(),
                        Optional.empty(),
                        follow.applyAsLong(run)));
            }
            return new Command.StartRuns(number, tenant, request, mayBeKnown, runs);
        }

        /** One run of another tenant and workflow. */
        Command.StartRuns starts(long number, TenantId tenant, VersionRef version) {
            var start = new Command.RunStart(
                    new RunId(UuidV7.next()),
                    version,
                    JSON,
                    Optional.empty(),
                    "",
                    Priority.NORMAL,
                    Map.of(),
                    Optional.empty(),
                    0);
            return new Command.StartRuns(number, tenant, UUID.randomUUID(), false, List.of(start));
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                shards.close();
                connections.close();
            }
        }
    }

    Instance instance(Settings.Projection projection) {
        return new Instance(settings(projection));
    }

    /** One that keeps its runs in memory. */
    Instance inMemory(Settings.Projection projection) {
        return new Instance(settings(projection), true);
    }

    static <T> T eventually(CompletableFuture<T> future) throws Exception {
        return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    static List<RunId> started(Reply reply) {
        return ((Reply.RunsStarted) reply)
                .outcomes().stream()
                        .map(outcome -> ((StartOutcome.Started) outcome).run())
                        .toList();
    }

    /** A worker that does at once what it is told, and remembers everything. */
    static final class Worker {
        final List<Effect> effects = new CopyOnWriteArrayList<>();
        private final Instance instance;
        private final TenantId tenant;
        private final boolean works;
        private final AtomicLong sequence = new AtomicLong();
        final long session;

        Worker(ShardWorld world, Instance instance, boolean works) {
            this.instance = instance;
            this.tenant = world.tenant;
            this.works = works;
            this.session = instance.shards.openWorker(
                    tenant,
                    new WorkerInfo(new WorkerId(UUID.randomUUID()), "worker", 1_000, Map.of(), List.of(world.version)),
                    List.of(),
                    this::take);
        }

        private void take(List<Effect> batch) {
            effects.addAll(batch);
            if (works) {
                var completions = new ArrayList<Command.Completion>();
                for (var effect : batch) {
                    if (effect instanceof Effect.Assign assign) {
                        completions.add(new Command.Completion(
                                sequence.incrementAndGet(),
                                assign.assignment().attempt(),
                                new Command.Outcome.Success(JSON, -1)));
                    }
                }
                if (!completions.isEmpty()) {
                    instance.shards.tell(
                            tenant,
                            new Command.WorkerSays(
                                    firstAssign(batch).session(),
                                    completions.stream()
                                            .map(Command.Completion::attempt)
                                            .toList(),
                                    completions,
                                    List.of(),
                                    false));
                }
            }
        }

        private static Effect.Assign firstAssign(List<Effect> batch) {
            return batch.stream()
                    .filter(Effect.Assign.class::isInstance)
                    .map(Effect.Assign.class::cast)
                    .findFirst()
                    .orElseThrow();
        }

        <T extends Effect> List<T> got(Class<T> kind) {
            return effects.stream().filter(kind::isInstance).map(kind::cast).toList();
        }
    }

    @Override
    public void close() {
        for (var instance : opened) {
            instance.close();
        }
        database.close();
    }

    /** A storage that can be cut off for good. */
    private static final class Cut implements Storage {
        private final Storage whole;
        private volatile boolean cut;

        Cut(Storage whole) {
            this.whole = whole;
        }

        void cut() {
            cut = true;
            whole.close();
        }

        private void check() {
            if (cut) {
                throw new JournalException("The database cannot be reached.", null);
            }
        }

        @Override
        public Journal journal() {
            check();
            return whole.journal();
        }

        @Override
        public Snapshots snapshots() {
            // The loader keeps what it gets at the start; its questions fail by themselves once the others are cut.
            return whole.snapshots();
        }

        @Override
        public List<Effect.Awaits> awaits(int shard) {
            check();
            return whole.awaits(shard);
        }

        @Override
        public Instant renew(Map<Integer, Long> epochs) {
            check();
            return whole.renew(epochs);
        }

        @Override
        public double fill() {
            return whole.fill();
        }

        @Override
        public int setAside() {
            return whole.setAside();
        }

        @Override
        public void sweep() {
            if (!cut) {
                whole.sweep();
            }
        }

        @Override
        public void tidy() {
            if (!cut) {
                whole.tidy();
            }
        }

        @Override
        public void close() {
            whole.close();
        }
    }

    /** Collects replies. */
    static final class Replies implements Consumer<Reply> {
        final List<Reply> all = new CopyOnWriteArrayList<>();

        @Override
        public void accept(Reply reply) {
            all.add(reply);
        }
    }
}
