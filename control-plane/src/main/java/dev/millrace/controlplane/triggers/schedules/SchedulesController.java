package dev.millrace.controlplane.triggers.schedules;

import dev.millrace.controlplane.api.SchedulesApi;
import dev.millrace.controlplane.api.model.BackfillResult;
import dev.millrace.controlplane.api.model.BackfillSchedule;
import dev.millrace.controlplane.api.model.ChangeSchedule;
import dev.millrace.controlplane.api.model.CreateSchedule;
import dev.millrace.controlplane.api.model.SchedulePage;
import dev.millrace.controlplane.api.model.TriggeredRun;
import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.controlplane.rest.Answers;
import dev.millrace.controlplane.rest.Cursor;
import dev.millrace.controlplane.tenancy.Caller;
import dev.millrace.controlplane.tenancy.Permission;
import dev.millrace.controlplane.tenancy.Principal;
import dev.millrace.controlplane.tenancy.RequiresPermission;
import dev.millrace.controlplane.workflows.Workflows;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Controller;
import jakarta.inject.Named;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import reactor.core.publisher.Mono;

/** Schedules over REST. */
@Controller
class SchedulesController implements SchedulesApi {
    private static final UUID FIRST = new UUID(0, 0);
    private static final int MOST_BACKFILLED = 1_000;

    private final Caller caller;
    private final ScheduleRows rows;
    private final Clockwork clockwork;
    private final TickStarts starts;
    private final Workflows workflows;
    private final Clock clock;
    private final Answers answers;

    SchedulesController(
            Caller caller,
            ScheduleRows rows,
            Clockwork clockwork,
            TickStarts starts,
            Workflows workflows,
            @Named(SharedClock.NAME) Clock clock,
            Answers answers) {
        this.caller = caller;
        this.rows = rows;
        this.clockwork = clockwork;
        this.starts = starts;
        this.workflows = workflows;
        this.clock = clock;
        this.answers = answers;
    }

    @Override
    @RequiresPermission(Permission.TRIGGERS_READ)
    public Mono<HttpResponse<SchedulePage>> listSchedules(String workflow, String cursor, Integer limit) {
        var who = caller.principal();
        var after = cursor == null ? FIRST : position(cursor);
        return answers.blocking(() -> {
            var found = rows.list(who, Optional.ofNullable(workflow), after, limit + 1);
            var page = new SchedulePage(
                    found.stream().limit(limit).map(ScheduleViews::of).collect(Collectors.toList()));
            if (found.size() > limit) {
                page.setNextCursor(Cursor.of(found.get(limit - 1).id().toString()));
            }
            return HttpResponse.ok(page);
        });
    }

    @Override
    @RequiresPermission(Permission.TRIGGERS_WRITE)
    public Mono<HttpResponse<dev.millrace.controlplane.api.model.Schedule>> createSchedule(CreateSchedule wish) {
        var who = caller.principal();
        return answers.of(workflows.find(who, wish.getWorkflow(), "", "")).map(version -> {
            var schedule = ScheduleViews.made(who, version, wish, now());
            rows.create(who, schedule);
            clockwork.learn(schedule);
            return HttpResponse.created(ScheduleViews.of(schedule));
        });
    }

    @Override
    @RequiresPermission(Permission.TRIGGERS_READ)
    public Mono<HttpResponse<dev.millrace.controlplane.api.model.Schedule>> getSchedule(UUID scheduleId) {
        var who = caller.principal();
        return answers.blocking(() -> HttpResponse.ok(ScheduleViews.of(require(who, scheduleId))));
    }

    /** As exact as it is stored. */
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    private Schedule require(Principal who, UUID schedule) {
        return rows.find(who, schedule).orElseThrow(() -> ScheduleRows.missing(schedule));
    }

    @Override
    @RequiresPermission(Permission.TRIGGERS_WRITE)
    public Mono<HttpResponse<dev.millrace.controlplane.api.model.Schedule>> changeSchedule(
            UUID scheduleId, ChangeSchedule wish) {
        var who = caller.principal();
        return answers.blocking(() -> require(who, scheduleId))
                .flatMap(found -> answers.of(workflows.find(who, found.workflow(), "", "")))
                .map(version -> {
                    var now = now();
                    var changed =
                            rows.update(who, scheduleId, before -> ScheduleViews.changed(before, version, wish, now));
                    clockwork.learn(changed);
                    return HttpResponse.ok(ScheduleViews.of(changed));
                });
    }

    @Override
    @RequiresPermission(Permission.TRIGGERS_WRITE)
    public Mono<HttpResponse<Void>> deleteSchedule(UUID scheduleId) {
        var who = caller.principal();
        return answers.blocking(() -> {
            rows.delete(who, scheduleId, clock.instant());
            clockwork.forget(scheduleId);
            return HttpResponse.noContent();
        });
    }

    @Override
    @RequiresPermission(Permission.TRIGGERS_WRITE)
    public Mono<HttpResponse<TriggeredRun>> triggerSchedule(UUID scheduleId) {
        var who = caller.principal();
        return answers.blocking(() -> require(who, scheduleId))
                .flatMap(schedule -> answers.of(starts.now(schedule)))
                .map(begun -> HttpResponse.created(new TriggeredRun(begun.run().value())));
    }

    @Override
    @RequiresPermission(Permission.TRIGGERS_WRITE)
    public Mono<HttpResponse<BackfillResult>> backfillSchedule(UUID scheduleId, BackfillSchedule wish) {
        var who = caller.principal();
        return answers.blocking(() -> require(who, scheduleId)).flatMap(schedule -> {
            var ticks = ticks(schedule, wish.getFrom(), wish.getTo());
            return answers.of(backfill(schedule, ticks, 0, 0))
                    .map(started -> HttpResponse.ok(new BackfillResult(ticks.size(), started)));
        });
    }

    private List<Instant> ticks(Schedule schedule, Instant from, Instant to) {
        if (!from.isBefore(to) || to.isAfter(clock.instant())) {
            throw new ApiException(
                    ErrorCode.FIELD_INVALID,
                    "A backfill goes from an instant ($.from is " + from + ") to a later one that has passed ($.to is "
                            + to + ").",
                    "$.to");
        }
        List<Instant> ticks = new ArrayList<>();
        var tick = schedule.timing().next(from.minusNanos(1));
        while (tick.isPresent() && tick.get().isBefore(to)) {
            ticks.add(tick.get());
            if (ticks.size() > MOST_BACKFILLED) {
                throw new ApiException(
                        ErrorCode.FIELD_INVALID,
                        "There are more than " + MOST_BACKFILLED + " ticks from " + from + " to " + to
                                + ". Ask for a shorter time, several times.",
                        "$.to");
            }
            tick = schedule.timing().next(tick.get());
        }
        return ticks;
    }

    /** One after the other, so that a long backfill does not stand in front of everybody else. */
    private CompletionStage<Integer> backfill(Schedule schedule, List<Instant> ticks, int at, int started) {
        if (at == ticks.size()) {
            return CompletableFuture.completedFuture(started);
        }
        return starts.again(schedule, ticks.get(at))
                .thenComposeAsync(isNew -> backfill(schedule, ticks, at + 1, started + (isNew ? 1 : 0)));
    }

    private static UUID position(String cursor) {
        try {
            return UUID.fromString(Cursor.text(cursor));
        } catch (IllegalArgumentException e) {
            throw Cursor.invalid(cursor);
        }
    }
}
