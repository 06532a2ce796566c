package dev.millrace.controlplane.dispatch;

import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.controlplane.errors.Problems;
import dev.millrace.controlplane.payloads.Payloads;
import dev.millrace.controlplane.runs.NewInputs;
import dev.millrace.engine.AttemptRef;
import dev.millrace.engine.Command;
import dev.millrace.engine.Command.Outcome;
import dev.millrace.engine.Failure;
import dev.millrace.engine.Payload;
import dev.millrace.engine.Spent;
import dev.millrace.engine.TenantId;
import dev.millrace.manifest.InvalidJsonException;
import dev.millrace.protocol.worker.v1.Completion;
import dev.millrace.protocol.worker.v1.NextTurn;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Turns what workers say of ended attempts into outcomes the engine can take. A result that cannot be stored is a failure of the
 * step, never of the stream: the run must not be stuck, and the next attempt may do better.
 */
final class Results {
    private static final byte[] NOTHING = {};

    private final Payloads payloads;
    private final ServedVersions versions;
    private final NewInputs inputs;

    Results(Payloads payloads, ServedVersions versions, NewInputs inputs) {
        this.payloads = payloads;
        this.versions = versions;
        this.inputs = inputs;
    }

    /** A completion whose result is checked but not yet kept. */
    private record Checked(long sequence, AttemptRef attempt, byte[] result, Outcome outcome) {
        /** Whether it brings what a step made: its value, or what a turn left for the next. */
        boolean hasValue() {
            return outcome instanceof Outcome.Success || outcome instanceof Outcome.Again;
        }

        /** How the attempt ended, with what it made where that is kept. */
        Outcome outcome(Payload kept) {
            if (outcome instanceof Outcome.Success success) {
                return new Outcome.Success(kept, success.elements());
            }
            return outcome instanceof Outcome.Again again ? new Outcome.Again(kept, again.delay()) : outcome;
        }
    }

    /** The completions of one frame, in order; large results are stored before the stage completes. */
    CompletionStage<List<Command.Completion>> completions(TenantId tenant, List<Completion> completions) {
        if (completions.isEmpty()) {
            return CompletableFuture.completedFuture(List.of());
        }
        List<Checked> checked = new ArrayList<>(completions.size());
        var spent =
                completions.stream().map(each -> Wire.spent(each.getSpent())).toList();
        Set<AttemptRef> succeeded = new HashSet<>();
        for (var completion : completions) {
            var ready = check(completion);
            checked.add(ready);
            if (ready.hasValue()) {
                succeeded.add(ready.attempt());
            }
        }
        return versions.of(succeeded)
                .thenCompose(found -> {
                    checked.replaceAll(ready -> against(found, ready));
                    return keep(tenant, checked, spent);
                })
                .thenCompose(done -> restarts(tenant, completions, done));
    }

    /** Those that let their runs begin anew, made ready; nearly always there are none. */
    private CompletionStage<List<Command.Completion>> restarts(
            TenantId tenant, List<Completion> completions, List<Command.Completion> done) {
        CompletionStage<List<Command.Completion>> ready = CompletableFuture.completedFuture(done);
        for (int i = 0; i < done.size(); i++) {
            if (completions.get(i).hasRestart()) {
                int place = i;
                ready = ready.thenCombine(
                        restart(
                                tenant,
                                done.get(i).attempt(),
                                completions.get(i).getRestart().getInput().toByteArray()),
                        (all, outcome) -> {
                            var one = all.get(place);
                            all.set(place, new Command.Completion(one.sequence(), one.attempt(), outcome, one.spent()));
                            return all;
                        });
            }
        }
        return ready;
    }

    /** An input that does not fit is a failure of the step for good: it would ask for the same again. */
    private CompletionStage<Outcome> restart(TenantId tenant, AttemptRef attempt, byte[] input) {
        return inputs.of(tenant, attempt.run(), input)
                .<Outcome>thenApply(Outcome.Restart::new)
                .exceptionally(failure -> {
                    var refusal = Problems.refusal(failure);
                    if (refusal.code().isTemporary() || refusal.code() == ErrorCode.INTERNAL) {
                        throw refusal;
                    }
                    return new Outcome.Failed(new Failure(
                            refusal.code().name(),
                            "The run cannot begin anew with this input. " + refusal.getMessage(),
                            "",
                            true,
                            0,
                            ""));
                });
    }

