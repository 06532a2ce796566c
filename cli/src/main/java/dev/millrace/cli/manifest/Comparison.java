package dev.millrace.cli.manifest;

import dev.millrace.manifest.Manifest;
import dev.millrace.manifest.compatibility.Change;
import dev.millrace.manifest.compatibility.ManifestDiff;
import dev.millrace.manifest.compatibility.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeSet;

/**
 * One workflow in two places.
 *
 * @param workflow its name; the older one if it was renamed
 * @param older its older version; empty if it is new
 * @param newer its newer version; empty if it is gone
 * @param changes what differs, in the order of the manifest
 */
record Comparison(String workflow, Optional<Manifest> older, Optional<Manifest> newer, List<Change> changes) {

    /** Pairs workflows by name. A single one on each side is a pair whatever their names are: it was renamed. */
    static List<Comparison> of(SortedMap<String, Manifest> older, SortedMap<String, Manifest> newer) {
        if (older.size() == 1 && newer.size() == 1) {
            return List.of(pair(older.get(older.firstKey()), newer.get(newer.firstKey())));
        }
        var names = new TreeSet<String>(older.keySet());
        names.addAll(newer.keySet());
        var comparisons = new ArrayList<Comparison>();
        for (String name : names) {
            if (!newer.containsKey(name)) {
                comparisons.add(gone(older.get(name)));
            } else if (!older.containsKey(name)) {
                comparisons.add(added(newer.get(name)));
            } else {
                comparisons.add(pair(older.get(name), newer.get(name)));
            }
        }
        return comparisons;
    }

    private static Comparison pair(Manifest older, Manifest newer) {
        return new Comparison(
                older.workflow(),
                Optional.of(older),
                Optional.of(newer),
                ManifestDiff.between(older, newer).changes());
    }

    private static Comparison gone(Manifest older) {
        var sentence = "The workflow '" + older.workflow() + "' is gone; nobody registers it any longer.";
        return new Comparison(
                older.workflow(),
                Optional.of(older),
                Optional.empty(),
                List.of(new Change("workflow", sentence, Verdict.BREAKING)));
    }

    private static Comparison added(Manifest newer) {
        var sentence = "The workflow '" + newer.workflow() + "' is new.";
        return new Comparison(
                newer.workflow(),
                Optional.empty(),
                Optional.of(newer),
                List.of(new Change("workflow", sentence, Verdict.SAFE)));
    }

    Verdict verdict() {
        return changes.stream().map(Change::verdict).reduce(Verdict.SAFE, Verdict::worse);
    }
}
