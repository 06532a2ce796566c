package dev.millrace.engine.core;

import dev.millrace.engine.Checkpoint;
import dev.millrace.engine.CheckpointKind;
import dev.millrace.engine.Command.AwaitAnswer;
import dev.millrace.engine.Reply;
import dev.millrace.engine.RunId;
import dev.millrace.engine.RunImage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Who waits for what runs answer to signals, also of runs that are out of memory. Beside the facts: whoever is lost asks again. */
final class Answers {
    private final Recorder recorder;
    private final Map<RunId, List<AwaitAnswer>> waiting = new HashMap<>();
    private final Map<Long, RunId> runs = new HashMap<>();

    Answers(Recorder recorder) {
        this.recorder = recorder;
    }

    /** Tells now, if there is an answer, else when there is. */
    void await(AwaitAnswer command, RunImage image) {
        var answer = image.tasks().stream()
                .flatMap(task -> task.checkpoints().all().stream())
                .filter(checkpoint -> isAnswer(checkpoint, command.request()))
                .findFirst();
        if (answer.isPresent()) {
            tell(command, answer.get());
        } else if (image.state().isFinal()) {
            refuse(command, image.state().name());
        } else {
            waiting.computeIfAbsent(command.run(), any -> new ArrayList<>(1)).add(command);
            runs.put(command.replyTo(), command.run());
        }
    }

    private static boolean isAnswer(Checkpoint checkpoint, String request) {
        return checkpoint.kind() == CheckpointKind.ANSWER && checkpoint.digest().equals(request);
    }

    /** Something was stored that may be an answer. */
    void stored(RunId run, Checkpoint checkpoint) {
        if (waiting.isEmpty() || checkpoint.kind() != CheckpointKind.ANSWER) {
            return;
        }
        for (var command : List.copyOf(waiting.getOrDefault(run, List.of()))) {
            if (isAnswer(checkpoint, command.request())) {
                forget(command.replyTo());
                tell(command, checkpoint);
            }
        }
    }

    /** The run has ended. */
    void ended(Run run) {
        if (waiting.isEmpty()) {
            return;
        }
        for (var command : Optional.ofNullable(waiting.remove(run.id)).orElse(List.of())) {
            runs.remove(command.replyTo());
            refuse(command, run.state.name());
        }
    }

    /** Nobody waits there any more. */
    void forget(long replyTo) {
        var run = runs.remove(replyTo);
        if (run != null) {
            waiting.computeIfPresent(run, (any, commands) -> {
                commands.removeIf(command -> command.replyTo() == replyTo);
                return commands.isEmpty() ? null : commands;
            });
        }
    }

    private void tell(AwaitAnswer command, Checkpoint answer) {
        recorder.reply(command.replyTo(), new Reply.Answered(answer.value()));
    }

    private void refuse(AwaitAnswer command, String state) {
        recorder.refuse(
                command.replyTo(),
                Mail.RUN_FINISHED,
                "Run " + command.run() + " has ended as " + state + " without an answer to request " + command.request()
                        + ".");
    }
}
