package dev.millrace.manifest.compatibility;

import dev.millrace.manifest.Manifest;
import dev.millrace.manifest.Pinning;
import dev.millrace.manifest.Visibility;
import dev.millrace.manifest.Weight;
import java.util.List;

/**
 * The differences between two versions of a workflow. Java names, parameter names and source lines are for people only and
 * make none. Immutable; safe for use by many threads.
 *
 * @param changes in the order of the manifest; empty if nothing differs that matters
 */
public record ManifestDiff(List<Change> changes) {
    public ManifestDiff {
        changes = List.copyOf(changes);
    }

    /**
     * Compares two versions.
     *
     * @param older what callers know today
     * @param newer what is to replace it
     */
    public static ManifestDiff between(Manifest older, Manifest newer) {
        var findings = new Findings();
        name(findings, older, newer);
        words(findings, older, newer);
        visibility(findings, older, newer);
        weight(findings, older, newer);
        var diff = new MemberDiff(findings, "");
        diff.atLeast("deadline", older.deadline(), newer.deadline(), "runs that take longer now time out");
        pinning(diff, older, newer);
        metadata(findings, older, newer);
        SharingDiff.compare(diff, older.sharing(), newer.sharing());
        BudgetsDiff.compare(findings, older.budgets(), newer.budgets());
        TriggersDiff.compare(findings, older.triggers(), newer.triggers());
        new SchemaDiff(
                        findings,
                        Direction.INPUT,
                        older.input().schema(),
                        newer.input().schema())
                .compare("input");
        StepsDiff.compare(findings, older, newer);
        ActionsDiff.compare(findings, older, newer);
        HandlersDiff.compare(findings, older, newer);
        RateLimitsDiff.compare(findings, older.rateLimits(), newer.rateLimits());
        ResultDiff.compare(findings, older, newer);
        return new ManifestDiff(findings.changes());
    }

    /** The worst verdict of all changes; {@link Verdict#SAFE} if there is none. */
    public Verdict verdict() {
        return changes.stream().map(Change::verdict).reduce(Verdict.SAFE, Verdict::worse);
    }

    private static void name(Findings findings, Manifest older, Manifest newer) {
        if (!older.workflow().equals(newer.workflow())) {
            findings.add(
                    Verdict.BREAKING,
                    "workflow",
                    "The workflow '" + older.workflow() + "' is now called '" + newer.workflow()
                            + "', so starting it under its old name no longer reaches this version.");
        }
    }

    private static void words(Findings findings, Manifest older, Manifest newer) {
        if (!older.description().equals(newer.description())) {
            findings.add(Verdict.SAFE, "description", "The description changed.");
        }
        if (!older.tags().equals(newer.tags())) {
            findings.add(Verdict.SAFE, "tags", "The tags changed from " + older.tags() + " to " + newer.tags() + ".");
        }
    }

    private static void visibility(Findings findings, Manifest older, Manifest newer) {
        if (older.visibility() == newer.visibility()) {
            return;
        }
        if (newer.visibility() == Visibility.PRIVATE) {
            findings.add(
                    Verdict.BREAKING,
                    "visibility",
                    "The workflow became PRIVATE, so other services can no longer start it.");
        } else {
            findings.add(Verdict.SAFE, "visibility", "The workflow became PUBLIC, so every service can start it.");
        }
    }

    private static void weight(Findings findings, Manifest older, Manifest newer) {
        if (older.weight() == newer.weight()) {
            return;
        }
        if (newer.weight() == Weight.LIGHT) {
            findings.add(
                    Verdict.RISKY,
                    "weight",
                    "The workflow became LIGHT, so its runs leave the default lists and are kept for a shorter time.");
        } else {
            findings.add(Verdict.SAFE, "weight", "The workflow became NORMAL, so its runs show up in the lists.");
        }
    }

    /** The freer the choice of workers, the more builds a run may meet. */
    private static void pinning(MemberDiff diff, Manifest older, Manifest newer) {
        boolean freer = freedom(newer.pinning()) > freedom(older.pinning());
        diff.changed(
                "pinning",
                freer ? Verdict.RISKY : Verdict.SAFE,
                older.pinning(),
                newer.pinning(),
                freer ? "more runs may go on with another build than they began with" : "");
    }

    private static int freedom(Pinning pinning) {
        return switch (pinning) {
            case BUILD -> 0;
            case AUTO -> 1;
            case SHAPE -> 2;
        };
    }

    private static void metadata(Findings findings, Manifest older, Manifest newer) {
        older.metadata().forEach((name, value) -> {
            var path = "metadata." + name;
            if (!newer.metadata().containsKey(name)) {
                findings.add(Verdict.RISKY, path, "The label '" + name + "' is gone; searches by it miss new runs.");
            } else {
                new MemberDiff(findings, path)
                        .changed("", Verdict.RISKY, value, newer.metadata().get(name), "searches by it miss new runs");
            }
        });
        for (String name : newer.metadata().keySet()) {
            if (!older.metadata().containsKey(name)) {
                findings.add(Verdict.SAFE, "metadata." + name, "The label '" + name + "' is new.");
            }
        }
    }
}
