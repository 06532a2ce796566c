package dev.millrace.controlplane.streams;

import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.DatabaseException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.controlplane.rest.Readiness;
import dev.millrace.controlplane.settings.Settings;
import dev.millrace.controlplane.tenancy.Credentials;
import io.micronaut.context.event.ShutdownEvent;
import io.micronaut.runtime.event.annotation.EventListener;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All gRPC streams of this instance that are open. Safe for use by several threads. */
@Singleton
public final class Streams {
    private static final Logger LOG = LoggerFactory.getLogger(Streams.class);
    /** How many streams one instance carries. */
    private static final int MAX_STREAMS = 20_000;
    /** Every so many ticks the database is asked, once for all streams, whether their tokens have been revoked. */
    private static final int TICKS_PER_TOKEN_CHECK = 4;

    private final Set<OpenStream> open = ConcurrentHashMap.newKeySet();
    private final Credentials credentials;
    private final Readiness readiness;
    private final Clock clock;
    private final Duration drainTime;
    private final ExecutorService senders;
    private final ScheduledExecutorService timer;
    private int ticks;

    Streams(Credentials credentials, Readiness readiness, Clock clock, Settings settings) {
        this.credentials = credentials;
        this.readiness = readiness;
        this.clock = clock;
        this.drainTime = settings.drainTime();
        var number = new AtomicInteger();
        this.senders =
                Executors.newFixedThreadPool(Math.max(1, Runtime.getRuntime().availableProcessors() / 2), task -> {
                    var thread = new Thread(task, "stream-sender-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        this.timer = Executors.newSingleThreadScheduledExecutor(task -> {
            var thread = new Thread(task, "stream-timer");
            thread.setDaemon(true);
            return thread;
        });
        timer.scheduleWithFixedDelay(this::tick, 1, 1, TimeUnit.SECONDS);
        credentials.onRevoked(this::closeRevoked);
    }

    /** Where frames are packed and sent, so that the threads that have something to say need not. */
    public Executor senders() {
        return senders;
    }

    /**
     * Adds a stream.
     *
     * @throws ApiException when there are too many, or the instance is going away
     */
    public void add(OpenStream stream) {
        if (readiness.isDraining()) {
            throw new ApiException(
                    ErrorCode.UNAVAILABLE,
                    "This instance is shutting down. Reconnect, to another one if there is one.");
        }
        if (open.size() >= MAX_STREAMS) {
            throw new ApiException(
                    ErrorCode.OVERLOADED,
                    "This instance carries " + MAX_STREAMS + " streams, which is the most. Reconnect later.");
        }
        open.add(stream);
    }

    /** Forgets a stream that has ended. */
    public void remove(OpenStream stream) {
        open.remove(stream);
    }

    /** Nothing may get out of here: a timer whose task fails is a timer that has stopped. */
    private void tick() {
        try {
            lookAfterStreams();
        } catch (RuntimeException e) {
            LOG.error("The streams could not be looked after; tried again in a second.", e);
        }
    }

    private void lookAfterStreams() {
        for (var stream : open) {
            try {
                stream.tick();
            } catch (RuntimeException e) {
                LOG.warn(
                        "A stream of token {} could not be looked after.",
                        stream.principal().tokenId(),
                        e);
            }
        }
        var now = clock.instant();
        for (var stream : open) {
            if (stream.principal().expiresAt().isBefore(now)) {
                close(stream, "has expired");
            }
        }
        if (++ticks % TICKS_PER_TOKEN_CHECK == 0 && !open.isEmpty()) {
            try {
                credentials
                        .revokedAmong(open.stream()
                                .map(stream -> stream.principal().tokenId())
                                .collect(Collectors.toSet()))
                        .forEach(this::closeRevoked);
            } catch (DatabaseException e) {
                LOG.warn("Whether tokens have been revoked cannot be asked now; asked again soon. {}", e.getMessage());
            }
        }
    }

    private void closeRevoked(String tokenId) {
        for (var stream : open) {
            if (stream.principal().tokenId().equals(tokenId)) {
                close(stream, "has been revoked");
            }
        }
    }

    private static void close(OpenStream stream, String why) {
        stream.close(new ApiException(
                ErrorCode.UNAUTHENTICATED,
                "Token " + stream.principal().tokenId() + " " + why + ". Connect again with a valid one."));
    }

    /** Before the shards stop, so that what clients still send is stored or sent again elsewhere. */
    @EventListener
    void drain(ShutdownEvent shutdown) {
        readiness.drain();
        if (open.isEmpty()) {
            return;
        }
        LOG.info("Asking {} streams to go elsewhere; they have {} ms.", open.size(), drainTime.toMillis());
        open.forEach(stream -> stream.drain(drainTime));
        long end = System.nanoTime() + drainTime.toNanos();
        synchronized (this) {
            while (!open.isEmpty() && System.nanoTime() < end) {
                try {
                    wait(20);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    break;
                }
            }
        }
        open.forEach(stream -> stream.close(new ApiException(
                ErrorCode.UNAVAILABLE, "This instance has shut down. Reconnect, to another one if there is one.")));
    }

    @PreDestroy
    void stop() {
        timer.shutdownNow();
        senders.shutdown();
    }
}
