package dev.millrace.processor.read;

import dev.millrace.manifest.placement.LabelComparator;
import dev.millrace.manifest.placement.LabelPreference;
import dev.millrace.manifest.placement.LabelRequirement;
import dev.millrace.manifest.placement.PlacementSpec;
import dev.millrace.manifest.placement.Stickiness;
import dev.millrace.processor.model.Method;
import dev.millrace.processor.model.Mirror;
import dev.millrace.processor.model.Vocabulary;
import dev.millrace.processor.model.Workflow;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/** Where the tasks of a method run: what its class says holds too, but for what the method says otherwise. */
public final class Placements {
    private static final int WEIGHT = 1;

    private Placements() {}

    /** The placement of a method whose literals are known to be right. */
    public static PlacementSpec of(Workflow workflow, Method method) {
        var requires = new ArrayList<LabelRequirement>();
        for (var mirror : mirrors(workflow, method, Vocabulary.REQUIRES)) {
            requires.add(requirement(mirror));
        }
        var prefers = new ArrayList<LabelPreference>();
        for (var mirror : mirrors(workflow, method, Vocabulary.PREFERS)) {
            prefers.add(preference(mirror));
        }
        var own = method.annotations(Vocabulary.STICKY);
        return new PlacementSpec(
                requires, prefers, sticky(own.isEmpty() ? workflow.annotations(Vocabulary.STICKY) : own));
    }

    /** The annotations of one kind that hold for a method: those of the class about other labels than its own are, and its own. */
    public static List<Mirror> mirrors(Workflow workflow, Method method, String qualifiedName) {
        var own = method.annotations(qualifiedName);
        var labels = new HashSet<String>();
        for (var mirror : own) {
            labels.add(label(mirror));
        }
        var all = new ArrayList<Mirror>();
        for (var mirror : workflow.annotations(qualifiedName)) {
            if (!labels.contains(label(mirror))) {
                all.add(mirror);
            }
        }
        all.addAll(own);
        return all;
    }

    /** What an annotation says of a label, whose literals are known to be right. */
    public static LabelRequirement requirement(Mirror mirror) {
        return new LabelRequirement(label(mirror), comparator(mirror), value(mirror));
    }

    /** How it compares. */
    public static LabelComparator comparator(Mirror mirror) {
        return mirror.constant("comparator").map(LabelComparator::valueOf).orElse(LabelComparator.EQUAL);
    }

    /** The label that an annotation is about. */
    public static String label(Mirror mirror) {
        return mirror.text("label").orElse("");
    }

    /** What it compares the label with. */
    public static String value(Mirror mirror) {
        return mirror.text("value").orElse("");
    }

    private static LabelPreference preference(Mirror mirror) {
        return new LabelPreference(
                label(mirror),
                comparator(mirror),
                value(mirror),
                mirror.number("weight").map(Number::intValue).orElse(WEIGHT));
    }

    private static Stickiness sticky(List<Mirror> mirrors) {
        return mirrors.isEmpty()
                ? Stickiness.NONE
                : mirrors.get(0).constant("value").map(Stickiness::valueOf).orElse(Stickiness.SOFT);
    }
}
