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
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Where the tasks of a method run: what its class says holds too, but for what the method says otherwise. */
public final class Placements {
    private static final int WEIGHT = 1;

    private Placements() {}

    /** The placement of a method whose literals are known to be right. */
    public static PlacementSpec of(Workflow workflow, Method method) {
        return new PlacementSpec(
                mirrors(workflow, method, Vocabulary.REQUIRES).stream()
                        .map(Placements::requirement)
                        .toList(),
                mirrors(workflow, method, Vocabulary.PREFERS).stream()
                        .map(Placements::preference)
                        .toList(),
                sticky(method.annotations(Vocabulary.STICKY))
                        .or(() -> sticky(workflow.annotations(Vocabulary.STICKY)))
                        .orElse(Stickiness.NONE));
    }

    /** The annotations of one kind that hold for a method: those of the class about other labels than its own are, and its own. */
    public static List<Mirror> mirrors(Workflow workflow, Method method, String qualifiedName) {
        var own = method.annotations(qualifiedName);
        Set<String> labels = own.stream().map(Placements::label).collect(Collectors.toSet());
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

    private static Optional<Stickiness> sticky(List<Mirror> mirrors) {
        return mirrors.stream()
                .map(mirror -> mirror.constant("value").map(Stickiness::valueOf).orElse(Stickiness.SOFT))
                .findFirst();
    }
}
