package dev.millrace.controlplane.triggers.schedules;

import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.controlplane.errors.Problems;
import dev.millrace.controlplane.runs.TriggeredStarts;
import dev.millrace.controlplane.tenancy.UuidV7;
import dev.millrace.controlplane.triggers.schedules.Schedule.Progress;
import dev.millrace.engine.RunId;
import dev.millrace.manifest.Overlap;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Starts the ticks of schedules by their overlap policy, each at most once: the request of a start is named after schedule and
 * tick, and is looked up before it is decided. Safe for use by several threads; no method blocks.
 */
@Singleton
final class TickStarts {
    /** Labels that a run gets beside those of its schedule. */
    static final String SCHEDULE_LABEL = "millrace.schedule";

    static final String TICK_LABEL = "millrace.tick";

    private final TriggeredStarts starts;

    TickStarts(TriggeredStarts starts) {
        this.starts = starts;
    }

    /**
     * How a schedule stands after its due ticks.
     *
     * @param waitsFor the run whose end it waits for before it goes on; empty when for none
     */
    record Fired(Progress progress, Optional<RunId> waitsFor) {}

    /** Starts what is due; fails when that is not possible now and may be later. */
    CompletionStage<Fired> fire(Schedule schedule, Ticks ticks) {
        if (ticks.toStart().isEmpty()) {
            return CompletableFuture.completedFuture(new Fired(ticks.skipped(schedule), Optional.empty()));
        }
        if (schedule.pausing().drops()) {
            return CompletableFuture.completedFuture(new Fired(ticks.dropped(schedule), Optional.empty()));
        }
        var before = schedule.progress();
        return switch (schedule.overlap()) {
            case ALLOW -> inTurn(schedule, ticks, ticks.toStart(), before);
            case SKIP -> inTurn(schedule, ticks, ticks.toStart(), before);
            // Of several at once only the last would live.
            case CANCEL_PREVIOUS ->
                inTurn(
                        schedule,
                        ticks,
                        List.of(ticks.toStart().get(ticks.toStart().size() - 1)),
                        before);
            case QUEUE -> queued(schedule, ticks);
        };
    }

    private CompletionStage<Fired> inTurn(Schedule schedule, Ticks ticks, List<Instant> toStart, Progress before) {
        CompletionStage<Progress> progress = CompletableFuture.completedFuture(before);
        for (var tick : toStart) {
            progress = progress.thenCompose(soFar -> one(schedule, tick, soFar));
        }
        return progress.thenApply(done -> new Fired(
                new Progress(ticks.next(), Optional.empty(), done.lastAt(), done.lastRun(), done.problem()),
                Optional.empty()));
    }

    private CompletionStage<Progress> one(Schedule schedule, Instant tick, Progress soFar) {
        if (schedule.overlap() == Overlap.ALLOW) {
            return start(schedule, tick, soFar);
        }
        return isActive(schedule, soFar).thenCompose(active -> {
            if (!active) {
                return start(schedule, tick, soFar);
            }
            var running = soFar.lastRun().orElseThrow();
            if (schedule.overlap() == Overlap.SKIP) {
                return CompletableFuture.completedFuture(new Progress(
                        soFar.nextAt(),
                        Optional.empty(),
                        Optional.of(tick),
                        soFar.lastRun(),
                        "Run " + running.value() + " of the tick before had not ended, so " + tick + " is left out."));
            }
            return starts.cancel(
                            schedule.tenant(), running, "schedule " + schedule.name() + " starts its run of " + tick)
                    .thenCompose(cancelled -> start(schedule, tick, soFar));
        });
    }

    /** One tick at a time; the others wait for its end, and while they do the schedule stays at the first of them. */
    private CompletionStage<Fired> queued(Schedule schedule, Ticks ticks) {
        var soFar = schedule.progress();
        var first = ticks.toStart().get(0);
        return isActive(schedule, soFar).thenCompose(active -> {
            if (active) {
                return CompletableFuture.completedFuture(
                        new Fired(waiting(soFar, first, soFar.queuedFrom().orElse(first)), soFar.lastRun()));
            }
            return start(schedule, first, soFar).thenApply(done -> {
                if (ticks.toStart().size() == 1) {
                    return new Fired(
                            new Progress(ticks.next(), Optional.empty(), done.lastAt(), done.lastRun(), done.problem()),
                            Optional.empty());
                }
                var second = ticks.toStart().get(1);
                return new Fired(waiting(done, second, second), done.lastRun());
            });
        });
    }

    private static Progress waiting(Progress soFar, Instant next, Instant from) {
        return new Progress(Optional.of(next), Optional.of(from), soFar.lastAt(), soFar.lastRun(), soFar.problem());
    }

    private CompletionStage<Boolean> isActive(Schedule schedule, Progress soFar) {
        return soFar.lastRun()
                .map(run -> starts.isActive(schedule.tenant(), run))
                .orElseGet(() -> CompletableFuture.completedFuture(false));
    }

    private CompletionStage<Progress> start(Schedule schedule, Instant tick, Progress soFar) {
        return begin(schedule, schedule.request(tick), Optional.of(tick))
                .thenApply(begun ->
                        new Progress(soFar.nextAt(), Optional.empty(), Optional.of(tick), Optional.of(begun.run()), ""))
                .exceptionally(failure -> {
                    var refusal = Problems.refusal(Problems.unwrapped(failure));
                    if (refusal.code().isTemporary() || refusal.code() == ErrorCode.INTERNAL) {
                        throw refusal;
                    }
                    return new Progress(
                            soFar.nextAt(),
                            Optional.empty(),
                            Optional.of(tick),
                            soFar.lastRun(),
                            refusal.code() + ": " + refusal.getMessage());
                });
    }

    /**
     * Starts a tick of which it is not known whether it was started before.
     *
     * @return whether it was not; also for one that was started with an input which the schedule had then
     */
    CompletionStage<Boolean> again(Schedule schedule, Instant tick) {
        return begin(schedule, schedule.request(tick), Optional.of(tick))
                .thenApply(begun -> !begun.existing())
                .exceptionally(failure -> {
                    var refusal = Problems.refusal(Problems.unwrapped(failure));
                    if (refusal.code() == ErrorCode.IDEMPOTENCY_CONFLICT) {
                        return false;
                    }
                    throw refusal;
                });
    }

    /** Starts a run of the schedule beside its ticks. */
    CompletionStage<TriggeredStarts.Begun> now(Schedule schedule) {
        return begin(schedule, UuidV7.next(), Optional.empty());
    }

    private CompletionStage<TriggeredStarts.Begun> begin(Schedule schedule, UUID request, Optional<Instant> tick) {
        Map<String, String> metadata = new HashMap<>(schedule.metadata());
        metadata.put(SCHEDULE_LABEL, schedule.name());
        tick.ifPresent(at -> metadata.put(TICK_LABEL, at.toString()));
        try {
            return starts.start(new TriggeredStarts.Wanted(
                    schedule.tenant(),
                    schedule.service(),
                    schedule.workflow(),
                    request,
                    tick.isPresent(),
                    tick.map(schedule::key),
                    schedule.input(),
                    metadata));
        } catch (ApiException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Has the clockwork go on when a run has ended. */
    void whenEnded(Schedule schedule, RunId run, Runnable then) {
        starts.whenEnded(schedule.tenant(), run, then);
    }
}
