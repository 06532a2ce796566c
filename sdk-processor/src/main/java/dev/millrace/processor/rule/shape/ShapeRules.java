package dev.millrace.processor.rule.shape;

import dev.millrace.processor.rule.Rule;
import java.util.List;

/** The rules of this room. */
public final class ShapeRules {
    /** What can be said even while some types do not exist. */
    public static final List<Rule> OF_SHAPE = List.of(
            new ClassShapeRule(),
            new MethodShapeRule(),
            new HasStepsRule(),
            new InheritedStepRule(),
            new UniqueNamesRule(),
            new PlacementRule(),
            new NameRule(),
            new RepeatedRule());

    /** What can be said once every type is known. */
    public static final List<Rule> OF_TYPES = List.of(new ResultNameRule());

    /** Refuses what this version compiles but no control plane runs yet. */
    public static final List<Rule> OF_VERSION = List.of(new LaterRule());

    private ShapeRules() {}
}
