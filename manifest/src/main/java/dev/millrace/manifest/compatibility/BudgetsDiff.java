package dev.millrace.manifest.compatibility;

import dev.millrace.manifest.BudgetExceeded;
import dev.millrace.manifest.BudgetSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Compares how much a run may spend. */
final class BudgetsDiff {
    private BudgetsDiff() {}

    static void compare(Findings findings, List<BudgetSpec> older, List<BudgetSpec> newer) {
        var before = byName(older);
        var after = byName(newer);
        var names = new LinkedHashMap<>(before);
        names.putAll(after);
        for (String name : names.keySet()) {
            budget(
                    new MemberDiff(findings, "budgets." + name),
                    Optional.ofNullable(before.get(name)),
                    Optional.ofNullable(after.get(name)));
        }
    }

    private static Map<String, BudgetSpec> byName(List<BudgetSpec> budgets) {
        var byName = new LinkedHashMap<String, BudgetSpec>();
        budgets.forEach(budget -> byName.put(budget.name(), budget));
        return byName;
    }

    private static void budget(MemberDiff diff, Optional<BudgetSpec> older, Optional<BudgetSpec> newer) {
        if (diff.bothThere(
                "",
                older,
                newer,
                MemberDiff.safe("What a run may spend has no bound any longer."),
                MemberDiff.risky("What a run may spend has a bound now; one that would spend more "
                        + newer.map(BudgetsDiff::fate).orElse("") + "."))) {
            diff.atLeast(
                    "limit",
                    older.get().limit(),
                    newer.get().limit(),
                    "a run that would spend more " + fate(newer.get()));
            diff.changed(
                    "exceeded",
                    Verdict.RISKY,
                    older.get().exceeded(),
                    newer.get().exceeded(),
                    "a run that would spend more " + fate(newer.get()));
        }
    }

    private static String fate(BudgetSpec budget) {
        return budget.exceeded() == BudgetExceeded.FAIL ? "fails" : "waits until somebody approves it";
    }
}
