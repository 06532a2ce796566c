package dev.millrace.manifest.compatibility;

import dev.millrace.manifest.Manifest;
import dev.millrace.manifest.OutputSpec;
import dev.millrace.manifest.StepSpec;
import java.util.List;

/** Compares what callers read when a run has succeeded: one step's value, or an object with a member per step. */
final class ResultDiff {
    private final Findings findings;

    private ResultDiff(Findings findings) {
        this.findings = findings;
    }

    static void compare(Findings findings, Manifest older, Manifest newer) {
        var before = older.result().steps();
        var after = newer.result().steps();
        var diff = new ResultDiff(findings);
        if (before.size() > 1 && after.size() > 1) {
            diff.members(before, after);
        } else if (before.isEmpty() || after.isEmpty()) {
            diff.presence(before, after);
        } else if (before.size() != after.size()) {
            findings.add(
                    Verdict.BREAKING,
                    "result",
                    "The result was made of " + before + " and is now made of " + after
                            + "; one step is its value, several are an object.");
            return;
        }
        if (before.size() == 1 && after.size() == 1) {
            new MemberDiff(findings, "result")
                    .changed(
                            "steps",
                            Verdict.RISKY,
                            before.get(0),
                            after.get(0),
                            "it is another step's value, of which the form is compared on its own");
            older.step(before.get(0))
                    .ifPresent(left -> newer.step(after.get(0)).ifPresent(right -> diff.value("result", left, right)));
        } else {
            for (String name : before) {
                if (after.contains(name)) {
                    older.step(name)
                            .ifPresent(left ->
                                    newer.step(name).ifPresent(right -> diff.value("result." + name, left, right)));
                }
            }
        }
    }

    private void presence(List<String> before, List<String> after) {
        if (!before.isEmpty()) {
            findings.add(Verdict.BREAKING, "result", "Runs have no result any longer; it was made of " + before + ".");
        } else if (!after.isEmpty()) {
            findings.add(Verdict.SAFE, "result", "Runs have a result now, made of " + after + ".");
        }
    }

    private void members(List<String> before, List<String> after) {
        for (String name : before) {
            if (!after.contains(name)) {
                findings.add(Verdict.BREAKING, "result." + name, "The member '" + name + "' of the result is gone.");
            }
        }
        for (String name : after) {
            if (!before.contains(name)) {
                findings.add(Verdict.SAFE, "result." + name, "The member '" + name + "' of the result is new.");
            }
        }
    }

    private void value(String path, StepSpec older, StepSpec newer) {
        var before = seen(older);
        var after = seen(newer);
        if (before != after) {
            boolean certain = after == OutputSpec.Kind.VALUE;
            boolean gone = after == OutputSpec.Kind.NONE;
            findings.add(
                    certain ? Verdict.SAFE : gone ? Verdict.BREAKING : Verdict.RISKY,
                    path,
                    certain
                            ? "The value is always there now."
                            : gone ? "There is no value any longer." : "The value may be absent now.");
        }
        if (before != OutputSpec.Kind.NONE && after != OutputSpec.Kind.NONE) {
            new SchemaDiff(
                            findings,
                            Direction.RESULT,
                            older.output().schema(),
                            newer.output().schema())
                    .compare(path);
        }
    }

    /** What callers see of a loop is the value that it ends with. */
    private static OutputSpec.Kind seen(StepSpec step) {
        var kind = step.output().kind();
        return kind == OutputSpec.Kind.LOOP ? OutputSpec.Kind.VALUE : kind;
    }
}
