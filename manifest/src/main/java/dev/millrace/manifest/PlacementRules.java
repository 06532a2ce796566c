package dev.millrace.manifest;

import dev.millrace.manifest.placement.Contradictions;
import dev.millrace.manifest.placement.LabelPreference;
import dev.millrace.manifest.placement.LabelRequirement;
import dev.millrace.manifest.placement.PlacementSpec;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Collectors;

/** Checks that some worker could be as a method asks for. */
final class PlacementRules {
    private final Problems problems;

    PlacementRules(Problems problems) {
        this.problems = problems;
    }

    void check(String owner, PlacementSpec placement, String path) {
        if (placement.isAnywhere()) {
            return;
        }
        var preferred =
                placement.prefers().stream().map(LabelPreference::asRequirement).collect(Collectors.toList());
        atMost(owner, "requirements", placement.requires(), path + ".requires");
        atMost(owner, "preferences", preferred, path + ".prefers");
        once(owner, "requires", placement.requires(), path + ".requires");
        once(owner, "prefers", preferred, path + ".prefers");
        Contradictions.among(placement.requires())
                .ifPresent(found -> problems.report(
                        "PLACEMENT",
                        path + ".requires[" + found.second() + "]",
                        "'" + owner + "' requires that label "
                                + placement.requires().get(found.second()) + " and that label " + found.first()
                                + ", which no worker can be, so it would wait for ever."));
    }

    private void atMost(String owner, String what, List<LabelRequirement> asked, String path) {
        if (asked.size() > PlacementSpec.MOST) {
            problems.report(
                    "PLACEMENT",
                    path,
                    "'" + owner + "' has " + asked.size() + " " + what + " of its worker, but may have "
                            + PlacementSpec.MOST + ".");
        }
    }

    private void once(String owner, String verb, List<LabelRequirement> asked, String path) {
        var seen = new HashSet<LabelRequirement>();
        for (int i = 0; i < asked.size(); i++) {
            if (!seen.add(asked.get(i))) {
                problems.report(
                        "PLACEMENT",
                        path + "[" + i + "]",
                        "'" + owner + "' " + verb + " twice that label " + asked.get(i) + ".");
            }
        }
    }
}
