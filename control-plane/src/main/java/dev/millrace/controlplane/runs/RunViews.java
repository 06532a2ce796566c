package dev.millrace.controlplane.runs;

import dev.millrace.controlplane.api.model.Attempt;
import dev.millrace.controlplane.api.model.AttemptState;
import dev.millrace.controlplane.api.model.Failure;
import dev.millrace.controlplane.api.model.ParentRun;
import dev.millrace.controlplane.api.model.Priority;
import dev.millrace.controlplane.api.model.RunDetail;
import dev.millrace.controlplane.api.model.RunResult;
import dev.millrace.controlplane.api.model.RunState;
import dev.millrace.controlplane.api.model.StartWindow;
import dev.millrace.controlplane.api.model.Task;
import dev.millrace.controlplane.api.model.TaskKind;
import dev.millrace.controlplane.api.model.TaskState;
import dev.millrace.controlplane.errors.FailureCode;
import dev.millrace.controlplane.payloads.Payloads;
import dev.millrace.controlplane.payloads.RawJson;
import dev.millrace.controlplane.workflows.WorkflowVersion;
import dev.millrace.engine.CheckpointKind;
import dev.millrace.engine.Payload;
import dev.millrace.engine.RunFailure;
import dev.millrace.engine.RunImage;
import dev.millrace.engine.RunImage.TaskImage;
import dev.millrace.engine.RunImage.Transition;
import dev.millrace.engine.Usage;
import dev.millrace.manifest.OutputSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Makes what the REST contract shows of a run out of the engine's image of it. */
final class RunViews {
    /** What the history says of a run that runs again. */
    static final String REPLAYED = "REPLAYED";

    private RunViews() {}

    private record TaskKey(int node, int element) {}

    /**
     * The run with its tasks and attempts.
     *
     * @param values the bytes of stored payloads; an output whose bytes are not among them is left out
     */
    static RunDetail detail(RunImage image, WorkflowVersion version, Map<Payload, byte[]> values) {
        var detail = new RunDetail(
                image.run().value(),
                image.version().workflow(),
                image.version().hash(),
                RunState.fromValue(image.state().name()),
                image.compensated(),
                image.started(),
                tasks(image, version, values));
        detail.setGeneration(image.generation());
        detail.setService(version.ownerName());
        detail.setPriority(Priority.fromValue(image.priority().name()));
        startedAt(image).ifPresent(detail::setStartedAt);
        known(image.ended()).ifPresent(detail::setFinishedAt);
        known(image.deadline()).ifPresent(detail::setDeadlineAt);
        text(image.idempotencyKey()).ifPresent(detail::setIdempotencyKey);
        text(image.cancelReason()).ifPresent(detail::setCancelReason);
        if (!image.metadata().isEmpty()) {
            detail.setMetadata(new TreeMap<>(image.metadata()));
        }
        if (!image.terms().requires().isEmpty()) {
            detail.setRequires(new TreeMap<>(image.terms().requires()));
        }
        amounts(image.usage()).ifPresent(detail::setUsage);
        image.parent()
                .ifPresent(parent -> detail.setParent(
                        new ParentRun(parent.run().value(), parent.key().toString())));
        int children = children(image);
        if (children > 0) {
            detail.setChildren(children);
        }
        image.window().ifPresent(window -> {
            var shown = new StartWindow(window.starts(), window.closes());
            text(window.key()).ifPresent(shown::setKey);
            detail.setWindow(shown);
        });
        raw(image.input(), values).ifPresent(detail::setInput);
        new RunValues(image, version).result(values).map(RawJson::ofChecked).ifPresent(detail::setResult);
        image.failure().map(RunViews::failure).ifPresent(detail::setFailure);
        return detail;
    }

    private static int children(RunImage image) {
        return (int) image.tasks().stream()
                .flatMap(task -> task.checkpoints().all().stream())
                .filter(checkpoint -> checkpoint.kind() == CheckpointKind.CHILD
                        && !checkpoint.source().isEmpty())
                .count();
    }

    /** How the run stands, with its result if it has one. */
    static RunResult result(RunImage image, WorkflowVersion version, Map<Payload, byte[]> values) {
        var result = new RunResult(
                image.run().value(), RunState.fromValue(image.state().name()), image.compensated());
        new RunValues(image, version).result(values).map(RawJson::ofChecked).ifPresent(result::setResult);
        image.failure().map(RunViews::failure).ifPresent(result::setFailure);
        return result;
    }

