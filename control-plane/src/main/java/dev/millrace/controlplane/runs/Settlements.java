package dev.millrace.controlplane.runs;

import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.controlplane.payloads.Payloads;
import dev.millrace.controlplane.shard.Shards;
import dev.millrace.controlplane.tenancy.Principal;
import dev.millrace.controlplane.workflows.WorkflowVersion;
import dev.millrace.engine.Command;
import dev.millrace.engine.Command.Settlement;
import dev.millrace.engine.Reply;
import dev.millrace.engine.RunId;
import dev.millrace.engine.TaskState;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Ends tasks by hand. Who asked and why is part of the fact that the shard stores, so there is no settlement without its record.
 * Safe for use by several threads; nothing blocks.
 */
@Singleton
final class Settlements {
    private static final Duration DEADLINE = Duration.ofSeconds(15);

    private final RunReader reader;
    private final Payloads payloads;
    private final Shards shards;

    Settlements(RunReader reader, Payloads payloads, Shards shards) {
        this.reader = reader;
        this.payloads = payloads;
        this.shards = shards;
    }

    /** A task as people name it. @param element only of a mapped step */
    record TaskName(RunId run, String step, Optional<Integer> element) {}

    /** @return the state of the task when it was decided if it is cancelled, else the one that it has now */
    CompletionStage<TaskState> settle(Principal who, TaskName task, Settlement settlement, String reason) {
        return reader.version(who.tenant(), task.run())
                .thenCompose(version -> ask(who, task, node(task, version), settlement, reason));
    }

    /** @param result empty for no value; has passed as JSON */
    CompletionStage<TaskState> complete(Principal who, TaskName task, byte[] result, String reason) {
        Payloads.requireSize(result, "$.result");
        return reader.version(who.tenant(), task.run()).thenCompose(version -> {
            int node = node(task, version);
            version.outputs().problem(node, result).ifPresent(problem -> {
                throw new ApiException(ErrorCode.SCHEMA_MISMATCH, problem, "$.result");
            });
            return payloads.keep(who.tenant(), List.of(result))
                    .thenCompose(kept -> ask(
                            who, task, node, new Settlement.Complete(kept.get(0), Payloads.elements(result)), reason));
        });
    }

    private static int node(TaskName task, WorkflowVersion version) {
        int node = version.plan()
                .node(task.step())
                .orElseThrow(() -> new ApiException(
                        ErrorCode.TASK_NOT_FOUND,
                        "Run " + task.run() + " of workflow " + version.ref().workflow() + " has no step " + task.step()
                                + ". See the tasks of the run for their names."));
        if (version.plan().mapped(node) != task.element().isPresent()) {
            throw new ApiException(
                    ErrorCode.FIELD_INVALID,
                    task.element().isPresent()
                            ? "$.element is " + task.element().get() + ", but step " + task.step()
                                    + " has one task only. Leave it out."
                            : "$.element is missing: step " + task.step()
                                    + " has one task for each element. Say which, counted from 0.",
                    "$.element");
        }
        return node;
    }

    private CompletionStage<TaskState> ask(
            Principal who, TaskName task, int node, Settlement settlement, String reason) {
        return shards.ask(
                        who.tenant(),
                        replyTo -> new Command.SettleTask(
                                replyTo,
                                who.tenant(),
                                task.run(),
                                node,
                                task.element().orElse(0),
                                settlement,
                                "token " + who.tokenId() + " of service " + who.serviceName(),
                                reason),
                        DEADLINE)
                .thenApply(reply -> decided(task, settlement, reply));
    }

    private static TaskState decided(TaskName task, Settlement settlement, Reply reply) {
        if (!(reply instanceof Reply.TaskSettled decided)) {
            throw Refusals.of(reply);
        }
        if (settlement instanceof Settlement.Cancel && decided.state() == TaskState.CANCELLED) {
            return TaskState.CANCELLED;
        }
        if (!decided.accepted()) {
            throw (decided.state().isFinal()
                            ? new ApiException(
                                    ErrorCode.TASK_FINISHED,
                                    "The task " + named(task) + " has ended as " + decided.state()
                                            + " before; what it ended as stays.")
                            : new ApiException(
                                    ErrorCode.TASK_PENDING,
                                    "The task " + named(task) + " is " + decided.state()
                                            + ": what it waits for has not ended, so there is nothing to decide yet."))
                    .about(task.run().value());
        }
        if (settlement instanceof Settlement.Complete) {
            return TaskState.SUCCEEDED;
        } else if (settlement instanceof Settlement.Fail) {
            return TaskState.FAILED;
        } else if (settlement instanceof Settlement.Skip) {
            return TaskState.SKIPPED;
        }
        return decided.state();
    }

    private static String named(TaskName task) {
        return task.step() + task.element().map(element -> "[" + element + "]").orElse("") + " of run " + task.run();
    }
}
