package dev.millrace.controlplane.rest;

import dev.millrace.controlplane.shard.Shards;
import dev.millrace.controlplane.tenancy.RequestDatabase;
import io.micronaut.scheduling.TaskExecutors;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Whether traffic should be sent to this instance. Safe for use by several threads. */
@Singleton
public final class Readiness {
    private static final Duration PING = Duration.ofMillis(500);

    private final Shards shards;
    private final RequestDatabase database;
    private final Scheduler blocking;
    private volatile boolean draining;

    Readiness(Shards shards, RequestDatabase database, @Named(TaskExecutors.BLOCKING) ExecutorService blocking) {
        this.shards = shards;
        this.database = database;
        this.blocking = Schedulers.fromExecutorService(blocking);
    }

    /** The instance is going away: it is not ready from now on. */
    public void drain() {
        draining = true;
    }

    /** Whether {@link #drain()} has been called. */
    public boolean isDraining() {
        return draining;
    }

    /** Why not to send traffic here; empty when there is no reason. */
    Mono<List<String>> reasonsAgainst() {
        List<String> reasons = new ArrayList<>();
        if (draining) {
            reasons.add("The instance is shutting down.");
        }
        if (!shards.ready()) {
            reasons.add("The shards are being recovered.");
        }
        return Mono.fromCallable(() -> database.ping(PING))
                .subscribeOn(blocking)
                .timeout(PING.multipliedBy(2))
                .onErrorReturn(false)
                .map(answered -> {
                    if (!answered) {
                        reasons.add("The database does not answer within " + PING.toMillis() + " ms.");
                    }
                    return List.copyOf(reasons);
                });
    }
}
