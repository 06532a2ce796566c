package dev.millrace.controlplane.shard;

import dev.millrace.controlplane.errors.DatabaseException;
import dev.millrace.engine.Batch;
import dev.millrace.engine.Command;
import dev.millrace.engine.Journal.JournalException;
import dev.millrace.engine.Shard;
import dev.millrace.engine.ShardSettings;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that takes shards over: a new epoch, which fences the former owner; the newest images; the journal's tail, applied by
 * the same code that applied it the first time. A shard that another instance holds is tried again until it is free.
 */
final class Recovery implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);
    private static final Duration PAUSE = Duration.ofMillis(250);

    private final Storage storage;
    private final Catalog catalog;
    private final Plans plans;
    private final Inbox inbox;
    private final ShardClock clock;
    private final UUID instance;
    private final ShardSettings settings;
    private final Sessions sessions;
    private final BlockingQueue<Integer> wanted = new LinkedBlockingQueue<>();
    private volatile boolean stopping;
    private volatile int failures;

    Recovery(
            Storage storage,
            Catalog catalog,
            Plans plans,
            Inbox inbox,
            ShardClock clock,
            UUID instance,
            ShardSettings settings,
            Sessions sessions) {
        this.storage = storage;
        this.catalog = catalog;
        this.plans = plans;
        this.inbox = inbox;
        this.clock = clock;
        this.instance = instance;
        this.settings = settings;
        this.sessions = sessions;
    }

    /** Takes a shard over as soon as that is possible. */
    void recover(int shard) {
        wanted.add(shard);
    }

    /** How many attempts to take a shard over have failed; grows while another instance holds one. */
    int failures() {
        return failures;
    }

    /** Ends the thread, which is to be interrupted, too. */
    void stop() {
        stopping = true;
    }

    @Override
    public void run() {
        try {
            while (!stopping) {
                int shard = wanted.take();
                if (!take(shard)) {
                    failures++;
                    wanted.add(shard);
                    TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis() / Math.max(1, wanted.size()) + 1);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean take(int number) {
        try {
            inbox.put(new Message.Recovered(recovered(number)));
            sessions.taken();
            return true;
        } catch (JournalException | DatabaseException e) {
            LOG.debug("Shard {} could not be taken over.", number, e);
            if (failures % 40 == 0) {
                LOG.info("{}", e.getMessage());
            }
            return false;
        } catch (RuntimeException e) {
            LOG.error("Shard {} cannot be recovered; it is tried again.", number, e);
            return false;
        }
    }

    private OwnedShard recovered(int number) {
        long began = System.nanoTime();
        var opened = storage.journal().open(number, instance);
        var position = storage.snapshots().open(number, opened.epoch());
        var core = new Shard(number, settings);
        var nobody = new Batch();
        for (var version : catalog.versions(number)) {
            plans.add(version);
            core.handle(version, clock.now(), nobody);
        }
        catalog.configs(number)
                .forEach((tenant, config) ->
                        core.handle(new Command.ConfigChanged(tenant, config), clock.now(), nobody));
        core.recover(position, storage.snapshots(), storage.journal());
        core.recovered(clock.now());
        storage.awaits(number).forEach(sessions::awaits);
        core.awaits().forEach(sessions::awaits); // newer than what is stored of the same runs
        var shard = new OwnedShard(number, opened.epoch(), opened.lastSeq(), position.seq(), core);
        // The tail is in no image yet; the first pass writes it.
        shard.changes = (int) Math.min(Integer.MAX_VALUE / 4, opened.lastSeq() - position.seq());
        if (core.residentRuns() + core.residents().spilled() > 0) {
            LOG.info(
                    "Recovered {}: {} runs in memory, {} in queues, {} batches of the journal's tail, {} ms.",
                    shard,
                    core.residentRuns(),
                    core.residents().spilled(),
                    opened.lastSeq() - position.seq(),
                    Duration.ofNanos(System.nanoTime() - began).toMillis());
        }
        return shard;
    }
}
