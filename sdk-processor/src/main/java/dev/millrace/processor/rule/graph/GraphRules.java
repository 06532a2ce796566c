package dev.millrace.processor.rule.graph;

import dev.millrace.processor.rule.Rule;
import java.util.List;

/** The rules of this room. */
public final class GraphRules {
    /** What can be said even while some types do not exist. */
    public static final List<Rule> OF_SHAPE = List.of(new GivenRule(), new EachRule(), new AfterRule());

    /** What can be said once every type is known. */
    public static final List<Rule> OF_TYPES = List.of(new DependencyRule(), new UnusedResultRule(), new CycleRule());

    private GraphRules() {}
}