    private static List<Task> tasks(RunImage image, WorkflowVersion version, Map<Payload, byte[]> values) {
        var attempts = attempts(image.history());
        List<Task> tasks = new ArrayList<>();
        var images = image.tasks().iterator();
        var next = images.hasNext() ? images.next() : null;
        for (int node = 0; node < version.plan().size(); node++) {
            if (next == null || next.node() != node) {
                // What waits for its parents is not in the image; handlers show up once they are to run.
                if (node < version.plan().steps()) {
                    tasks.add(new Task(version.plan().name(node), TaskKind.STEP, TaskState.PENDING, List.of()));
                }
                continue;
            }
            while (next != null && next.node() == node) {
                // A handler that is not to run is none of the run's tasks.
                if (node < version.plan().steps() || next.state() != dev.millrace.engine.TaskState.PENDING) {
                    tasks.add(task(next, version, attempts, values));
                }
                next = images.hasNext() ? images.next() : null;
            }
        }
        return tasks;
    }

    private static Task task(
            TaskImage image,
            WorkflowVersion version,
            Map<TaskKey, List<Attempt>> attempts,
            Map<Payload, byte[]> values) {
        var own = new ArrayList<>(attempts.getOrDefault(new TaskKey(image.node(), image.element()), List.of()));
        if (own.isEmpty() && image.attempt() > 0) {
            own.add(newest(image));
        }
        if (!own.isEmpty()) {
            var last = own.get(own.size() - 1);
            image.worker().ifPresent(worker -> last.setWorker(worker.toString()));
            if (image.state().isLive()) {
                amounts(image.spent().newest().used()).ifPresent(last::setUsage);
            }
            if (last.getFailure() != null || last.getState() == AttemptState.FAILED) {
                image.failure().map(RunViews::failure).ifPresent(last::setFailure);
            }
        }
        var task = new Task(
                version.plan().name(image.node()),
                kind(image.node(), version),
                TaskState.fromValue(image.state().name()),
                own);
        if (image.node() < version.plan().steps()
                && version.manifest().steps().get(image.node()).mapped()) {
            task.setElement(image.element());
        }
        known(image.queued()).ifPresent(task::setReadyAt);
        own.stream()
                .map(Attempt::getStartedAt)
                .filter(started -> started != null)
                .findFirst()
                .or(() -> known(image.started()))
                .ifPresent(task::setStartedAt);
        known(image.ended()).ifPresent(task::setFinishedAt);
        if (image.state() == dev.millrace.engine.TaskState.BACKING_OFF) {
            known(image.due()).ifPresent(image.isBetweenTurns() ? task::setNextTurnAt : task::setRetryAt);
        }
        if (isLoop(image, version)) {
            task.setTurn(image.loop().turn());
        }
        raw(image.loop().state(), values).ifPresent(task::setTurnState);
        raw(image.result(), values).ifPresent(task::setOutput);
        amounts(image.spent().used()).ifPresent(task::setUsage);
        image.failure().map(RunViews::failure).ifPresent(task::setFailure);
        return task;
    }

    /** Whether its step is called again until it is done, and this task of it has begun. */
    private static boolean isLoop(TaskImage image, WorkflowVersion version) {
        return image.node() < version.plan().steps()
                && !image.neverBegan()
                && version.manifest().steps().get(image.node()).output().kind() == OutputSpec.Kind.LOOP;
    }

    private static TaskKind kind(int node, WorkflowVersion version) {
        if (node < version.plan().steps()) {
            return TaskKind.STEP;
        }
        return node
                        < version.plan().steps()
                                + version.manifest().compensations().size()
                ? TaskKind.COMPENSATION
                : TaskKind.ON_FAILURE;
    }

    /** The attempts that the history tells of, by task, in the order of their numbers. */
    private static Map<TaskKey, List<Attempt>> attempts(List<Transition> history) {
        Map<TaskKey, List<Attempt>> attempts = new HashMap<>();
        int from = 0;
        for (int i = 0; i <= history.size(); i++) {
            // A replay numbers attempts anew; a task that it kept has those of an earlier generation.
            if (i == history.size() || history.get(i).state().equals(REPLAYED)) {
                attempts.putAll(attemptsOfGeneration(history.subList(from, i)));
                from = i;
            }
        }
        return attempts;
    }

