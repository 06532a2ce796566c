package dev.millrace.manifest.compatibility;

import dev.millrace.manifest.Manifest;
import dev.millrace.manifest.OutputSpec;
import dev.millrace.manifest.StepSpec;
import java.util.HashMap;
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
        return newer.toBuilder()
                        .name(older.name())
                        .line(older.line())
                        .parameters(older.parameters())
                        .build()
                        .equals(older)
                && ArgumentsDiff.same(older.parameters(), newer.parameters());
    }

    private void step(StepSpec before, StepSpec after) {
        edges(before, after);
        ArgumentsDiff.waits(findings, at(before), before.parameters(), after.parameters());
        if (loop(before) != loop(after)) {
            findings.add(
                    Verdict.RISKY,
                    at(before) + ".output.kind",
                    loop(after)
                            ? "The step is a loop now and may take many turns."
                            : "The step is no loop any longer; one call of it is all.");
        } else if (!inResult(before.name()) && ActionsDiff.differ(before.output(), after.output())) {
            findings.add(
                    Verdict.RISKY,
                    at(before) + ".output",
                    "What the step returns changed; its steps downstream must read the new form.");
        }
        PolicyDiff.compare(findings, at(before), before.policy(), after.policy());
        var diff = new MemberDiff(findings, at(before));
        diff.changed("kind", kind(before, after), before.kind(), after.kind(), "");
        diff.changed("when", Verdict.RISKY, before.when(), after.when(), "it is skipped in other runs than before");
        ActionsDiff.uses(diff, before.rateLimits(), after.rateLimits());
        SharingDiff.compare(diff, before.sharing(), after.sharing());
        batch(diff, before, after);
        ActionsDiff.circuitBreaker(diff, before.circuitBreaker(), after.circuitBreaker());
        ActionsDiff.fallback(diff, before.fallback(), after.fallback());
        stream(diff, before, after);
    }

    /** Only durable steps leave the worker while they wait, and are called again with what is stored. */
    private static Verdict kind(StepSpec before, StepSpec after) {
        return before.kind() == StepSpec.Kind.DURABLE || after.kind() == StepSpec.Kind.DURABLE
                ? Verdict.RISKY
                : Verdict.SAFE;
    }

    private static void batch(MemberDiff diff, StepSpec before, StepSpec after) {
        if (diff.bothThere(
                "batch",
                before.batch(),
                after.batch(),
                MemberDiff.safe("Each task has a call of its own again."),
                MemberDiff.risky("Tasks share a call now, and wait for others to share it with."))) {
            var older = before.batch().get();
            var newer = after.batch().get();
            var batch = diff.in("batch");
            batch.changed("maxSize", Verdict.SAFE, older.maxSize(), newer.maxSize(), "");
            batch.atMost("maxWait", older.maxWait(), newer.maxWait(), "tasks may wait longer for others");
            batch.changed("key", Verdict.RISKY, older.key(), newer.key(), "other tasks share a call than before");
        }
    }

    private void stream(MemberDiff diff, StepSpec before, StepSpec after) {
        if (diff.bothThere(
                "stream",
                before.stream(),
                after.stream(),
                MemberDiff.breaking("The step no longer streams items; who follows the run misses them."),
                MemberDiff.safe("The step streams items now."))) {
            new SchemaDiff(
                            findings,
                            Direction.RESULT,
                            before.stream().get().schema(),
                            after.stream().get().schema())
                    .compare(at(before) + ".stream");
        }
    }

    private static boolean loop(StepSpec step) {
        return step.output().kind() == OutputSpec.Kind.LOOP;
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
        } else if (!ArgumentsDiff.same(before.parameters(), after.parameters())
                || !new TreeSet<>(before.after()).equals(new TreeSet<>(after.after()))) {
            findings.add(
                    Verdict.RISKY,
                    at(before) + ".parameters",
                    "The step takes its arguments from its parents or the input in another way.");
        }
    }

    private static String at(StepSpec step) {
        return "steps." + step.name();
    }
}
