package dev.millrace.testing;

import dev.millrace.client.StartRefusedException;
import dev.millrace.connection.MillraceException;
import dev.millrace.engine.Payload;
import dev.millrace.engine.VersionRef;
import dev.millrace.engine.WorkflowPlan;
import dev.millrace.expression.WorkflowExpressions;
import dev.millrace.manifest.Manifest;
import dev.millrace.manifest.ManifestJson;
import dev.millrace.manifest.ManifestRules;
import dev.millrace.manifest.OutputSpec;
import dev.millrace.manifest.SchemaCheck;
import dev.millrace.manifest.SchemaProblem;
import dev.millrace.worker.LocalWorker;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A version of a workflow that is registered here, with the checks that a control plane makes at its door. Immutable.
 *
 * @param served its binding and the text of its manifest
 * @param expressions those that decide about its runs and tasks, compiled
 */
record Version(LocalWorker.Served served, Manifest manifest, WorkflowPlan plan, WorkflowExpressions expressions) {

    /**
     * Registers a workflow.
     *
     * @throws MillraceException with code {@code MANIFEST_INVALID} if a control plane would refuse it
     */
    static Version of(LocalWorker.Served served) {
        var manifest = ManifestJson.read(served.manifest());
        var problems = ManifestRules.check(manifest);
        if (!problems.isEmpty()) {
            throw new MillraceException(
                    "MANIFEST_INVALID",
                    "Workflow '" + manifest.workflow() + "' cannot be registered: "
                            + problems.stream()
                                    .map(problem -> problem.code() + " at " + problem.path() + ": " + problem.message())
                                    .collect(Collectors.joining(" ")));
        }
        return new Version(served, manifest, new WorkflowPlan(manifest), new WorkflowExpressions(manifest));
    }

    VersionRef ref() {
        return new VersionRef(manifest.workflow(), manifest.hash());
    }

    /** Refuses an input that is not as the manifest says. */
    void requireInput(byte[] json) {
        var problems = SchemaCheck.of(manifest.input().schema()).check(json);
        if (!problems.isEmpty()) {
            throw new StartRefusedException(
                    "SCHEMA_MISMATCH",
                    "The input does not match the input schema of " + manifest.workflow() + ": " + told(problems)
                            + ".");
        }
    }

    /** Refuses what a start brings if it cannot be the input, or where starts are gathered, no element of it. */
    void requireStart(byte[] json) {
        requireInput(expressions.gathers() ? Messages.joined(List.of(Payload.inline(json))) : json);
    }

    /** Why a step cannot have this result, which is empty for no value. */
    Optional<String> problem(int node, byte[] result) {
        if (node >= manifest.steps().size()) {
            return Optional.empty();
        }
        var step = manifest.steps().get(node);
        if (result.length == 0) {
            return step.output().kind() == OutputSpec.Kind.VALUE
                            || step.output().kind() == OutputSpec.Kind.LOOP
                    ? Optional.of("Step " + step.name() + " returned nothing, but its manifest says that it does.")
                    : Optional.empty();
        }
        var problems = step.output().kind() == OutputSpec.Kind.NONE
                ? List.<SchemaProblem>of()
                : SchemaCheck.of(step.output().schema()).check(result);
        return problems.isEmpty()
                ? Optional.empty()
                : Optional.of("The result of step " + step.name() + " does not match its output schema in workflow "
                        + manifest.workflow() + ": " + told(problems) + ".");
    }

    private static String told(List<SchemaProblem> problems) {
        return problems.stream()
                .limit(5)
                .map(problem -> problem.path() + " " + problem.message())
                .collect(Collectors.joining("; "));
    }
}
