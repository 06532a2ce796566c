package dev.millrace.controlplane.workflows;

import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.controlplane.payloads.Payloads;
import dev.millrace.engine.ServiceId;
import dev.millrace.engine.VersionRef;
import dev.millrace.engine.WorkflowPlan;
import dev.millrace.expression.WorkflowExpressions;
import dev.millrace.manifest.Manifest;
import dev.millrace.manifest.SchemaCheck;
import dev.millrace.manifest.SchemaProblem;
import dev.millrace.manifest.Visibility;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A version, made ready for use. Immutable.
 *
 * @param owner the service that owns the workflow
 * @param ownerName for people
 * @param visibility who may start it, by the version registered last
 * @param shape hash over its DAG and schemas
 * @param outputs what its steps may return
 * @param expressions that decide about its runs and tasks
 */
public record WorkflowVersion(
        VersionRef ref,
        ServiceId owner,
        String ownerName,
        Visibility visibility,
        String shape,
        WorkflowPlan plan,
        SchemaCheck inputSchema,
        StepOutputs outputs,
        WorkflowExpressions expressions) {
    private static final byte[] NULL = "null".getBytes(StandardCharsets.US_ASCII);

    /** The manifest that the version is. */
    public Manifest manifest() {
        return plan.manifest();
    }

    /**
     * Refuses an input that is not JSON, is too large, or does not match the workflow's schema.
     *
     * @param path where in the request it stands
     * @throws ApiException with the first fault
     */
    public void requireInput(byte[] input, String path) {
        Payloads.requireSize(input, path);
        Payloads.requireJson(input, path);
        require(inputSchema.check(input), path, "");
    }

    /**
     * Refuses what a start brings if it cannot be the input, or where starts are gathered, no element of it.
     *
     * @param path where in the request it stands
     * @throws ApiException with the first fault
     */
    public void requireStart(byte[] input, String path) {
        if (!expressions.gathers()) {
            requireInput(input, path);
            return;
        }
        Payloads.requireSize(input, path);
        Payloads.requireJson(input, path);
        require(inputSchema.check(Payloads.joined(List.of(input.length == 0 ? NULL : input))), path, "[0]");
    }

    /** @param lead what stands in front of the paths of the problems and not in the request */
    private void require(List<SchemaProblem> problems, String path, String lead) {
        if (!problems.isEmpty()) {
            throw new ApiException(
                    ErrorCode.SCHEMA_MISMATCH,
                    "The input does not match the input schema of " + ref.workflow() + ": "
                            + problems.stream()
                                    .limit(5)
                                    .map(problem -> at(path, problem, lead) + " " + problem.message())
                                    .collect(Collectors.joining("; "))
                            + ".",
                    at(path, problems.get(0), lead));
        }
    }

    private static String at(String path, SchemaProblem problem, String lead) {
        var within = problem.path().substring(1);
        return path + (within.startsWith(lead) ? within.substring(lead.length()) : within);
    }
}
