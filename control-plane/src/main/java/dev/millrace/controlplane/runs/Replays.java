package dev.millrace.controlplane.runs;

import dev.millrace.controlplane.api.model.ReplayFrom;
import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.controlplane.shard.Shards;
import dev.millrace.controlplane.tenancy.Principal;
import dev.millrace.controlplane.workflows.WorkflowVersion;
import dev.millrace.engine.CheckpointKey;
import dev.millrace.engine.Command;
import dev.millrace.engine.Command.NewInput;
import dev.millrace.engine.Reply;
import dev.millrace.engine.RunId;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Runs again what has ended. Who asked and why is part of the fact that the shard stores. Safe for use by several threads; nothing
 * blocks.
 */
@Singleton
final class Replays {
    /** For whoever means the run as it is. */
    static final int ANY_GENERATION = 0;

    private static final Duration DEADLINE = Duration.ofSeconds(15);

    private final RunReader reader;
    private final NewInputs inputs;
    private final Shards shards;

    Replays(RunReader reader, NewInputs inputs, Shards shards) {
        this.reader = reader;
        this.inputs = inputs;
        this.shards = shards;
    }

    /**
     * How to run again.
     *
     * @param step the one to begin with, just where it begins with a step
     * @param place the checkpoint of that step to go on from; empty to begin the step anew
     * @param input another input; empty for the same
     * @param reason why, for the history
     */
    record Replay(
            ReplayFrom from, Optional<String> step, Optional<Place> place, Optional<byte[]> input, String reason) {}

    /**
     * Where a durable step goes on.
     *
     * @param element 0 but for mapped steps
     */
    record Place(CheckpointKey checkpoint, int element) {
        /**
         * Reads the name of a checkpoint, as the history writes it.
         *
         * @param text such as {@code plan#2}; {@code plan} is the first of that name
         */
        static Place of(String text, int element) {
            int mark = text.lastIndexOf('#');
            boolean numbered = mark > 0 && text.substring(mark + 1).matches("[1-9][0-9]{0,8}");
            try {
                return new Place(
                        new CheckpointKey(
                                "",
                                numbered ? text.substring(0, mark) : text,
                                numbered ? Integer.parseInt(text.substring(mark + 1)) : 1),
                        element);
            } catch (IllegalArgumentException e) {
                throw new ApiException(
                        ErrorCode.FIELD_INVALID,
                        "$.checkpoint is \"" + text + "\", which is no name of a checkpoint such as plan#2.",
                        "$.checkpoint");
            }
        }
    }

    /**
     * Runs a run again.
     *
     * @param expected the generation that is to be replayed, or {@link #ANY_GENERATION}
     * @return number of the new generation
     */
    CompletionStage<Integer> replay(Principal who, RunId run, int expected, Replay replay) {
        return from(who, run, replay)
                .thenCompose(from -> input(who, run, replay.input)
                        .thenCompose(input -> ask(who, run, expected, from, input, replay.reason)));
    }

    private CompletionStage<Command.ReplayFrom> from(Principal who, RunId run, Replay replay) {
        return switch (replay.from) {
            case FAILED_STEPS -> CompletableFuture.completedFuture(new Command.ReplayFrom.FailedSteps());
            case START -> CompletableFuture.completedFuture(new Command.ReplayFrom.Start());
            case STEP ->
                reader.version(who.tenant(), run).thenApply(version -> {
                    int node = node(version, run, replay.step.orElseThrow());
                    return replay.place
                            .<Command.ReplayFrom>map(place ->
                                    new Command.ReplayFrom.AtCheckpoint(node, place.element(), place.checkpoint()))
                            .orElseGet(() -> new Command.ReplayFrom.Step(node));
                });
        };
    }

    private static int node(WorkflowVersion version, RunId run, String step) {
        return version.plan()
                .node(step)
                .filter(number -> number < version.plan().steps())
                .orElseThrow(() -> new ApiException(
                        ErrorCode.STEP_NOT_FOUND,
                        "Workflow " + version.ref().workflow() + " of run " + run + " has no step " + step
                                + ". See the tasks of the run for their names.",
                        "$.step"));
    }

    private CompletionStage<Optional<NewInput>> input(Principal who, RunId run, Optional<byte[]> input) {
        return input.map(json -> inputs.of(who.tenant(), run, json).thenApply(Optional::of))
                .orElseGet(() -> CompletableFuture.completedFuture(Optional.empty()));
    }

    private CompletionStage<Integer> ask(
            Principal who, RunId run, int expected, Command.ReplayFrom from, Optional<NewInput> input, String reason) {
        return shards.ask(
                        who.tenant(),
                        replyTo -> new Command.ReplayRun(
                                replyTo,
                                who.tenant(),
                                run,
                                expected,
                                from,
                                input,
                                "token " + who.tokenId() + " of service " + who.serviceName(),
                                reason),
                        DEADLINE)
                .thenApply(reply -> {
                    if (reply instanceof Reply.RunReplayed replayed) {
                        return replayed.generation();
                    }
                    throw Refusals.of(reply).about(run.value());
                });
    }
}
