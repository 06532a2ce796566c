package dev.millrace.controlplane.triggers.schedules;

import dev.millrace.controlplane.api.model.CatchUpPolicy;
import dev.millrace.controlplane.api.model.ChangeSchedule;
import dev.millrace.controlplane.api.model.CreateSchedule;
import dev.millrace.controlplane.api.model.OverlapPolicy;
import dev.millrace.controlplane.api.model.TriggerSource;
import dev.millrace.controlplane.api.model.WhilePausedPolicy;
import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.controlplane.payloads.RawJson;
import dev.millrace.controlplane.tenancy.Principal;
import dev.millrace.controlplane.tenancy.UuidV7;
import dev.millrace.controlplane.triggers.schedules.Schedule.Pausing;
import dev.millrace.controlplane.triggers.schedules.Schedule.Progress;
import dev.millrace.controlplane.triggers.schedules.Schedule.Source;
import dev.millrace.controlplane.triggers.schedules.Schedule.WhilePaused;
import dev.millrace.controlplane.workflows.WorkflowVersion;
import dev.millrace.manifest.CatchUp;
import dev.millrace.manifest.Durations;
import dev.millrace.manifest.Names;
import dev.millrace.manifest.Overlap;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Schedules as the REST contract writes them, in both directions. Stateless. */
final class ScheduleViews {
    private static final int SHOWN_TICKS = 5;
    private static final int MAX_INPUT_BYTES = 256 << 10;
    private static final byte[] NO_INPUT = "null".getBytes(StandardCharsets.UTF_8);

    private ScheduleViews() {}

    /** @throws ApiException when it cannot be a schedule of this workflow */
    static Schedule made(Principal who, WorkflowVersion version, CreateSchedule wish, Instant now) {
        requireName(wish.getName());
        var timing = ScheduleWish.timing(wish.getCron(), wish.getZone(), wish.getEvery(), wish.getAt(), now);
        return new Schedule(
                who.tenant(),
                UuidV7.next(),
                version.ref().workflow(),
                who.service(),
                Source.RUNTIME,
                wish.getName(),
                timing,
                input(version, wish.getInput()),
                metadata(wish.getMetadata()),
                overlap(wish.getOverlap()),
                catchUp(wish.getCatchUp()),
                Optional.ofNullable(wish.getCatchUpLimit()).orElse(Schedule.CATCH_UP_LIMIT),
                ScheduleWish.jitter(wish.getJitter()),
                new Pausing(Boolean.TRUE.equals(wish.getPaused()), whilePaused(wish.getWhilePaused()), false),
                Progress.from(timing.next(now)),
                now,
                now,
                Schedule.revision(now, 0));
    }

    /** @throws ApiException when it cannot be changed so */
    static Schedule changed(Schedule before, WorkflowVersion version, ChangeSchedule wish, Instant now) {
        boolean timed =
                wish.getCron() != null || wish.getEvery() != null || wish.getAt() != null || wish.getZone() != null;
        boolean more = wish.getInput() != null
                || wish.getMetadata() != null
                || wish.getOverlap() != null
                || wish.getCatchUp() != null
                || wish.getCatchUpLimit() != null
                || wish.getJitter() != null;
        if (before.source() == Source.MANIFEST && (timed || more)) {
            throw new ApiException(
                    ErrorCode.FROM_MANIFEST,
                    "Schedule " + before.name() + " stands in the manifest of " + before.workflow()
                            + ": only paused and whilePaused can be changed here. Register a version that says"
                            + " something else.");
        }
        var timing = timed
                ? ScheduleWish.timing(wish.getCron(), wish.getZone(), wish.getEvery(), wish.getAt(), now)
                : before.timing();
        boolean paused = wish.getPaused() == null ? before.paused() : wish.getPaused();
        // What passed while it was paused, or under another timing, was not missed.
        var progress = timed || before.paused() && !paused
                ? new Progress(
                        timing.next(now),
                        Optional.empty(),
                        before.progress().lastAt(),
                        before.progress().lastRun(),
                        before.progress().problem())
                : before.progress();
        return new Schedule(
                before.tenant(),
                before.id(),
                before.workflow(),
                before.service(),
                before.source(),
                before.name(),
                timing,
                wish.getInput() == null ? before.input() : input(version, wish.getInput()),
                wish.getMetadata() == null ? before.metadata() : metadata(wish.getMetadata()),
                wish.getOverlap() == null ? before.overlap() : overlap(wish.getOverlap()),
                wish.getCatchUp() == null ? before.catchUp() : catchUp(wish.getCatchUp()),
                wish.getCatchUpLimit() == null ? before.catchUpLimit() : wish.getCatchUpLimit(),
                wish.getJitter() == null ? before.jitter() : ScheduleWish.jitter(wish.getJitter()),
                new Pausing(
                        paused,
                        wish.getWhilePaused() == null
                                ? before.pausing().whilePaused()
                                : whilePaused(wish.getWhilePaused()),
                        before.pausing().workflow()),
                progress,
                before.createdAt(),
                now,
                Schedule.revision(now, before.revision()));
    }

