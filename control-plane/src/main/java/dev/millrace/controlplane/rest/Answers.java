package dev.millrace.controlplane.rest;

import dev.millrace.controlplane.errors.Problems;
import io.micronaut.scheduling.TaskExecutors;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Brings answers to the doors on threads of theirs. Safe for use by several threads. */
@Singleton
public final class Answers {
    private final Scheduler work;

    Answers(@Named(TaskExecutors.BLOCKING) ExecutorService work) {
        this.work = Schedulers.fromExecutorService(work);
    }

    /** Takes an answer over to a thread of ours: the one that brings it has commits to make. */
    public <T> Mono<T> of(CompletionStage<T> answer) {
        return Mono.fromCompletionStage(answer).onErrorMap(Problems::unwrapped).publishOn(work);
    }

    /** Does what blocks where it may. */
    public <T> Mono<T> blocking(Callable<T> question) {
        return Mono.fromCallable(question).subscribeOn(work);
    }
}
