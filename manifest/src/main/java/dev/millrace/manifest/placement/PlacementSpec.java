package dev.millrace.manifest.placement;

import java.util.List;
import java.util.Objects;

/**
 * Where a task runs.
 *
 * @param requires what the worker must be like; all of them hold
 * @param prefers what it had better be like, by weight
 * @param sticky how much it matters that it is the worker where the run was last
 */
public record PlacementSpec(List<LabelRequirement> requires, List<LabelPreference> prefers, Stickiness sticky) {
    /** The most requirements, and the most preferences, of one method. */
    public static final int MOST = 16;

    /** On any worker that serves the workflow. */
    public static final PlacementSpec ANYWHERE = new PlacementSpec(List.of(), List.of(), Stickiness.NONE);

    public PlacementSpec {
        requires = List.copyOf(requires);
        prefers = List.copyOf(prefers);
        Objects.requireNonNull(sticky, "sticky");
    }

    /** Whether any worker that serves the workflow is as good as any other. */
    public boolean isAnywhere() {
        return requires.isEmpty() && prefers.isEmpty() && sticky == Stickiness.NONE;
    }
}
