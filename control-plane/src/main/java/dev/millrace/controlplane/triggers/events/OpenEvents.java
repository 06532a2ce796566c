package dev.millrace.controlplane.triggers.events;

import dev.millrace.controlplane.errors.Problems;
import dev.millrace.controlplane.shard.Shards;
import dev.millrace.controlplane.tenancy.UuidV7;
import io.micronaut.context.event.StartupEvent;
import io.micronaut.runtime.event.annotation.EventListener;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that every stored event starts what it is to start. A new event is started at once; those that a crash left behind
 * are found when a server starts or takes over the shards of one that has gone, and those that could not be started are tried again, more and more slowly, until they can.
 * While nothing fails nothing is asked. Safe for use by several threads.
 */
@Singleton
final class OpenEvents {
    private static final Logger LOG = LoggerFactory.getLogger(OpenEvents.class);
    private static final Duration FIRST_DELAY = Duration.ofMillis(500);
    /** The shards of an owner that has gone are taken one after the other: one pass for all of them. */
    private static final Duration AFTER_TAKEOVER = Duration.ofSeconds(1);

    private static final Duration LONGEST_DELAY = Duration.ofSeconds(30);
    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final int AT_ONCE = 200;

    private final EventRows rows;
    private final EventStarts starts;
    private final Shards shards;
    private final ScheduledExecutorService passes = Executors.newSingleThreadScheduledExecutor(task -> {
        var thread = new Thread(task, "events-open");
        thread.setDaemon(true);
        return thread;
    });
    /** Those that this instance is starting. */
    private final Set<UUID> underWay = ConcurrentHashMap.newKeySet();

    private boolean planned;
    private Duration delay = FIRST_DELAY;

    OpenEvents(EventRows rows, EventStarts starts, Shards shards) {
        this.shards = shards;
        this.rows = rows;
        this.starts = starts;
    }

    /** The server has started: what an earlier one left behind is looked for. */
    @EventListener
    void started(StartupEvent event) {
        shards.onTaken(() -> plan(AFTER_TAKEOVER));
        plan(Duration.ZERO);
    }

    /** Starts what a new event is to start. */
    void start(StoredEvent event) {
        underWay.add(event.id());
        starts.start(event, false).whenComplete((done, failure) -> {
            underWay.remove(event.id());
            if (failure != null) {
                LOG.warn(
                        "Event {} could not start everything now: {} It is tried again.",
                        event.id(),
                        Problems.refusal(Problems.unwrapped(failure)).getMessage());
                plan(FIRST_DELAY);
            }
        });
    }

    private synchronized void plan(Duration in) {
        if (!planned && !passes.isShutdown()) {
            planned = true;
            passes.schedule(this::pass, in.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void pass() {
        synchronized (this) {
            // What fails from now on needs a pass of its own: this one may have gone past it.
            planned = false;
        }
        int failed = 0;
        try {
            failed = startAll();
        } catch (RuntimeException e) {
            LOG.warn("Events that are not started yet could not be looked for: {} It is tried again.", e.getMessage());
            failed = 1;
        }
        synchronized (this) {
            delay = failed == 0 ? FIRST_DELAY : shorter(delay.multipliedBy(2), LONGEST_DELAY);
            if (failed > 0) {
                plan(delay);
            }
        }
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /** @return how many could not be started */
    private int startAll() {
        var last = UuidV7.next();
        var after = new UUID(0, 0);
        int failed = 0;
        int started = 0;
        while (true) {
            var found = rows.open(after, last, AT_ONCE);
            for (var event : found) {
                after = event.id();
                if (underWay.contains(event.id())) {
                    continue;
                }
                if (startAgain(event)) {
                    started++;
                } else {
                    failed++;
                }
            }
            if (found.size() < AT_ONCE) {
                if (started > 0) {
                    LOG.info("{} events that were left open have started their runs now.", started);
                }
                return failed;
            }
        }
    }

    private boolean startAgain(StoredEvent event) {
        try {
            starts.start(event, true).toCompletableFuture().get(DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (java.util.concurrent.ExecutionException | TimeoutException e) {
            LOG.warn("Event {} could not start everything now; it is tried again: {}", event.id(), e.getMessage());
            return false;
        }
    }

    @PreDestroy
    void close() {
        passes.shutdownNow();
    }
}
