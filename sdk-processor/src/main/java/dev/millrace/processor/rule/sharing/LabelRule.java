package dev.millrace.processor.rule.sharing;

import dev.millrace.manifest.placement.Contradictions;
import dev.millrace.manifest.placement.LabelRequirement;
import dev.millrace.manifest.placement.PlacementSpec;
import dev.millrace.processor.model.Mirror;
import dev.millrace.processor.model.Vocabulary;
import dev.millrace.processor.model.Workflow;
import dev.millrace.processor.read.Placements;
import dev.millrace.processor.report.Report;
import dev.millrace.processor.report.Tag;
import dev.millrace.processor.rule.Rule;
import dev.millrace.processor.rule.Subject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/** What is asked of a worker's labels can be said of one, and of all of them at once. */
final class LabelRule implements Rule {

    @Override
    public void check(Subject subject, Report report) {
        var workflow = subject.workflow();
        for (var kind : List.of(Vocabulary.REQUIRES, Vocabulary.PREFERS)) {
            boolean right = place(workflow.annotations(kind), workflow.label(), report);
            for (var method : workflow.methods()) {
                right &= place(method.annotations(kind), method.label(), report);
            }
            if (right) {
                together(workflow, kind, report);
            }
        }
    }

    /** Checks each annotation of one place by itself; whether all of them are right. */
    private static boolean place(List<Mirror> mirrors, String where, Report report) {
        boolean right = true;
        for (var mirror : mirrors) {
            right &= LabelLiterals.areRight(mirror, report);
        }
        if (right && mirrors.size() > 1) {
            var seen = new HashSet<LabelRequirement>();
            for (var mirror : mirrors) {
                var asked = Placements.requirement(mirror);
                if (!seen.add(asked)) {
                    report.add(LabelLiterals.problem(
                                    mirror, "label", Tag.TOLD_TWICE, where + " says twice that label " + asked + ".")
                            .fix("remove one of them."));
                    right = false;
                }
            }
        }
        return right;
    }

    /** Checks what holds for a method of what its class says, together with its own. */
    private static void together(Workflow workflow, String kind, Report report) {
        for (var method : workflow.methods()) {
            var mirrors = Placements.mirrors(workflow, method, kind);
            if (mirrors.size() > PlacementSpec.MOST) {
                report.add(LabelLiterals.problem(
                                mirrors.get(PlacementSpec.MOST),
                                "label",
                                Tag.LABEL_CONFLICT,
                                method.label() + " has " + mirrors.size() + " times @"
                                        + mirrors.get(0).simpleName() + ", with those of " + workflow.label()
                                        + ", but may have it " + PlacementSpec.MOST + " times.")
                        .fix("remove those that the others imply."));
            } else if (mirrors.size() > 1 && kind.equals(Vocabulary.REQUIRES)) {
                contradiction(method.label(), mirrors, report);
            }
        }
    }

    private static void contradiction(String method, List<Mirror> mirrors, Report report) {
        var asked = new ArrayList<LabelRequirement>();
        mirrors.forEach(mirror -> asked.add(Placements.requirement(mirror)));
        Contradictions.among(asked)
                .ifPresent(found -> report.add(LabelLiterals.problem(
                                mirrors.get(found.second()),
                                "label",
                                Tag.LABEL_CONFLICT,
                                method + " requires that label " + asked.get(found.second()) + " and that label "
                                        + found.first() + ", which no worker can be, so it would wait for ever.")
                        .fix("remove one of them, or make it a preference with @Prefers.")));
    }
}