    private CompletionStage<List<Command.Completion>> keep(TenantId tenant, List<Checked> checked, List<Spent> spent) {
        var results = checked.stream().map(Checked::result).toList();
        return payloads.keep(tenant, results).thenApply(kept -> {
            List<Command.Completion> done = new ArrayList<>(checked.size());
            for (int i = 0; i < checked.size(); i++) {
                var ready = checked.get(i);
                done.add(new Command.Completion(
                        ready.sequence(), ready.attempt(), ready.outcome(kept.get(i)), spent.get(i)));
            }
            return done;
        });
    }

    /** Holds a result against what the manifest says of its step. An attempt of no run is left to the shard, which refuses it. */
    private static Checked against(ServedVersions.Found versions, Checked ready) {
        if (!ready.hasValue()) {
            return ready;
        }
        return versions.of(ready.attempt())
                .flatMap(version -> version.outputs().problem(ready.attempt().node(), ready.result()))
                .map(problem -> invalid(ready.sequence(), ready.attempt(), Failure.RESULT_SCHEMA_MISMATCH, problem))
                .orElse(ready);
    }

    private static Checked check(Completion completion) {
        long sequence = completion.getSequence();
        if (sequence < 1) {
            throw Wire.violation("a completion has sequence " + Long.toUnsignedString(sequence)
                    + "; sequences start at 1 and stay below 2^63");
        }
        var attempt = Wire.attempt(completion.getAttempt());
        return switch (completion.getOutcomeCase()) {
            case SUCCESS ->
                success(sequence, attempt, completion.getSuccess().getResult().toByteArray());
            case FAILURE ->
                new Checked(sequence, attempt, NOTHING, new Outcome.Failed(Wire.failure(completion.getFailure())));
            case RESTART, CANCELLED -> new Checked(sequence, attempt, NOTHING, new Outcome.Cancelled());
            case NEXT_TURN -> turn(sequence, attempt, completion.getNextTurn());
            case OUTCOME_NOT_SET -> throw Wire.violation("completion " + sequence + " has no outcome");
        };
    }

    /** What a turn leaves is checked as a result is. */
    private static Checked turn(long sequence, AttemptRef attempt, NextTurn next) {
        var state = next.getState().toByteArray();
        if (state.length == 0 || next.getDelayMillis() < 0) {
            throw Wire.violation("completion " + sequence + " ends a turn of a loop, but leaves "
                    + (state.length == 0 ? "nothing for" : "a delay of more than 2^63 ms before") + " the next");
        }
        var checked = success(sequence, attempt, state);
        return checked.hasValue()
                ? new Checked(
                        sequence,
                        attempt,
                        state,
                        new Outcome.Again(Payload.inline(state), Duration.ofMillis(next.getDelayMillis())))
                : checked;
    }

    private static Checked success(long sequence, AttemptRef attempt, byte[] result) {
        if (result.length == 0) {
            return new Checked(sequence, attempt, NOTHING, new Outcome.Success(Payload.NONE, -1));
        }
        if (result.length > Payloads.MAX_BYTES) {
            return invalid(
                    sequence,
                    attempt,
                    Failure.OUTPUT_INVALID,
                    "The step's result has %,d bytes; the limit is %,d. Keep the data elsewhere and return where it is."
                            .formatted(result.length, Payloads.MAX_BYTES));
        }
        try {
            return new Checked(sequence, attempt, result, new Outcome.Success(Payload.NONE, Payloads.elements(result)));
        } catch (InvalidJsonException e) {
            return invalid(
                    sequence,
                    attempt,
                    Failure.OUTPUT_INVALID,
                    "The step's result cannot be stored (" + e.code() + "): " + e.getMessage());
        }
    }

    /** Another attempt would most likely return the same, so it is not retried. */
    private static Checked invalid(long sequence, AttemptRef attempt, String code, String message) {
        return new Checked(sequence, attempt, NOTHING, new Outcome.Failed(new Failure(code, message, "", true, 0, "")));
    }
}
