package dev.millrace.manifest.compatibility;

import dev.millrace.manifest.Durations;
import dev.millrace.manifest.Manifest;
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
        deadline(findings, older, newer);
        new SchemaDiff(
                        findings,
                        Direction.INPUT,
                        older.input().schema(),
                        newer.input().schema())
                .compare("input");
        StepsDiff.compare(findings, older, newer);
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

    private static void deadline(Findings findings, Manifest older, Manifest newer) {
        int order = newer.deadline().compareTo(older.deadline());
        if (order != 0) {
            findings.add(
                    order < 0 ? Verdict.RISKY : Verdict.SAFE,
                    "deadline",
                    "The deadline went from " + Durations.format(older.deadline()) + " to "
                            + Durations.format(newer.deadline())
                            + (order < 0 ? ", so runs that take longer now time out." : "."));
        }
    }
}
