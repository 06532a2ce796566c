package dev.millrace.processor.rule.literal;

import dev.millrace.processor.rule.Rule;
import java.util.List;

/** The rules of this room. */
public final class LiteralRules {
    /** What can be said even while some types do not exist. */
    public static final List<Rule> OF_SHAPE =
            List.of(new DurationRule(), new RangeRule(), new StepOutlivesWorkflowRule());

    /** What can be said once every type is known. */
    public static final List<Rule> OF_TYPES = List.of(new ExpressionRule());

    private LiteralRules() {}
}
