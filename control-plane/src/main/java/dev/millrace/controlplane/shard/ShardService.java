package dev.millrace.controlplane.shard;

import dev.millrace.controlplane.errors.DatabaseException;
import dev.millrace.controlplane.settings.Settings;
import dev.millrace.engine.AttemptRef;
import dev.millrace.engine.Command;
import dev.millrace.engine.Effect;
import dev.millrace.engine.Journal.JournalException;
import dev.millrace.engine.Payload;
import dev.millrace.engine.Reply;
import dev.millrace.engine.RunId;
import dev.millrace.engine.RunImage;
import dev.millrace.engine.ServiceId;
import dev.millrace.engine.ShardSettings;
import dev.millrace.engine.TenantId;
import dev.millrace.engine.VersionRef;
import dev.millrace.engine.WorkerInfo;
import dev.millrace.manifest.Manifest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.LongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The shards of this instance with their threads. {@link #start} once, {@link #close} once. */
final class ShardService implements Shards, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ShardService.class);
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(20);
    private static final long EXPIRE_EVERY_MILLIS = 50;
    private static final Duration FIRST_SWEEP = Duration.ofMinutes(2);
    private static final Duration BETWEEN_SWEEPS = Duration.ofHours(1);
    private static final int COMMAND_BYTES = 200;
    /** Some seconds of short runs at full speed, and never more than a small share of the smallest heap. */
    private static final int ENDED_RUNS_KEPT = 50_000;

    private static final long ENDED_BYTES_KEPT = 32L << 20;

    private final Storage storage;
    private final Catalog catalog;
    private final Plans plans;
    private final int count;

    private final Inbox inbox;
    private final Waiting waiting = new Waiting();
    private final EndedRuns ended = new EndedRuns(ENDED_RUNS_KEPT, ENDED_BYTES_KEPT);
    private final ShardClock clock;
    private final Sessions sessions = new Sessions();
    private final Loader loader;
    private final Projector projector;
    private final Writer writer;
    private final Recovery recovery;
    private final CoreLoop core;
    private final Map<String, Thread> threads = new ConcurrentHashMap<>();
    private final ScheduledExecutorService scheduler;
    /** What may take its time. */
    private final ScheduledExecutorService sweeper;

    private final Map<TenantId, Integer> routes = new ConcurrentHashMap<>();
    /** What waits until it is known where its tenant lives. Guarded by itself. */
    private final Map<TenantId, List<Runnable>> unrouted = new HashMap<>();

    private final ShardMeters meters = new ShardMeters();
    private volatile boolean closing;

    /**
     * @param storage is closed with the service
     */
    ShardService(Storage storage, Catalog catalog, Plans plans, UUID instance, Settings settings, Clock machine) {
        this.storage = storage;
        this.catalog = catalog;
        this.plans = plans;
        this.count = catalog.shards(settings.shards());
        this.clock = new ShardClock(machine);
        var heap = Runtime.getRuntime().maxMemory();
        var residence = settings.residence().within(heap);
        var projection = settings.projection().within(heap);
        this.inbox = new Inbox(settings.engine().within(heap));
        this.loader = new Loader(storage.snapshots(), inbox, waiting, () -> lags(projection));
        this.projector = new Projector(storage, inbox, ended);
        this.writer = new Writer(
                storage,
                inbox,
                waiting,
                sessions,
                loader,
                projector,
                clock,
                meters,
                settings.engine().leaseTime(),
                settings.engine().renewEvery());
        this.recovery =
                new Recovery(storage, catalog, plans, inbox, clock, instance, shardSettings(residence), sessions);
        this.core =
                new CoreLoop(count, inbox, writer, recovery, waiting, sessions, clock, storage, projection, residence);
        this.scheduler = Executors.newSingleThreadScheduledExecutor(task -> daemon("shard-deadlines", task));
        this.sweeper = Executors.newSingleThreadScheduledExecutor(task -> daemon("shard-sweeper", task));
    }

    private boolean lags(Settings.Projection projection) {
        return core.lag() > projection.maxLag();
    }

    private static ShardSettings shardSettings(Settings.Residence residence) {
        var usual = ShardSettings.Residence.DEFAULT;
        return new ShardSettings(
                ShardSettings.DEFAULT.acceptLease(),
                ShardSettings.DEFAULT.reconnectGrace(),
                2 * residence.runs(),
                new ShardSettings.Residence(
                        residence.readyTasks(),
                        usual.leastPerLane(),
                        usual.perLoad(),
                        usual.nearby(),
                        residence.payloadBytes()));
    }

    private static Thread daemon(String name, Runnable task) {
        var thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    /** Starts the threads and begins to take the shards over. */
    void start() {
        routes.putAll(catalog.tenants());
        run("shard-core", core);
        run("shard-writer", writer);
        run("shard-projector", projector);
        run("shard-loader", loader);
        run("shard-recovery", recovery);
        scheduler.scheduleWithFixedDelay(
                waiting::expire, EXPIRE_EVERY_MILLIS, EXPIRE_EVERY_MILLIS, TimeUnit.MILLISECONDS);
        sweeper.scheduleWithFixedDelay(
                this::sweep, FIRST_SWEEP.toSeconds(), BETWEEN_SWEEPS.toSeconds(), TimeUnit.SECONDS);
        for (int number = 0; number < count; number++) {
            recovery.recover(number);
        }
    }

    /** An owner keeps the tables in order; who owns nothing has nothing to do. */
    private void sweep() {
        try {
            if (core.served() > 0) {
                storage.sweep();
            }
        } catch (RuntimeException e) {
            LOG.error("What is past its time could not be removed; it is tried again later.", e);
        }
    }

    private void run(String name, Runnable task) {
        var thread = daemon(name, task);
        threads.put(name, thread);
        thread.start();
    }

    /** Waits until every shard is served, or it is clear that another instance holds some. */
    void awaitFirstRecovery(Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        while (!ready() && recovery.failures() < 2 * count && System.nanoTime() - end < 0) {
            LockSupport.parkNanos(2_000_000);
        }
        if (ready()) {
            LOG.info("All {} shards are served.", count);
        } else {
            LOG.info("{} of {} shards are served so far; the others follow when they are free.", core.served(), count);
        }
    }

    @Override
    public boolean ready() {
        return !closing && core.served() == count;
    }

    @Override
    public void onQuestions(Consumer<Effect.DecideStep> listener) {
        sessions.onQuestions(listener);
    }

    @Override
    public Instant now() {
        return clock.now();
    }

    @Override
    public void onTaken(Runnable listener) {
        sessions.onTaken(listener);
    }

    @Override
    public void onGatherings(Consumer<Effect.GatherInput> listener) {
        sessions.onGatherings(listener);
    }

    @Override
    public void onAwaits(Consumer<Effect.Awaits> listener) {
        sessions.onAwaits(listener);
    }

    @Override
    public ShardFigures figures() {
        return meters.figures(inbox, core, sessions, projector, storage);
    }

    // ---- commands ----

    @Override
    public CompletionStage<Reply> ask(TenantId tenant, LongFunction<? extends Command> command, Duration deadline) {
        var answer = new CompletableFuture<Reply>();
        if (closing) {
            answer.completeExceptionally(
                    new ShardException("SHARD_UNAVAILABLE", "This instance is shutting down. Try again."));
            return answer;
        }
        long number = waiting.number();
        Command made = command.apply(number);
        if (made instanceof Command.ReplayRun replay) {
            ended.replayed(replay.run());
        }
        long bytes = bytes(made);
        route(
                tenant,
                shard -> {
                    waiting.ask(number, shard, answer, deadline);
                    offer(new Message.Ask(shard, tenant, made, OptionalLong.of(number), bytes))
                            .ifPresent(reason -> waiting.fail(number, "OVERLOADED", reason));
                },
                problem -> answer.completeExceptionally(problem));
        return answer;
    }

    @Override
    public long listen(TenantId tenant, Consumer<Reply> listener) {
        long number = waiting.number();
        route(
                tenant,
                shard -> waiting.follow(number, shard, listener),
                problem -> listener.accept(new Reply.Refused("UNAVAILABLE", problem.getMessage())));
        return number;
    }

    @Override
    public void forget(TenantId tenant, List<Long> replyTos) {
        replyTos.forEach(waiting::forget);
        tell(tenant, new Command.Unfollow(replyTos));
    }

    @Override
    public void tell(TenantId tenant, Command command) {
        if (command instanceof Command.DisconnectWorker disconnect) {
            sessions.remove(disconnect.session());
        }
        if (command instanceof Command.FollowRun follow && isAnswered(follow)) {
            return;
        }
        long bytes = bytes(command);
        route(
                tenant,
                shard -> {
                    offer(new Message.Ask(shard, tenant, command, OptionalLong.empty(), bytes))
                            .ifPresent(reason -> refuse(command, "OVERLOADED", reason));
                },
                problem -> refuse(command, "UNAVAILABLE", problem.getMessage()));
    }

    /** @return why it was refused; empty when it waits now */
    private Optional<String> offer(Message.Ask ask) {
        var refusal = inbox.offer(ask);
        refusal.ifPresent(reason -> meters.refused(ask.tenant()));
        return refusal;
    }

    /** Answers who follows a run that has just ended. Its end is stored and final, so nothing needs to be decided. */
    private boolean isAnswered(Command.FollowRun follow) {
        var end = ended.find(follow.tenant(), follow.run());
        end.ifPresent(image -> waiting.reply(follow.replyTo(), new Reply.RunEnded(image)));
        return end.isPresent();
    }

    /** A command that was told, not asked, can be refused only to a follower whom it names. */
    private void refuse(Command command, String code, String message) {
        if (command instanceof Command.FollowRun follow) {
            waiting.reply(follow.replyTo(), new Reply.Refused(code, message));
        } else if (command instanceof Command.AwaitAnswer await) {
            waiting.reply(await.replyTo(), new Reply.Refused(code, message));
        } else {
            LOG.warn("A {} is dropped: {}", command.getClass().getSimpleName(), message);
        }
    }

    @Override
    public long openWorker(
            TenantId tenant, WorkerInfo worker, List<AttemptRef> running, Consumer<List<Effect>> effects) {
        long session = sessions.number();
        var connect = new Command.ConnectWorker(session, tenant, worker, running);
        route(
                tenant,
                shard -> {
                    sessions.add(session, shard, effects);
                    inbox.offer(new Message.Ask(shard, tenant, connect, OptionalLong.empty(), COMMAND_BYTES));
                },
                problem -> scheduler.execute(() -> effects.accept(
                        List.of(new Effect.CloseWorker(session, problem.code(), problem.getMessage())))));
        return session;
    }

    @Override
    public void define(TenantId tenant, ServiceId service, VersionRef version, Manifest manifest) {
        var define = new Command.DefineVersion(tenant, service, version, manifest);
        plans.add(define);
        tell(tenant, define);
    }

    /** One at a time, so that the shard is never told of older settings after newer ones. */
    @Override
    public synchronized void configured(TenantId tenant) {
        tell(tenant, new Command.ConfigChanged(tenant, catalog.config(tenant)));
    }

    @Override
    public List<RunImage> generations(TenantId tenant, RunId run, int before) {
        return storage.snapshots().generations(tenant, run, before);
    }

    // ---- where tenants live ----

    /** Does it where the tenant lives; for a tenant that is new here once the database has said where that is, in order. */
    private void route(TenantId tenant, IntConsumer act, Consumer<ShardException> otherwise) {
        var shard = routes.get(tenant);
        if (shard != null) {
            act.accept(shard);
            return;
        }
        boolean ask;
        synchronized (unrouted) {
            var known = routes.get(tenant);
            ask = known == null && !unrouted.containsKey(tenant);
            if (known == null) {
                unrouted.computeIfAbsent(tenant, any -> new ArrayList<>()).add(() -> routed(tenant, act, otherwise));
            }
            shard = known;
        }
        if (shard != null) {
            act.accept(shard);
        } else if (ask) {
            scheduler.execute(() -> look(tenant));
        }
    }

    private void routed(TenantId tenant, IntConsumer act, Consumer<ShardException> otherwise) {
        var shard = routes.get(tenant);
        if (shard == null) {
            otherwise.accept(new ShardException(
                    "SHARD_UNAVAILABLE", "It is not known here where tenant " + tenant + " lives. Try again."));
        } else {
            act.accept(shard);
        }
    }

    private void look(TenantId tenant) {
        try {
            catalog.shardOf(tenant).ifPresent(shard -> {
                if (shard < count) {
                    // Versions that were stored before its shard was recovered are known there; later ones are told.
                    catalog.versions(shard).stream()
                            .filter(define -> define.tenant().equals(tenant))
                            .forEach(define -> {
                                plans.add(define);
                                inbox.offer(
                                        new Message.Ask(shard, tenant, define, OptionalLong.empty(), COMMAND_BYTES));
                            });
                    var config = new Command.ConfigChanged(tenant, catalog.config(tenant));
                    inbox.offer(new Message.Ask(shard, tenant, config, OptionalLong.empty(), COMMAND_BYTES));
                    routes.put(tenant, shard);
                }
            });
        } catch (DatabaseException e) {
            LOG.warn("Where tenant {} lives could not be asked: {}", tenant, e.getMessage());
        }
        List<Runnable> held;
        synchronized (unrouted) {
            held = unrouted.remove(tenant);
        }
        held.forEach(Runnable::run);
    }

    /** About how much memory a command holds while it waits. */
    private static long bytes(Command command) {
        long bytes = COMMAND_BYTES;
        if (command instanceof Command.StartRuns start) {
            for (var run : start.runs()) {
                bytes += COMMAND_BYTES + inline(run.input());
            }
        } else if (command instanceof Command.WorkerSays says) {
            bytes += (long) COMMAND_BYTES
                    * (says.accepted().size() + says.completions().size());
            for (var completion : says.completions()) {
                if (completion.outcome() instanceof Command.Outcome.Success success) {
                    bytes += inline(success.result());
                }
            }
        }
        if (command instanceof Command.SendSignal send) {
            bytes += inline(send.signal().payload());
        }
        return bytes;
    }

    private static long inline(Payload payload) {
        return payload.data().length;
    }

    // ---- the end ----

    /** Decides what is there, stores it, writes the images, and gives the shards up so that the next owner need not wait. */
    @Override
    public void close() {
        closing = true;
        inbox.put(new Message.Stop());
        boolean done = join("shard-core", CLOSE_LIMIT);
        if (!done) {
            LOG.warn(
                    "The shards did not come to rest within {} s; what is not projected is recovered at the next start.",
                    CLOSE_LIMIT.toSeconds());
        }
        writer.stop();
        join("shard-writer", CLOSE_LIMIT);
        recovery.stop();
        projector.stop();
        loader.stop();
        for (var name : List.of("shard-recovery", "shard-projector", "shard-loader")) {
            threads.get(name).interrupt();
            join(name, CLOSE_LIMIT);
        }
        scheduler.shutdown();
        sweeper.shutdownNow();
        for (var shard : writer.owned()) {
            try {
                storage.journal().release(shard.number, shard.epoch);
            } catch (JournalException e) {
                LOG.warn("{}", e.getMessage());
            }
        }
        storage.close();
        LOG.info("The shards are stored and released.");
    }

    private boolean join(String name, Duration limit) {
        try {
            var thread = threads.get(name);
            thread.join(limit.toMillis());
            return !thread.isAlive();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
