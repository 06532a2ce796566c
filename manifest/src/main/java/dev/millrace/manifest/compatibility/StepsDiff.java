package dev.millrace.manifest.compatibility;

import dev.millrace.manifest.Manifest;
import dev.millrace.manifest.ParameterSpec;
import dev.millrace.manifest.RateLimitUse;
import dev.millrace.manifest.StepSpec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Compares the DAGs. Runs under way keep theirs, so a changed one is risky, not breaking. */
final class StepsDiff {
    private final Findings findings;
    private final Manifest older;
    private final Manifest newer;

    private StepsDiff(Findings findings, Manifest older, Manifest newer) {
        this.findings = findings;
        this.older = older;
        this.newer = newer;
    }

    static void compare(Findings findings, Manifest older, Manifest newer) {
        new StepsDiff(findings, older, newer).compare();
    }

    private void compare() {
        var renamed = renamed();
        for (var step : older.steps()) {
            var counterpart = newer.step(step.name());
            if (counterpart.isPresent()) {
                step(step, counterpart.get());
            } else if (renamed.containsKey(step.name())) {
                findings.add(
                        Verdict.RISKY,
                        at(step),
                        "The step '" + step.name() + "' is now called '" + renamed.get(step.name())
                                + "'; runs under way keep the old name.");
            } else {
                findings.add(
                        Verdict.RISKY, at(step), "The step '" + step.name() + "' is gone; runs under way keep it.");
            }
        }
        for (var step : newer.steps()) {
            if (older.step(step.name()).isEmpty() && !renamed.containsValue(step.name())) {
                findings.add(
                        Verdict.RISKY,
                        at(step),
                        "The step '" + step.name() + "' is new; runs under way do without it.");
            }
        }
    }

    /** A step that is gone and one that is new and equal but for its name; the first fit, in the order of the source. */
    private Map<String, String> renamed() {
        var renamed = new HashMap<String, String>();
        for (var gone : older.steps()) {
            if (newer.step(gone.name()).isEmpty()) {
                newer.steps().stream()
                        .filter(step -> older.step(step.name()).isEmpty())
                        .filter(step -> !renamed.containsValue(step.name()))
                        .filter(step -> sameButForItsName(gone, step))
                        .findFirst()
                        .ifPresent(step -> renamed.put(gone.name(), step.name()));
            }
        }
        return renamed;
    }

    private static boolean sameButForItsName(StepSpec older, StepSpec newer) {
        return arguments(older.parameters()).equals(arguments(newer.parameters()))
                && older.after().equals(newer.after())
                && older.output().equals(newer.output())
                && older.policy().equals(newer.policy())
                && older.rateLimits().equals(newer.rateLimits());
    }

    private void step(StepSpec before, StepSpec after) {
        edges(before, after);
        if (!inResult(before.name())
                && (before.output().kind() != after.output().kind()
                        || !before.output().schema().equals(after.output().schema()))) {
            findings.add(
                    Verdict.RISKY,
                    at(before) + ".output",
                    "What the step returns changed; its steps downstream must read the new form.");
        }
        PolicyDiff.compare(findings, at(before), before.policy(), after.policy());
        rateLimits(before, after);
    }

    private boolean inResult(String step) {
        return older.result().steps().contains(step) && newer.result().steps().contains(step);
    }

    private void edges(StepSpec before, StepSpec after) {
        var parentsBefore = before.parents();
        var parentsAfter = after.parents();
        if (!parentsBefore.equals(parentsAfter)) {
            findings.add(
                    Verdict.RISKY,
                    at(before) + ".parents",
                    "The step waited for " + parentsBefore + " and now waits for " + parentsAfter + ".");
        } else if (!arguments(before.parameters()).equals(arguments(after.parameters()))
                || !new TreeSet<>(before.after()).equals(new TreeSet<>(after.after()))) {
            findings.add(
                    Verdict.RISKY,
                    at(before) + ".parameters",
                    "The step takes its arguments from its parents or the input in another way.");
        }
    }

    private void rateLimits(StepSpec before, StepSpec after) {
        if (!before.rateLimits().equals(after.rateLimits())) {
            findings.add(
                    Verdict.RISKY,
                    at(before) + ".rateLimits",
                    "Its attempts took " + tokens(before.rateLimits()) + " and now take " + tokens(after.rateLimits())
                            + ".");
        }
    }

    private static String tokens(List<RateLimitUse> uses) {
        return uses.isEmpty()
                ? "no tokens"
                : String.join(
                        ", ",
                        uses.stream()
                                .map(use -> use.cost() + " of '" + use.name() + "'")
                                .toList());
    }

    /** Parameters without their names, which are for people only. */
    static List<ParameterSpec> arguments(List<ParameterSpec> parameters) {
        return parameters.stream()
                .map(parameter -> new ParameterSpec("", parameter.source(), parameter.step(), parameter.mode()))
                .toList();
    }

    private static String at(StepSpec step) {
        return "steps." + step.name();
    }
}
