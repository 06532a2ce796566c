package dev.millrace.testing;

import dev.millrace.engine.Payload;
import dev.millrace.engine.RunImage;
import dev.millrace.engine.TaskState;
import dev.millrace.manifest.Json;
import dev.millrace.manifest.JsonValue;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Makes the result of a run of the results of its steps, as a control plane does. Stateless. */
final class RunValues {
    private RunValues() {}

    /** The value of the one step that the result is, or an object of several; empty where the workflow has no result. */
    static Optional<byte[]> json(RunImage image, Version version) {
        var steps = version.manifest().result().steps();
        if (steps.size() == 1) {
            return json(image, version, steps.get(0));
        }
        if (steps.isEmpty()) {
            return Optional.empty();
        }
        var object = new ByteArrayOutputStream();
        object.write('{');
        for (var step : steps) {
            json(image, version, step).ifPresent(value -> {
                if (object.size() > 1) {
                    object.write(',');
                }
                object.writeBytes(Json.write(JsonValue.of(step)).getBytes(StandardCharsets.UTF_8));
                object.write(':');
                object.writeBytes(value);
            });
        }
        object.write('}');
        return Optional.of(object.toByteArray());
    }

    private static Optional<byte[]> json(RunImage image, Version version, String step) {
        int node = version.plan().node(step).orElseThrow();
        var results = image.tasks().stream()
                .filter(task -> task.node() == node && task.state() == TaskState.SUCCEEDED)
                .map(RunImage.TaskImage::result)
                .toList();
        return version.plan().mapped(node)
                ? Optional.of(Messages.joined(results))
                : results.stream().filter(Payload::isPresent).findFirst().map(Payload::data);
    }
}
