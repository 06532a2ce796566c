package dev.millrace.controlplane.runs;

import dev.millrace.controlplane.api.model.Crowd;
import dev.millrace.controlplane.api.model.RunExplanation;
import dev.millrace.controlplane.api.model.RunState;
import dev.millrace.controlplane.api.model.TaskExplanation;
import dev.millrace.controlplane.api.model.WorkflowExplanation;
import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.controlplane.shard.Shards;
import dev.millrace.controlplane.tenancy.Principal;
import dev.millrace.controlplane.workflows.WorkflowVersion;
import dev.millrace.controlplane.workflows.Workflows;
import dev.millrace.engine.Command;
import dev.millrace.engine.Reply;
import dev.millrace.engine.RunId;
import dev.millrace.engine.RunImage;
import dev.millrace.engine.TaskState;
import dev.millrace.engine.TenantConfig;
import dev.millrace.engine.TenantId;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;

/** Asks the engine why the tasks of a run wait. Safe for use by several threads; nothing blocks. */
@Singleton
final class Explanations {
    private static final Duration DEADLINE = Duration.ofSeconds(10);
    /** So many tasks of a run are told of. */
    private static final int MOST_TASKS = 50;

    private final RunReader reader;
    private final Workflows workflows;
    private final Shards shards;

    Explanations(RunReader reader, Workflows workflows, Shards shards) {
        this.reader = reader;
        this.workflows = workflows;
        this.shards = shards;
    }

    /** A task of a run. */
    private record Place(int node, int element, TaskState state) {}

    /**
     * Why a run waits.
     *
     * @param step only this one
     * @param element only this one of a mapped step
     */
    CompletionStage<RunExplanation> of(TenantId tenant, RunId run, Optional<String> step, Optional<Integer> element) {
        return reader.find(tenant, run).thenCompose(found -> {
            var places = places(found, step, element);
            var asked = places.stream().map(place -> ask(tenant, run, place)).toList();
            return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new))
                    .thenApply(done -> {
                        List<TaskExplanation> tasks = new ArrayList<>();
                        for (int i = 0; i < places.size(); i++) {
                            tasks.add(explained(
                                    found.version(), places.get(i), asked.get(i).join()));
                        }
                        return explained(found, tasks);
                    });
        });
    }

    /**
     * What the tasks of a workflow wait for.
     *
     * @param elsewhere those that queue nowhere
     */
    CompletionStage<WorkflowExplanation> of(Principal who, String workflow, WaitingRows.Counted elsewhere) {
        return workflows
                .find(who, workflow, "", "")
                .thenCompose(version -> shards.ask(
                                who.tenant(),
                                replyTo -> new Command.ExplainWorkflow(replyTo, who.tenant(), workflow),
                                DEADLINE)
                        .thenApply(reply -> {
                            if (!(reply instanceof Reply.WorkflowExplained explained)) {
                                throw Refusals.of(reply);
                            }
                            var explanation = new WorkflowExplanation(
                                    workflow, "", HoldViews.crowds(explained, elsewhere, version), elsewhere.isAll());
                            long tasks = explanation.getCrowds().stream()
                                    .mapToLong(Crowd::getTasks)
                                    .sum();
                            explanation.setSentence(sentence(tasks, elsewhere.isAll(), explained.paused())
                                    + pausedSchedules(elsewhere.pausedSchedules()));
                            explained.paused().ifPresent(pause -> {
                                explanation.setPausedSince(pause.since());
                                if (!pause.by().isEmpty()) {
                                    explanation.setPausedBy(pause.by());
                                }
                            });
                            return explanation;
                        }));
    }

    private static String sentence(long tasks, boolean isAll, Optional<TenantConfig.Pause> paused) {
        return paused.map(HoldViews::paused).map(text -> text + " ").orElse("")
                + (tasks == 0
                        ? "No task of it waits."
                        : (isAll ? "" : "At least ") + count(tasks, "task") + " of it "
                                + (tasks == 1 ? "waits." : "wait."));
    }

    private static String pausedSchedules(List<String> names) {
        if (names.isEmpty()) {
            return "";
        }
        var quoted = names.stream().map(name -> "'" + name + "'").collect(Collectors.joining(", "));
        return names.size() == 1
                ? " Its schedule " + quoted + " is paused and starts no runs."
                : " Its schedules " + quoted + " are paused and start no runs.";
    }

    private CompletableFuture<Reply.Explained> ask(TenantId tenant, RunId run, Place place) {
        return shards.ask(
                        tenant,
                        replyTo -> new Command.Explain(replyTo, tenant, run, place.node(), place.element()),
                        DEADLINE)
                .thenApply(reply -> {
                    if (reply instanceof Reply.Explained explained) {
                        return explained;
                    }
                    throw Refusals.of(reply).about(run.value());
                })
                .toCompletableFuture();
    }

    /** The tasks that have not ended, those that queue first; steps that have not begun are among them. */
    private static List<Place> places(RunReader.Found found, Optional<String> step, Optional<Integer> element) {
        var plan = found.version().plan();
        var only = step.map(name -> plan.node(name)
                .orElseThrow(() -> new ApiException(
                        ErrorCode.TASK_NOT_FOUND,
                        "Run " + found.image().run() + " of workflow "
                                + found.version().ref().workflow() + " has no step " + name
                                + ". See the tasks of the run for their names.")));
        List<Place> places = new ArrayList<>();
        var begun = new java.util.BitSet();
        for (var task : found.image().tasks()) {
            begun.set(task.node());
            places.add(new Place(task.node(), task.element(), task.state()));
        }
        if (!found.image().state().isFinal()) {
            for (int node = 0; node < plan.steps(); node++) {
                if (!begun.get(node)) {
                    places.add(new Place(node, 0, TaskState.PENDING));
                }
            }
        }
        return places.stream()
                .filter(place -> only.isEmpty() ? !place.state().isFinal() : place.node() == only.get())
                .filter(place -> element.isEmpty() || place.element() == element.get())
                .sorted(Comparator.comparing((Place place) -> place.state() != TaskState.QUEUED)
                        .thenComparing(Place::node)
                        .thenComparing(Place::element))
                .limit(MOST_TASKS)
                .toList();
    }

    private static TaskExplanation explained(WorkflowVersion version, Place place, Reply.Explained reply) {
        var holds = reply.holds().stream()
                .map(hold -> HoldViews.view(hold, version))
                .toList();
        var explanation = new TaskExplanation(
                version.plan().name(place.node()),
                dev.millrace.controlplane.api.model.TaskState.fromValue(
                        reply.state().name()),
                HoldViews.sentence(reply, holds),
                holds);
        if (version.plan().mapped(place.node())) {
            explanation.setElement(place.element());
        }
        return explanation;
    }

    private static RunExplanation explained(RunReader.Found found, List<TaskExplanation> tasks) {
        return new RunExplanation(
                found.image().run().value(),
                found.version().ref().workflow(),
                RunState.fromValue(found.image().state().name()),
                sentence(found.image(), tasks),
                tasks);
    }

    private static String sentence(RunImage run, List<TaskExplanation> tasks) {
        if (run.state().isFinal()) {
            return "It has ended as " + run.state() + ", so nothing of it waits.";
        }
        long waiting = tasks.stream().filter(task -> !task.getHolds().isEmpty()).count();
        long live = tasks.size() - waiting;
        return "It is " + run.state() + ": " + count(live, "task") + " with a worker, " + count(waiting, "task")
                + " waiting.";
    }

    private static String count(long number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }
}
