package dev.millrace.testing;

import dev.millrace.engine.RunImage;
import dev.millrace.engine.TaskState;
import dev.millrace.manifest.compatibility.ManifestDiff;
import dev.millrace.rest.model.Failure;
import dev.millrace.rest.model.RunState;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What became of a {@link RecordedRun} that was replayed, from {@link TestMillrace#replay}. For one thread.
 */
public final class RunReplay {
    private final RecordedRun recorded;
    private final TestRun run;
    private final Version version;
    private final Set<String> answered;

    RunReplay(RecordedRun recorded, TestRun run, Version version, Set<String> answered) {
        this.recorded = recorded;
        this.run = run;
        this.version = version;
        this.answered = new TreeSet<>(answered);
    }

    /** The run of this test: its state, its result, its history. */
    public TestRun run() {
        return run;
    }

    /** Which steps were answered from the recording; all others that had their turn were executed. */
    public Set<String> answered() {
        return Set.copyOf(answered);
    }

    /**
     * In what the manifest of the class differs from that of the recorded run, one sentence each; empty if the class was not changed in
     * a way that the manifest tells.
     */
    public List<String> differences() {
        return ManifestDiff.between(recorded.manifest(), version.manifest()).changes().stream()
                .map(change -> change.path() + ": " + change.sentence())
                .toList();
    }

    /**
     * Demands that the run succeeds now.
     *
     * @throws AssertionError if it does not: with the step, the element, the exception with its stack trace, and whether that is where
     *     and how the recorded run failed
     */
    public RunReplay requireSuccess() {
        if (run.state() != RunState.SUCCEEDED) {
            throw new AssertionError("The replay of " + recorded + " is " + run.state() + ". " + found() + compared()
                    + changed() + "\nHistory of the replay:\n  " + String.join("\n  ", run.history()));
        }
        return this;
    }

    /**
     * Demands that the run fails as it did in the recording: in the same step and element, with the same exception. To see that a test
     * reproduces a failure before it is mended.
     *
     * @throws AssertionError if it ends otherwise
     * @throws IllegalStateException if the recorded run has not failed
     */
    public RunReplay requireSameFailure() {
        if (recorded.failure().isEmpty()) {
            throw new IllegalStateException("There is no failure to be the same as: " + recorded + " has none.");
        }
        if (!reproduces()) {
            throw new AssertionError("The replay of " + recorded + " is " + run.state() + ". " + found() + compared()
                    + changed() + "\nHistory of the replay:\n  " + String.join("\n  ", run.history()));
        }
        return this;
    }

    /** Whether the run failed as it did in the recording: in the same step and element, with the same exception or code. */
    public boolean reproduces() {
        return recorded.failure().isPresent()
                && run.failure().isPresent()
                && place().equals(recordedPlace())
                && error(cause()).equals(error(recorded.failure().get()));
    }

    private dev.millrace.engine.Failure cause() {
        return run.image().failure().orElseThrow().cause();
    }

    private static String error(dev.millrace.engine.Failure failure) {
        return failure.type();
    }

    private static String error(Failure failure) {
        return failure.getType() == null ? failure.getCode() : failure.getType();
    }

    /** Step and element, as people write them; empty where the run failed as a whole. */
    private String place() {
        var step = run.image().failure().orElseThrow().step();
        return step.isEmpty()
                ? ""
                : step + element(step).map(element -> "[" + element + "]").orElse("");
    }

    private Optional<Integer> element(String step) {
        int node = version.plan().node(step).orElseThrow();
        return version.plan().mapped(node) && node < version.plan().steps()
                ? run.image().tasks().stream()
                        .filter(task -> task.node() == node && task.state() == TaskState.FAILED)
                        .map(RunImage.TaskImage::element)
                        .findFirst()
                : Optional.empty();
    }

    private String recordedPlace() {
        var failure = recorded.failure().orElseThrow();
        if (failure.getStep() == null) {
            return "";
        }
        var element = recorded.failedTask().map(task -> task.getElement());
        return failure.getStep() + element.map(number -> "[" + number + "]").orElse("");
    }

    private String found() {
        if (run.image().failure().isEmpty()) {
            return "It did not fail.";
        }
        var cause = cause();
        var where = place().isEmpty() ? "It failed as a whole" : "It failed in step " + place();
        return where + ": "
                + (cause.stackTrace().isBlank()
                        ? cause.type() + ": " + cause.message()
                        : cause.stackTrace().strip());
    }

    private String compared() {
        if (recorded.failure().isEmpty()) {
            return "\nThe recorded run had not failed.";
        }
        if (reproduces()) {
            return "\nThat is where and how the recorded run failed.";
        }
        var failure = recorded.failure().get();
        return "\nThe recorded run failed " + (recordedPlace().isEmpty() ? "as a whole" : "in step " + recordedPlace())
                + ": " + error(failure) + ": " + failure.getMessage();
    }

    private String changed() {
        var differences = differences();
        return differences.isEmpty()
                ? ""
                : "\nThe class is not the recorded version of the workflow any more:\n  "
                        + String.join("\n  ", differences);
    }

    @Override
    public String toString() {
        return "replay of " + recorded + ": " + run;
    }
}
