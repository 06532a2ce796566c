package dev.millrace.processor.rule.value;

import dev.millrace.processor.rule.Rule;
import java.util.List;

/** The rules of this room. */
public final class ValueRules {
    /** What can be said even while some types do not exist. */
    public static final List<Rule> OF_SHAPE = List.of(new ResultShapeRule());

    /** What can be said once every type is known. */
    public static final List<Rule> OF_TYPES = List.of(
            new WrapperRule(),
            new ApprovalFormRule(),
            SerializableRule.always(),
            new LargeBinaryRule(),
            new PrivateTypeRule());

    /** Refuses what this version compiles but no control plane acts on yet. */
    public static final List<Rule> OF_VERSION = List.of(SerializableRule.later());

    private ValueRules() {}
}
