package dev.millrace.testing;

import dev.millrace.engine.Command;
import dev.millrace.engine.Effect;
import dev.millrace.engine.Payload;
import dev.millrace.engine.RunId;
import dev.millrace.manifest.Json;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Answers attempts of one run from its recording, as a worker would that does each step as it was done then. What the class's own
 * manifest would not accept as a result any more is not answered. For one thread.
 */
final class Recording {
    private final RecordedRun recorded;
    private final RunId run;
    private final Set<String> answered = new TreeSet<>();

    Recording(RecordedRun recorded, RunId run) {
        this.recorded = recorded;
        this.run = run;
    }

    /** How the attempt ended in the recording, if it is answered from it. */
    Optional<Command.Outcome> answer(Effect.Assignment assignment, Version version) {
        if (!assignment.attempt().run().equals(run)) {
            return Optional.empty();
        }
        return recorded.answer(assignment.step(), assignment.attempt().element())
                .map(task -> task.getOutput() == null
                        ? new byte[0]
                        : task.getOutput().text().getBytes(StandardCharsets.UTF_8))
                .filter(result ->
                        version.problem(assignment.attempt().node(), result).isEmpty())
                .map(result -> {
                    answered.add(assignment.step());
                    return result.length == 0
                            ? new Command.Outcome.Success(Payload.NONE, -1)
                            : new Command.Outcome.Success(
                                    Payload.inline(result), result[0] == '[' ? Json.elements(result).length / 2 : -1);
                });
    }

    /** The steps that were answered. */
    Set<String> answered() {
        return answered;
    }
}
