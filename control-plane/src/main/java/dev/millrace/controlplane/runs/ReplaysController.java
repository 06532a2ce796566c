package dev.millrace.controlplane.runs;

import dev.millrace.controlplane.api.ReplaysApi;
import dev.millrace.controlplane.api.model.ReplayFrom;
import dev.millrace.controlplane.api.model.ReplayRun;
import dev.millrace.controlplane.api.model.ReplayRuns;
import dev.millrace.controlplane.api.model.ReplayRunsResult;
import dev.millrace.controlplane.api.model.ReplayedRun;
import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.controlplane.payloads.RawJson;
import dev.millrace.controlplane.rest.Answers;
import dev.millrace.controlplane.tenancy.Caller;
import dev.millrace.controlplane.tenancy.Permission;
import dev.millrace.controlplane.tenancy.RequiresPermission;
import dev.millrace.engine.RunId;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.Controller;
import java.util.Optional;
import java.util.UUID;
import reactor.core.publisher.Mono;

/** Replays over REST. */
@Controller
class ReplaysController implements ReplaysApi {
    private final Caller caller;
    private final Replays replays;
    private final BulkReplays bulk;
    private final Answers answers;

    ReplaysController(Caller caller, Replays replays, BulkReplays bulk, Answers answers) {
        this.caller = caller;
        this.replays = replays;
        this.bulk = bulk;
        this.answers = answers;
    }

    @Override
    @RequiresPermission(Permission.RUNS_REPLAY)
    public Mono<HttpResponse<ReplayedRun>> replayRun(UUID runId, ReplayRun wish) {
        var replay = replay(wish.getFrom(), wish.getStep(), place(wish), wish.getInput(), wish.getReason());
        return answers.of(replays.replay(caller.principal(), new RunId(runId), Replays.ANY_GENERATION, replay))
                .map(generation -> HttpResponse.accepted().body(new ReplayedRun(runId, generation)));
    }

    @Override
    @RequiresPermission(Permission.RUNS_REPLAY)
    public Mono<HttpResponse<ReplayRunsResult>> replayRuns(ReplayRuns wish) {
        var replay = replay(wish.getFrom(), wish.getStep(), Optional.empty(), wish.getInput(), wish.getReason());
        var list = BulkReplays.Part.of(wish.getFilter(), Optional.ofNullable(wish.getCursor()), wish.getLimit());
        var who = caller.principal();
        return (Boolean.TRUE.equals(wish.getDryRun()) ? bulk.count(who, list) : bulk.replay(who, list, replay))
                .map(HttpResponse::ok);
    }

    private static Optional<Replays.Place> place(ReplayRun wish) {
        if (wish.getCheckpoint() == null) {
            return Optional.empty();
        }
        if (wish.getFrom() != ReplayFrom.STEP) {
            throw new ApiException(
                    ErrorCode.FIELD_INVALID,
                    "$.checkpoint is \"" + wish.getCheckpoint()
                            + "\", which is one of a step. Set from to STEP, and step to its name.",
                    "$.checkpoint");
        }
        int element = wish.getElement() == null ? 0 : wish.getElement();
        return Optional.of(Replays.Place.of(wish.getCheckpoint(), element));
    }

    private static Replays.Replay replay(
            ReplayFrom wished, String step, Optional<Replays.Place> place, RawJson input, String reason) {
        var from = wished == null ? ReplayFrom.FAILED_STEPS : wished;
        if ((from == ReplayFrom.STEP) == (step == null)) {
            throw new ApiException(
                    ErrorCode.FIELD_INVALID,
                    from == ReplayFrom.STEP
                            ? "$.step is missing: say which step to begin with."
                            : "$.step is \"" + step + "\", but the replay begins with " + from
                                    + ". Leave it out, or set from to STEP.",
                    "$.step");
        }
        return new Replays.Replay(
                from,
                Optional.ofNullable(step),
                place,
                Optional.ofNullable(input).map(RawJson::bytes),
                reason);
    }
}
