package dev.millrace.controlplane.runs;

import dev.millrace.controlplane.payloads.Payloads;
import dev.millrace.controlplane.workflows.WorkflowVersion;
import dev.millrace.engine.Payload;
import dev.millrace.engine.RunImage;
import dev.millrace.engine.RunState;
import dev.millrace.engine.TaskState;
import dev.millrace.manifest.Json;
import dev.millrace.manifest.JsonValue;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Makes the result of a run out of the results of the steps that its manifest names. The engine carries payloads without looking
 * at them, so it cannot.
 */
final class RunValues {
    private final RunImage image;
    private final WorkflowVersion version;

    RunValues(RunImage image, WorkflowVersion version) {
        this.image = image;
        this.version = version;
    }

    /** The payloads that the result is made of and whose bytes are stored apart. Those that travel along need no hash taken. */
    Set<Payload> storedPayloads() {
        Set<Payload> stored = Set.of();
        if (image.state() == RunState.SUCCEEDED) {
            for (var step : version.manifest().result().steps()) {
                for (var task : tasks(step)) {
                    if (task.result().kind() == Payload.Kind.STORED) {
                        stored = stored.isEmpty() ? new HashSet<>() : stored;
                        stored.add(task.result());
                    }
                }
            }
        }
        return stored;
    }

    /**
     * The result as JSON: one step's value, or an object with a member for each of several steps that has a value.
     *
     * @param stored the bytes of {@link #storedPayloads()}
     * @return empty when the run did not succeed, or has no result
     */
    Optional<byte[]> result(Map<Payload, byte[]> stored) {
        var steps = version.manifest().result().steps();
        if (image.state() != RunState.SUCCEEDED || steps.isEmpty()) {
            return Optional.empty();
        }
        if (steps.size() == 1) {
            return value(steps.get(0), stored);
        }
        var result = new ByteArrayOutputStream();
        result.write('{');
        for (var step : steps) {
            value(step, stored).ifPresent(value -> {
                if (result.size() > 1) {
                    result.write(',');
                }
                result.writeBytes(Json.write(JsonValue.of(step)).getBytes(StandardCharsets.UTF_8));
                result.write(':');
                result.writeBytes(value);
            });
        }
        result.write('}');
        return Optional.of(result.toByteArray());
    }

    private Optional<byte[]> value(String step, Map<Payload, byte[]> stored) {
        var spec = version.manifest().step(step).orElseThrow();
        var tasks = tasks(step);
        if (spec.mapped() && wasSkipped(step)) {
            return Optional.empty();
        }
        if (!spec.mapped()) {
            return tasks.stream()
                    .filter(task -> task.result().isPresent())
                    .findFirst()
                    .map(task -> Payloads.bytes(task.result(), stored));
        }
        List<byte[]> values = new ArrayList<>();
        for (var task : tasks) {
            values.add(
                    task.result().isPresent()
                            ? Payloads.bytes(task.result(), stored)
                            : "null".getBytes(StandardCharsets.US_ASCII));
        }
        return Optional.of(Payloads.joined(values));
    }

    /** As a whole, before any task of it began: unlike a step over an empty list, which has a value. */
    private boolean wasSkipped(String step) {
        int node = version.plan().node(step).orElseThrow();
        return image.tasks().stream()
                .anyMatch(task -> task.node() == node && task.state() == TaskState.SKIPPED && task.neverBegan());
    }

    private List<RunImage.TaskImage> tasks(String step) {
        int node = version.plan().node(step).orElseThrow();
        return image.tasks().stream()
                .filter(task -> task.node() == node && task.state() == TaskState.SUCCEEDED)
                .toList();
    }
}
