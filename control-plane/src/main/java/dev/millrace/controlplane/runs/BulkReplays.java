package dev.millrace.controlplane.runs;

import dev.millrace.controlplane.api.model.ReplayRunsItem;
import dev.millrace.controlplane.api.model.ReplayRunsResult;
import dev.millrace.controlplane.api.model.RunFilter;
import dev.millrace.controlplane.api.model.RunState;
import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.controlplane.errors.Problems;
import dev.millrace.controlplane.rest.Answers;
import dev.millrace.controlplane.rest.Cursor;
import dev.millrace.controlplane.tenancy.Principal;
import dev.millrace.engine.RunId;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Replays what a filter finds, part by part, from the newest run to the oldest. The list is as it was at one instant: what ended later,
 * a run that was replayed and failed again among it, is not in it; and each replay names the generation that was listed, so that what
 * the list has not heard of yet is refused by the run's owner. So a part may be asked for again without harm. Safe for use by several
 * threads.
 */
@Singleton
final class BulkReplays {
    private static final Set<RunState> ENDED =
            Set.of(RunState.FAILED, RunState.TIMED_OUT, RunState.CANCELLED, RunState.SUCCEEDED);
    /** So many replays of one request are under way at the same time. */
    private static final int AT_ONCE = 64;

    private final RunList list;
    private final Replays replays;
    private final Answers answers;
    private final Clock clock;

    BulkReplays(RunList list, Replays replays, Answers answers, Clock clock) {
        this.list = list;
        this.replays = replays;
        this.answers = answers;
        this.clock = clock;
    }

    /**
     * Where a bulk replay stands.
     *
     * @param asOf the list is of the runs that had ended then
     * @param below only runs with smaller ids are left; empty at the beginning
     */
    private record Position(Instant asOf, Optional<UUID> below) {
        static Position parse(String cursor) {
            var parts = Cursor.text(cursor).split(" ", -1);
            try {
                return new Position(
                        Instant.parse(parts[0]),
                        parts.length == 1 ? Optional.empty() : Optional.of(UUID.fromString(parts[1])));
            } catch (DateTimeException | IllegalArgumentException e) {
                throw Cursor.invalid(cursor);
            }
        }

        String cursor() {
            return Cursor.of(asOf + below.map(run -> " " + run).orElse(""));
        }
    }

    /** A part of what a filter finds, of at most so many runs. */
    record Part(RunFilter filter, Optional<String> cursor, int limit) {
        static Part of(RunFilter filter, Optional<String> cursor, int limit) {
            if (!ENDED.containsAll(filter.getStates())) {
                throw new ApiException(
                        ErrorCode.FIELD_INVALID,
                        "$.filter.states is " + filter.getStates()
                                + "; only runs that have ended can be replayed: FAILED, TIMED_OUT, CANCELLED, SUCCEEDED.",
                        "$.filter.states");
            }
            return new Part(filter, cursor, limit);
        }

        private RunList.Filter asOf(Instant asOf) {
            return new RunList.Filter(
                    Optional.ofNullable(filter.getWorkflow()),
                    filter.getStates(),
                    Optional.ofNullable(filter.getCreatedFrom()),
                    Optional.ofNullable(filter.getCreatedTo()),
                    new RunList.Ending(
                            Optional.ofNullable(filter.getStep()),
                            Optional.ofNullable(filter.getError()),
                            Optional.of(asOf)),
                    RunList.EVERY_WEIGHT,
                    Optional.empty());
        }
    }

    /** How many runs the filter finds, and the cursor to begin with. */
    Mono<ReplayRunsResult> count(Principal who, Part part) {
        var position = position(part);
        return answers.blocking(() -> {
            var result = new ReplayRunsResult(List.of());
            result.setMatched(list.count(who.tenant(), part.asOf(position.asOf)));
            result.setNextCursor(position.cursor());
            return result;
        });
    }

    /** Replays one part, and says with which cursor to go on. */
    Mono<ReplayRunsResult> replay(Principal who, Part part, Replays.Replay replay) {
        var position = position(part);
        return answers.blocking(
                        () -> list.newest(who.tenant(), part.asOf(position.asOf), position.below, part.limit + 1))
                .flatMap(found -> {
                    var more = found.size() > part.limit;
                    var these = more ? found.subList(0, part.limit) : found;
                    return Flux.fromIterable(these)
                            .flatMapSequential(run -> replay(who, run, replay), AT_ONCE)
                            .collectList()
                            .map(items -> {
                                var result = new ReplayRunsResult(items);
                                if (more) {
                                    var last = these.get(these.size() - 1).run();
                                    result.setNextCursor(new Position(position.asOf, Optional.of(last)).cursor());
                                }
                                return result;
                            });
                });
    }

    private Mono<ReplayRunsItem> replay(Principal who, RunList.Listed listed, Replays.Replay replay) {
        var item = new ReplayRunsItem(listed.run());
        return answers.of(replays.replay(who, new RunId(listed.run()), listed.generation(), replay))
                .map(generation -> {
                    item.setGeneration(generation);
                    return item;
                })
                .onErrorResume(failure -> {
                    item.setError(Problems.of(Problems.refusal(failure)));
                    return Mono.just(item);
                });
    }

    private Position position(Part part) {
        return part.cursor.map(Position::parse).orElseGet(() -> new Position(clock.instant(), Optional.empty()));
    }
}