    private static void requireName(String name) {
        if (!Names.isName(name)) {
            throw new ApiException(
                    ErrorCode.FIELD_INVALID,
                    "$.name is \"" + name
                            + "\"; the name of a schedule is 1 to 128 letters, digits, '.', '_', ':' or '-'.",
                    "$.name");
        }
    }

    private static byte[] input(WorkflowVersion version, RawJson given) {
        var input = given == null ? NO_INPUT : given.bytes();
        if (input.length > MAX_INPUT_BYTES) {
            throw new ApiException(
                    ErrorCode.PAYLOAD_TOO_LARGE,
                    "$.input has %,d bytes; that of a schedule may have %,d. Keep the data elsewhere and say where it is."
                            .formatted(input.length, MAX_INPUT_BYTES),
                    "$.input");
        }
        version.requireInput(input, "$.input");
        return input;
    }

    private static Map<String, String> metadata(Map<String, String> given) {
        if (given == null) {
            return Map.of();
        }
        int bytes = 0;
        for (var label : given.entrySet()) {
            if (label.getKey().isEmpty()
                    || label.getKey().length() > 128
                    || (label.getKey() + label.getValue()).chars().anyMatch(Character::isISOControl)) {
                throw new ApiException(
                        ErrorCode.FIELD_INVALID,
                        "$.metadata has the label \"" + label.getKey()
                                + "\"; a label has a name of 1 to 128 characters, and no control characters.",
                        "$.metadata");
            }
            bytes += label.getKey().length() + label.getValue().length();
        }
        if (given.size() > 30 || bytes > 8 << 10) {
            throw new ApiException(
                    ErrorCode.METADATA_TOO_LARGE,
                    "$.metadata has " + given.size() + " labels of " + bytes
                            + " characters; the limits are 30 labels and 8192 characters.",
                    "$.metadata");
        }
        return given;
    }

    private static Overlap overlap(OverlapPolicy policy) {
        return policy == null ? Overlap.ALLOW : Overlap.valueOf(policy.getValue());
    }

    private static CatchUp catchUp(CatchUpPolicy policy) {
        return policy == null ? CatchUp.LATEST : CatchUp.valueOf(policy.getValue());
    }

    private static WhilePaused whilePaused(WhilePausedPolicy policy) {
        return policy == null ? WhilePaused.QUEUE : WhilePaused.valueOf(policy.getValue());
    }

    static dev.millrace.controlplane.api.model.Schedule of(Schedule schedule) {
        var view = new dev.millrace.controlplane.api.model.Schedule(
                schedule.id(),
                schedule.workflow(),
                schedule.name(),
                switch (schedule.source()) {
                    case MANIFEST -> TriggerSource.MANIFEST;
                    case RUNTIME -> TriggerSource.RUNTIME;
                },
                RawJson.ofChecked(schedule.input()),
                OverlapPolicy.fromValue(schedule.overlap().name()),
                CatchUpPolicy.fromValue(schedule.catchUp().name()),
                schedule.paused(),
                WhilePausedPolicy.fromValue(schedule.pausing().whilePaused().name()),
                next(schedule),
                schedule.createdAt(),
                schedule.updatedAt());
        if (schedule.timing() instanceof Timing.Calendar calendar) {
            view.setCron(calendar.cron().expression());
            view.setZone(calendar.zone().getId());
        } else if (schedule.timing() instanceof Timing.Interval interval) {
            view.setEvery(Durations.format(interval.every()));
        } else {
            view.setAt(((Timing.Once) schedule.timing()).at());
        }
        if (!schedule.metadata().isEmpty()) {
            view.setMetadata(schedule.metadata());
        }
        if (schedule.catchUp() == CatchUp.ALL) {
            view.setCatchUpLimit(schedule.catchUpLimit());
        }
        if (!schedule.jitter().isZero()) {
            view.setJitter(Durations.format(schedule.jitter()));
        }
        var progress = schedule.progress();
        progress.lastAt().ifPresent(view::setLastAt);
        progress.lastRun().ifPresent(run -> view.setLastRunId(run.value()));
        if (!progress.problem().isEmpty()) {
            view.setProblem(progress.problem());
        }
        return view;
    }

    private static List<String> next(Schedule schedule) {
        List<String> next = new ArrayList<>();
        var at = schedule.progress().nextAt();
        while (!schedule.paused() && at.isPresent() && next.size() < SHOWN_TICKS) {
            next.add(at.get().toString());
            at = schedule.timing().next(at.get());
        }
        return next;
    }
}