    private static Map<TaskKey, List<Attempt>> attemptsOfGeneration(List<Transition> history) {
        Map<TaskKey, TreeMap<Integer, Attempt>> byNumber = new HashMap<>();
        for (var transition : history) {
            if (transition.attempt() == 0) {
                continue;
            }
            var state = AttemptState.fromValue(transition.state());
            var attempt = byNumber.computeIfAbsent(
                            new TaskKey(transition.node(), transition.element()), key -> new TreeMap<>())
                    .computeIfAbsent(transition.attempt(), number -> new Attempt(number, state, transition.at()));
            attempt.setState(state);
            amounts(transition.used()).ifPresent(attempt::setUsage);
            switch (state) {
                case OFFERED -> attempt.setOfferedAt(transition.at());
                case RUNNING -> attempt.setStartedAt(transition.at());
                case SUCCEEDED, SUSPENDED -> attempt.setFinishedAt(transition.at());
                case FAILED, TIMED_OUT, LOST, CANCELLED -> {
                    attempt.setFinishedAt(transition.at());
                    text(transition.detail())
                            .ifPresent(detail -> attempt.setFailure(new Failure(state.getValue(), detail)));
                }
            }
        }
        Map<TaskKey, List<Attempt>> attempts = new HashMap<>();
        byNumber.forEach((key, numbered) -> attempts.put(key, List.copyOf(numbered.values())));
        return attempts;
    }

    /** The newest attempt, as far as the task's own image tells of it. */
    private static Attempt newest(TaskImage image) {
        var state = switch (image.state()) {
            case ASSIGNED -> AttemptState.OFFERED;
            case RUNNING -> AttemptState.RUNNING;
            case SUCCEEDED -> AttemptState.SUCCEEDED;
            case CANCELLED -> AttemptState.CANCELLED;
            case BACKING_OFF -> image.isBetweenTurns() ? AttemptState.SUCCEEDED : AttemptState.FAILED;
            case FAILED -> AttemptState.FAILED;
            case WAITING -> AttemptState.SUSPENDED;
            case PENDING, QUEUED, SKIPPED -> AttemptState.LOST;
        };
        var attempt = new Attempt(image.attempt(), state, image.queued());
        known(image.started()).ifPresent(attempt::setStartedAt);
        known(image.ended()).ifPresent(attempt::setFinishedAt);
        return attempt;
    }

    private static Optional<Instant> startedAt(RunImage image) {
        return image.history().stream()
                .filter(transition ->
                        transition.attempt() > 0 && transition.state().equals(AttemptState.RUNNING.getValue()))
                .map(Transition::at)
                .findFirst()
                .or(() -> image.tasks().stream()
                        .map(TaskImage::started)
                        .filter(at -> known(at).isPresent())
                        .min(Instant::compareTo));
    }

    static Failure failure(RunFailure failure) {
        var view = failure(failure.cause());
        text(failure.step()).ifPresent(view::setStep);
        return view;
    }

    static Failure failure(dev.millrace.engine.Failure failure) {
        var view = new Failure(FailureCode.of(failure), failure.message());
        if (!FailureCode.isOurs(failure)) {
            view.setType(failure.type());
        }
        text(failure.stackTrace()).ifPresent(view::setStackTrace);
        return view;
    }

    private static Optional<RawJson> raw(Payload payload, Map<Payload, byte[]> values) {
        return Optional.ofNullable(payload.isPresent() ? Payloads.bytes(payload, values) : null)
                .map(RawJson::ofChecked);
    }

    /** The engine marks instants that have not come with the ends of time. */
    private static Optional<Instant> known(Instant at) {
        return at.equals(Instant.MIN) || at.equals(Instant.MAX) ? Optional.empty() : Optional.of(at);
    }

    private static Optional<Map<String, Long>> amounts(Usage usage) {
        return usage.isNone() ? Optional.empty() : Optional.of(usage.amounts());
    }

    private static Optional<String> text(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }
}
