package dev.millrace.testing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.millrace.Priority;
import dev.millrace.client.StartOptions;
import dev.millrace.manifest.Manifest;
import dev.millrace.manifest.ManifestJson;
import dev.millrace.rest.model.Failure;
import dev.millrace.rest.model.RunDetail;
import dev.millrace.rest.model.RunExport;
import dev.millrace.rest.model.RunState;
import dev.millrace.rest.model.Task;
import dev.millrace.rest.model.TaskState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A run as {@code millrace runs export RUN -o FILE} wrote it, to be replayed as a test: with the recorded input, against your
 * workflow class as it is now.
 *
 * <pre>{@code
 * @MillraceTest
 * class Order4711Test {
 *   @Test
 *   void isShipped(TestMillrace millrace) {
 *     var recorded = RecordedRun.read(Path.of("src/test/runs/order-4711.json"));
 *
 *     var replay = millrace.replay(recorded, new OrderFulfilment(payments, warehouse, carrier));
 *
 *     replay.requireSuccess();          // fails where the run failed: step, element, exception
 *   }
 * }
 * }</pre>
 *
 * <p>Steps that succeeded in the recording are not executed: their recorded results are handed on. All others are, the one that failed
 * above all. {@link #executing} and {@link #executingAll} have more of them executed. Immutable.
 */
public final class RecordedRun {
    private static final String FORMAT = "millrace-run/1";
    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            // A newer control plane may tell more; what changes the meaning of the rest changes the format.
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private final String source;
    private final RunDetail run;
    private final List<RunDetail> generations;
    private final Manifest manifest;
    private final boolean all;
    private final Set<String> executed;

    private RecordedRun(
            String source,
            RunDetail run,
            List<RunDetail> generations,
            Manifest manifest,
            boolean all,
            Set<String> executed) {
        this.source = source;
        this.run = run;
        this.generations = generations;
        this.manifest = manifest;
        this.all = all;
        this.executed = Set.copyOf(executed);
    }

    /**
     * Reads a file.
     *
     * @throws IllegalArgumentException if it is no export of a run, or one of a later format
     */
    public static RecordedRun read(Path file) {
        try {
            return of(file.toString(), Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException("The recorded run " + file + " cannot be read.", e);
        }
    }

    /**
     * Reads a resource of the test's class path, named as for {@link Class#getResource}.
     *
     * @throws IllegalArgumentException if it is not there, is no export of a run, or one of a later format
     */
    public static RecordedRun resource(Class<?> beside, String name) {
        try (var in = beside.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalArgumentException(
                        "There is no resource " + name + " beside " + beside.getName() + ".");
            }
            return of(name, new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("The recorded run " + name + " cannot be read.", e);
        }
    }

    private static RecordedRun of(String source, String json) {
        try {
            var format = MAPPER.readTree(json).path("format").asText();
            if (!format.equals(FORMAT)) {
                throw new IllegalArgumentException(
                        format.startsWith("millrace-run/")
                                ? source + " has the format " + format + "; this version of millrace-sdk-testing reads "
                                        + FORMAT + ". Use a newer one."
                                : source + " is no recorded run. Write one with: millrace runs export RUN -o FILE");
            }
            var export = MAPPER.readValue(json, RunExport.class);
            return new RecordedRun(
                    source,
                    export.getRun(),
                    generations(export),
                    ManifestJson.read(export.getManifest().text()),
                    false,
                    Set.of());
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    source + " is no recorded run: " + e.getOriginalMessage()
                            + ". Write one with: millrace runs export RUN -o FILE",
                    e);
        }
    }

    /**
     * The same, with these steps executed although they succeeded in the recording.
     *
     * @throws IllegalArgumentException if the recorded workflow has no step of one of the names
     */
    public RecordedRun executing(String... steps) {
        var more = new TreeSet<>(executed);
        for (var step : steps) {
            if (manifest.step(step).isEmpty()) {
                throw new IllegalArgumentException("The recorded workflow '" + manifest.workflow() + "' has no step '"
                        + step + "'; it has "
                        + manifest.steps().stream().map(spec -> spec.name()).toList() + ".");
            }
            more.add(step);
        }
        return new RecordedRun(source, run, generations, manifest, all, more);
    }

    /**
     * An earlier execution of the run, as it ended: with the input and the results that it had.
     *
     * @param generation counted from 1
     * @throws IllegalArgumentException if the file does not have it
     */
    public RecordedRun ofGeneration(int generation) {
        return generations.stream()
                .filter(each -> generation(each) == generation)
                .findFirst()
                .map(each -> new RecordedRun(source, each, generations, manifest, all, executed))
                .orElseThrow(() -> new IllegalArgumentException(source + " has no generation " + generation
                        + " of run " + runId() + "; it has "
                        + generations.stream().map(RecordedRun::generation).toList() + "."));
    }

    private static List<RunDetail> generations(RunExport export) {
        var earlier = Objects.requireNonNullElse(export.getEarlier(), List.<RunDetail>of());
        return Stream.concat(earlier.stream(), Stream.of(export.getRun())).toList();
    }

    private static int generation(RunDetail run) {
        return Objects.requireNonNullElse(run.getGeneration(), 1);
    }

    /** The same, with every step executed: only the input, its metadata and the time are those of the recording. */
    public RecordedRun executingAll() {
        return new RecordedRun(source, run, generations, manifest, true, executed);
    }

    /** Id of the run. */
    public String runId() {
        return run.getRunId().toString();
    }

    /** Name of the workflow. */
    public String workflow() {
        return run.getWorkflow();
    }

    /** The state that the run was in when it was exported. */
    public RunState state() {
        return run.getState();
    }

    /** Why it failed, if it had. */
    public Optional<Failure> failure() {
        return Optional.ofNullable(run.getFailure());
    }

    /** Which execution of the run this is, counted from 1; later ones are replays. */
    public int generation() {
        return generation(run);
    }

    RunDetail detail() {
        return run;
    }

    Manifest manifest() {
        return manifest;
    }

    byte[] input() {
        return (run.getInput() == null ? "null" : run.getInput().text()).getBytes(StandardCharsets.UTF_8);
    }

    /** How it was started; without its idempotency key, which a test has no use for. */
    StartOptions options() {
        var options = StartOptions.none();
        for (var entry : Objects.requireNonNullElse(run.getMetadata(), Map.<String, String>of())
                .entrySet()) {
            options = options.metadata(entry.getKey(), entry.getValue());
        }
        return run.getPriority() == null
                ? options
                : options.priority(Priority.valueOf(run.getPriority().getValue()));
    }

    /** The task that is answered from here instead of being executed, if it is. */
    Optional<Task> answer(String step, int element) {
        if (all || executed.contains(step)) {
            return Optional.empty();
        }
        return task(step, element).filter(task -> task.getState() == TaskState.SUCCEEDED);
    }

    private Optional<Task> task(String step, int element) {
        return run.getTasks().stream()
                .filter(task ->
                        task.getStep().equals(step) && Objects.requireNonNullElse(task.getElement(), 0) == element)
                .findFirst();
    }

    /** The task that failed the run: of a mapped step, the first of its elements that failed. */
    Optional<Task> failedTask() {
        return failure()
                .map(Failure::getStep)
                .flatMap(step -> run.getTasks().stream()
                        .filter(task -> task.getStep().equals(step) && task.getState() == TaskState.FAILED)
                        .findFirst());
    }

    @Override
    public String toString() {
        return source + " (run " + runId() + " of '" + workflow() + "', generation " + generation() + ", " + state()
                + ")";
    }
}
