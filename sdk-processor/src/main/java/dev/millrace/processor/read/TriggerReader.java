package dev.millrace.processor.read;

import dev.millrace.manifest.BudgetExceeded;
import dev.millrace.manifest.BudgetSpec;
import dev.millrace.manifest.CatchUp;
import dev.millrace.manifest.CollectSpec;
import dev.millrace.manifest.CronTrigger;
import dev.millrace.manifest.DebounceSpec;
import dev.millrace.manifest.EventTrigger;
import dev.millrace.manifest.Overlap;
import dev.millrace.manifest.ThrottleSpec;
import dev.millrace.manifest.Triggers;
import dev.millrace.processor.model.Mirror;
import dev.millrace.processor.model.Vocabulary;
import dev.millrace.processor.model.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What starts runs of a workflow, what they may spend and how they are labelled; for workflows whose literals are known to
 * be right.
 */
public final class TriggerReader {
    private static final List<String> WORDS =
            List.of(Vocabulary.ON_EVENT, Vocabulary.CRON, Vocabulary.COLLECT, Vocabulary.DEBOUNCE, Vocabulary.THROTTLE);

    private TriggerReader() {}

    /** What starts runs, and what becomes of starts. */
    public static Triggers triggers(Workflow workflow) {
        for (var name : WORDS) {
            if (!workflow.annotations(name).isEmpty()) {
                return written(workflow);
            }
        }
        return Triggers.NONE;
    }

    private static Triggers written(Workflow workflow) {
        return new Triggers(
                workflow.annotations(Vocabulary.ON_EVENT).stream()
                        .map(event -> new EventTrigger(text(event, "value"), text(event, "where")))
                        .toList(),
                workflow.annotations(Vocabulary.CRON).stream()
                        .map(TriggerReader::cron)
                        .toList(),
                workflow.annotations(Vocabulary.COLLECT).stream()
                        .map(collect -> new CollectSpec(
                                collect.number("maxSize").orElseThrow().intValue(),
                                duration(collect, "maxWait"),
                                text(collect, "key")))
                        .findFirst(),
                workflow.annotations(Vocabulary.DEBOUNCE).stream()
                        .map(debounce -> new DebounceSpec(
                                duration(debounce, "value"),
                                debounce.text("maxWait").map(text -> duration(debounce, "maxWait")),
                                text(debounce, "key")))
                        .findFirst(),
                workflow.annotations(Vocabulary.THROTTLE).stream()
                        .map(throttle -> new ThrottleSpec(
                                throttle.number("limit").map(Number::intValue).orElse(1),
                                duration(throttle, "per"),
                                text(throttle, "key")))
                        .findFirst());
    }

    /** What a run may spend. */
    public static List<BudgetSpec> budgets(Workflow workflow) {
        var budgets = new ArrayList<BudgetSpec>();
        for (var budget : workflow.annotations(Vocabulary.BUDGET)) {
            budgets.add(new BudgetSpec(
                    text(budget, "value"),
                    budget.number("limit").orElseThrow().doubleValue(),
                    budget.constant("exceeded").map(BudgetExceeded::valueOf).orElse(BudgetExceeded.FAIL)));
        }
        return budgets;
    }

    /** The labels of every run. */
    public static Map<String, String> metadata(Workflow workflow) {
        var labels = new TreeMap<String, String>();
        for (var label : workflow.annotations(Vocabulary.METADATA)) {
            labels.put(text(label, "name"), text(label, "value"));
        }
        return labels;
    }

    private static CronTrigger cron(Mirror cron) {
        return new CronTrigger(
                cron.text("name").filter(name -> !name.isEmpty()).orElseGet(() -> text(cron, "value")),
                text(cron, "value"),
                text(cron, "zone"),
                text(cron, "input"),
                cron.constant("overlap").map(Overlap::valueOf).orElse(Overlap.ALLOW),
                cron.constant("catchUp").map(CatchUp::valueOf).orElse(CatchUp.LATEST),
                duration(cron, "jitter"));
    }

    private static Duration duration(Mirror mirror, String member) {
        return Policies.duration(mirror, member, Duration.ZERO);
    }

    private static String text(Mirror mirror, String member) {
        return mirror.text(member).orElse("");
    }
}
