package dev.millrace.worker;

import dev.millrace.binding.WorkflowBinding;
import java.util.Map;

/**
 * One workflow that this worker serves.
 *
 * @param binding what the compiler wrote for its class
 * @param name its name
 * @param version the hash of its manifest
 * @param buildId names the build of its code
 * @param manifest the text of the manifest, as the compiler wrote it
 * @param methods steps and handlers by name
 */
record ServedWorkflow(
        WorkflowBinding<?> binding,
        String name,
        String version,
        String buildId,
        String manifest,
        Map<String, ServedMethod<?>> methods) {
    ServedWorkflow {
        methods = Map.copyOf(methods);
    }
}
