package dev.millrace.processor.rule.start;

import dev.millrace.processor.rule.Rule;
import java.util.List;

/** The rules of this room. */
public final class StartRules {
    /** What can be said once every type is known. */
    public static final List<Rule> OF_TYPES = List.of(new TriggerRule(), new CronRule());

    private StartRules() {}
}
