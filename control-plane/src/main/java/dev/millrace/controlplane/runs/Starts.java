package dev.millrace.controlplane.runs;

import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.controlplane.errors.Problems;
import dev.millrace.controlplane.payloads.Payloads;
import dev.millrace.controlplane.shard.Shards;
import dev.millrace.controlplane.tenancy.Principal;
import dev.millrace.controlplane.workflows.Verdicts;
import dev.millrace.controlplane.workflows.WorkflowVersion;
import dev.millrace.controlplane.workflows.Workflows;
import dev.millrace.engine.Command;
import dev.millrace.engine.Payload;
import dev.millrace.engine.Reply;
import dev.millrace.engine.StartOutcome;
import dev.millrace.manifest.Json;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Starts runs: finds the version of each, checks its input, stores large inputs, and asks the shard once for all of them. Safe
 * for use by several threads; nothing blocks.
 */
@Singleton
final class Starts {
    private static final Duration DEADLINE = Duration.ofSeconds(15);

    private final Workflows workflows;
    private final Payloads payloads;
    private final Shards shards;

    Starts(Workflows workflows, Payloads payloads, Shards shards) {
        this.workflows = workflows;
        this.payloads = payloads;
        this.shards = shards;
    }

    /** A start together with the version that it means, or the reason why there will be none. */
    private record Prepared(StartRequest request, WorkflowVersion version, ApiException refusal) {}

    private record Wanted(String workflow, String version, String shape) {}

    /**
     * Starts runs; each succeeds or fails alone.
     *
     * @param request names the batch, so that the same one sent again starts nothing twice
     * @param mayBeKnown whether the batch may have been sent before
     * @return one result for each start, in order, once the facts are stored; fails when nothing is known of the batch
     */
    CompletionStage<List<StartResult>> start(
            Principal who, UUID request, boolean mayBeKnown, List<StartRequest> starts) {
        return versions(who, starts).thenCompose(versions -> {
            List<Prepared> prepared = new ArrayList<>(starts.size());
            List<byte[]> inputs = new ArrayList<>(starts.size());
            for (var start : starts) {
                var ready = prepare(start, versions.get(wanted(start)));
                prepared.add(ready);
                if (ready.refusal() == null) {
                    inputs.add(start.input());
                }
            }
            if (inputs.isEmpty()) {
                return CompletableFuture.completedFuture(merge(prepared, List.of()));
            }
            return payloads.keep(who.tenant(), inputs)
                    .thenCompose(kept -> shards.ask(
                            who.tenant(),
                            replyTo -> new Command.StartRuns(
                                    replyTo, who.tenant(), request, mayBeKnown, commands(prepared, kept)),
                            DEADLINE))
                    .thenApply(reply -> merge(prepared, outcomes(reply, inputs.size())));
        });
    }

    /** The version of each distinct workflow of the batch, or the refusal that it is not there. */
    private CompletionStage<Map<Wanted, Object>> versions(Principal who, List<StartRequest> starts) {
        Map<Wanted, CompletableFuture<Object>> asked = new LinkedHashMap<>();
        for (var start : starts) {
            asked.computeIfAbsent(
                    wanted(start),
                    wanted -> workflows
                            .find(who, wanted.workflow(), wanted.version(), wanted.shape())
                            .handle((version, failure) -> {
                                if (failure == null) {
                                    return (Object) version;
                                }
                                return Problems.refusal(failure);
                            })
                            .toCompletableFuture());
        }
        return CompletableFuture.allOf(asked.values().toArray(CompletableFuture[]::new))
                .thenApply(done -> {
                    Map<Wanted, Object> versions = new LinkedHashMap<>();
                    asked.forEach((wanted, version) -> versions.put(wanted, version.join()));
                    return versions;
                });
    }

    private static Wanted wanted(StartRequest start) {
        return new Wanted(start.workflow(), start.version(), start.shape());
    }

    private static Prepared prepare(StartRequest start, Object found) {
        if (!(found instanceof WorkflowVersion version)) {
            return new Prepared(start, null, (ApiException) found);
        }
        try {
            version.requireStart(start.input(), start.path() + ".input");
            return new Prepared(start, version, null);
        } catch (ApiException e) {
            return new Prepared(start, version, e);
        }
    }

    private static List<Command.RunStart> commands(List<Prepared> prepared, List<Payload> kept) {
        List<Command.RunStart> commands = new ArrayList<>(kept.size());
        for (var ready : prepared) {
            if (ready.refusal() == null) {
                var start = ready.request();
                commands.add(new Command.RunStart(
                        RunIds.next(ready.version().manifest().weight()),
                        ready.version().ref(),
                        kept.get(commands.size()),
                        start.idempotencyKey(),
                        start.idempotencyKey().isPresent() ? digest(start.input()) : "",
                        start.priority(),
                        start.metadata(),
                        start.deadline(),
                        start.follow(),
                        Verdicts.atDoor(ready.version().expressions(), start.input(), start.metadata())
                                .requiring(start.requires()),
                        start.keyLife()));
            }
        }
        return commands;
    }

    /** Of the canonical form, so that the same input written by another client is the same input. */
    private static String digest(byte[] input) {
        var canonical = Json.canonical(Json.read(input)).getBytes(StandardCharsets.UTF_8);
        return HexFormat.of().formatHex(Payloads.sha256(canonical));
    }

    private static List<StartOutcome> outcomes(Reply reply, int expected) {
        if (reply instanceof Reply.RunsStarted started && started.outcomes().size() == expected) {
            return started.outcomes();
        }
        if (reply instanceof Reply.RunsStarted started) {
            throw new ApiException(
                    ErrorCode.REQUEST_CONFLICT,
                    "The request id names an earlier request of "
                            + started.outcomes().size() + " starts, and this one has " + expected
                            + ". Send the same items again, or take a new id.");
        }
        throw Refusals.of(reply);
    }

    private static List<StartResult> merge(List<Prepared> prepared, List<StartOutcome> outcomes) {
        List<StartResult> results = new ArrayList<>(prepared.size());
        int next = 0;
        for (var ready : prepared) {
            if (ready.refusal() != null) {
                results.add(new StartResult.Refused(ready.refusal()));
                continue;
            }
            var outcome = outcomes.get(next++);
            if (outcome instanceof StartOutcome.Started started) {
                results.add(new StartResult.Started(
                        started.run(), ready.version().ref(), started.existing(), started.joined()));
            } else if (outcome instanceof StartOutcome.Refused refused) {
                results.add(new StartResult.Refused(
                        new ApiException(ErrorCode.named(refused.code()), refused.message()).again(refused.again())));
            }
        }
        return results;
    }
}
