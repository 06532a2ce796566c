package dev.millrace.processor.rule.sharing;

import dev.millrace.processor.rule.Rule;
import java.util.List;

/** The rules of this room. */
public final class SharingRules {
    /** What can be said even while some types do not exist. */
    public static final List<Rule> OF_SHAPE = List.of(
            new SlotsRule(), new RateLimitRule(), new RateLimitConflictRule(), new ConcurrencyRule(), new LabelRule());

    /** What can be said once every type is known. */
    public static final List<Rule> OF_TYPES = List.of(new BatchRule());

    private SharingRules() {}
}
