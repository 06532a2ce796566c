package dev.millrace.controlplane.testing;

import dev.millrace.controlplane.shard.Shards;
import dev.millrace.engine.AttemptRef;
import dev.millrace.engine.Batch;
import dev.millrace.engine.Command;
import dev.millrace.engine.Effect;
import dev.millrace.engine.Journal;
import dev.millrace.engine.Reply;
import dev.millrace.engine.ServiceId;
import dev.millrace.engine.Shard;
import dev.millrace.engine.ShardSettings;
import dev.millrace.engine.Snapshots;
import dev.millrace.engine.TenantId;
import dev.millrace.engine.VersionRef;
import dev.millrace.engine.WorkerInfo;
import dev.millrace.engine.memory.InMemoryJournal;
import dev.millrace.engine.memory.InMemorySnapshots;
import dev.millrace.manifest.Manifest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongFunction;

/** The real core over the journal in memory, with one thread: the shards without their database, for tests of the doors. */
public final class MemoryShards implements Shards, AutoCloseable {
    private final ScheduledExecutorService loop = Executors.newSingleThreadScheduledExecutor();
    private final Shard shard = new Shard(0, ShardSettings.DEFAULT);
    private final InMemoryJournal journal = new InMemoryJournal();
    private final Snapshots snapshots = new InMemorySnapshots(journal);
    private final Map<Long, Consumer<Reply>> listeners = new ConcurrentHashMap<>();
    private final Map<Long, Consumer<List<Effect>>> workers = new ConcurrentHashMap<>();
    private final AtomicLong numbers = new AtomicLong();
    private final Journal.Opened opened;
    private final List<Command> told = new ArrayList<>();
    private long seq;
    private long projected;

    public MemoryShards() {
        opened = journal.open(0, UUID.randomUUID());
        snapshots.open(0, opened.epoch());
        shard.recovered(Instant.now());
        loop.scheduleWithFixedDelay(() -> handle(new Command.Tick()), 20, 20, TimeUnit.MILLISECONDS);
    }

    private void handle(Command command) {
        try {
            var batch = new Batch();
            shard.handle(command, Instant.now(), batch);
            if (!batch.facts().isEmpty()) {
                journal.append(List.of(new Journal.Entry(0, opened.epoch(), ++seq, batch.facts())));
            }
            if (command instanceof Command.Tick) {
                project();
            }
            release(batch.effects());
        } catch (RuntimeException e) {
            e.printStackTrace();
            throw e;
        }
    }

    private void project() {
        var images = shard.capture();
        if (seq > projected) {
            snapshots.project(new Snapshots.Projection(0, opened.epoch(), projected, seq, shard.image(), images));
            projected = seq;
            shard.projected();
        }
    }

    private void release(List<Effect> effects) {
        Map<Long, List<Effect>> bySession = new LinkedHashMap<>();
        for (var effect : effects) {
            if (effect instanceof Effect.Reply reply) {
                var listener = listeners.remove(reply.replyTo());
                if (listener != null) {
                    listener.accept(reply.reply());
                }
            } else if (effect instanceof Effect.LoadKeys load) {
                loop.execute(() -> handle(new Command.KeysLoaded(load.load(), snapshots.keys(load.keys()))));
            } else if (effect instanceof Effect.LoadRun load) {
                loop.execute(
                        () -> handle(new Command.RunLoaded(load.load(), snapshots.run(load.tenant(), load.run()))));
            } else {
                bySession
                        .computeIfAbsent(session(effect), s -> new ArrayList<>())
                        .add(effect);
            }
        }
        bySession.forEach((session, of) -> {
            var worker = workers.get(session);
            if (worker != null) {
                worker.accept(of);
            }
        });
    }

    private static long session(Effect effect) {
        if (effect instanceof Effect.WelcomeWorker welcome) {
            return welcome.session();
        }
        if (effect instanceof Effect.Assign assign) {
            return assign.session();
        }
        if (effect instanceof Effect.CancelAttempt cancel) {
            return cancel.session();
        }
        if (effect instanceof Effect.AckCompletions ack) {
            return ack.session();
        }
        return ((Effect.CloseWorker) effect).session();
    }

    @Override
    public CompletionStage<Reply> ask(TenantId tenant, LongFunction<? extends Command> command, Duration deadline) {
        var answer = new CompletableFuture<Reply>();
        long replyTo = listen(tenant, answer::complete);
        tell(tenant, command.apply(replyTo));
        return answer.orTimeout(deadline.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public long listen(TenantId tenant, Consumer<Reply> listener) {
        long number = numbers.incrementAndGet();
        listeners.put(number, listener);
        return number;
    }

    @Override
    public void forget(TenantId tenant, List<Long> replyTos) {
        replyTos.forEach(listeners::remove);
        tell(tenant, new Command.Unfollow(replyTos));
    }

    @Override
    public void tell(TenantId tenant, Command command) {
        synchronized (told) {
            told.add(command);
        }
        loop.execute(() -> handle(command));
    }

    /** Every command that came, in order. */
    public List<Command> told() {
        synchronized (told) {
            return List.copyOf(told);
        }
    }

    @Override
    public long openWorker(
            TenantId tenant, WorkerInfo worker, List<AttemptRef> running, Consumer<List<Effect>> effects) {
        long session = numbers.incrementAndGet();
        workers.put(session, effects);
        tell(tenant, new Command.ConnectWorker(session, tenant, worker, running));
        return session;
    }

    @Override
    public void define(TenantId tenant, ServiceId service, VersionRef version, Manifest manifest) {
        tell(tenant, new Command.DefineVersion(tenant, service, version, manifest));
    }

    @Override
    public boolean ready() {
        return true;
    }

    @Override
    public void close() {
        loop.shutdownNow();
    }
}
