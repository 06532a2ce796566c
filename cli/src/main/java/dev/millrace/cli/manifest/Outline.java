package dev.millrace.cli.manifest;

import dev.millrace.cli.terminal.Style;
import dev.millrace.cli.terminal.Table;
import dev.millrace.manifest.Durations;
import dev.millrace.manifest.Manifest;
import dev.millrace.manifest.OutputSpec;
import dev.millrace.manifest.ParameterSpec;
import dev.millrace.manifest.StepPolicy;
import dev.millrace.manifest.StepSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** A workflow as text: a line for each step, parents before those that wait for them. */
final class Outline {
    private final Manifest manifest;

    Outline(Manifest manifest) {
        this.manifest = manifest;
    }

    List<String> lines(Style style) {
        var lines = new ArrayList<String>();
        lines.add(style.bold(manifest.workflow()) + "  version " + manifest.hash() + "  shape " + manifest.shapeHash());
        if (!manifest.description().isEmpty()) {
            lines.add(manifest.description().replaceAll("\\p{Cntrl}+", " "));
        }
        lines.add("from " + manifest.source() + ", " + manifest.visibility() + ", ends within "
                + Durations.format(manifest.deadline()) + ", takes "
                + manifest.input().type());
        var table = new Table("STEP", "WAITS FOR", "RETURNS", "POLICY");
        for (var step : ordered()) {
            table.row(step.name(), String.join(", ", waitsFor(step)), returns(step), policy(step.policy()));
        }
        for (var compensation : manifest.compensations()) {
            var handler = compensation.handler();
            table.row(handler.name(), "undoes " + compensation.undoes(), "", policy(handler.policy()));
        }
        manifest.onFailure()
                .ifPresent(handler -> table.row(handler.name(), "failure of the run", "", policy(handler.policy())));
        lines.add("");
        lines.addAll(table.lines(style));
        return lines;
    }

    /** Parents first, in the order of the source where they leave the choice. A circle is left as the source has it. */
    private List<StepSpec> ordered() {
        var waiting = new LinkedHashSet<>(manifest.steps());
        var names = new HashSet<String>();
        waiting.forEach(step -> names.add(step.name()));
        var ordered = new ArrayList<StepSpec>();
        while (!waiting.isEmpty()) {
            var ready = waiting.stream()
                    .filter(step -> step.parents().stream().noneMatch(names::contains))
                    .toList();
            var next = ready.isEmpty() ? List.copyOf(waiting) : ready;
            ordered.addAll(next);
            next.forEach(step -> names.remove(step.name()));
            next.forEach(waiting::remove);
        }
        return ordered;
    }

    private static Set<String> waitsFor(StepSpec step) {
        var what = new LinkedHashSet<String>();
        for (var parameter : step.parameters()) {
            switch (parameter.source()) {
                case STEP -> what.add(parent(parameter));
                case EVENT ->
                    what.add("event " + parameter.awaits().orElseThrow().name());
                case APPROVAL ->
                    what.add("answer to \"" + parameter.awaits().orElseThrow().name() + "\"");
                case INPUT, CONTEXT, FAILURE, DURABLE, EMITTER, TURN -> {
                    // there from the start
                }
            }
        }
        what.addAll(step.after());
        if (!step.when().isEmpty()) {
            what.add("when " + step.when());
        }
        return what;
    }

    private static String parent(ParameterSpec parameter) {
        return switch (parameter.mode()) {
            case VALUE -> parameter.step();
            case OPTIONAL -> parameter.step() + " (or skipped)";
            case OUTCOME -> parameter.step() + " (however it ended)";
            case EACH -> "each of " + parameter.step();
        };
    }

    private String returns(StepSpec step) {
        var type = step.output().kind() == OutputSpec.Kind.OPTIONAL
                ? "Optional<" + step.output().type() + ">"
                : step.output().kind() == OutputSpec.Kind.LOOP
                        ? "Loop<" + step.output().type() + ">"
                        : step.output().type();
        return manifest.result().steps().contains(step.name()) ? type + " (result)" : type;
    }

    private static String policy(StepPolicy policy) {
        return Durations.format(policy.timeout())
                + (policy.retries() == 0
                        ? ""
                        : ", " + policy.retries() + (policy.retries() == 1 ? " retry" : " retries"));
    }
}
