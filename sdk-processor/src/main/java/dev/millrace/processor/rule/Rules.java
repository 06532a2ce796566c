package dev.millrace.processor.rule;

import dev.millrace.processor.report.Report;
import java.util.List;

/** All rules. */
public final class Rules {
    /** What can be said about a class even while some of its types do not exist. */
    private static final List<Rule> OF_SHAPE = List.of(
            new ClassShapeRule(),
            new MethodShapeRule(),
            new HasStepsRule(),
            new InheritedStepRule(),
            new UniqueNamesRule(),
            new PlacementRule(),
            new GivenRule(),
            new ResultShapeRule(),
            new WaitRule(),
            new DurableRule(),
            new EachRule(),
            new NameRule(),
            new DurationRule(),
            new RetriesRule(),
            new RetryConflictRule(),
            new BackoffRule(),
            new SlotsRule(),
            new RateLimitRule(),
            new RateLimitConflictRule(),
            new ConcurrencyRule(),
            new LabelRule(),
            new CircuitBreakerRule(),
            new RangeRule(),
            new RepeatedRule(),
            new RetryWarningRule(),
            new StepOutlivesWorkflowRule(),
            new AfterRule());

    /** What can be said once every type is known. */
    private static final List<Rule> OF_TYPES = List.of(
            new DependencyRule(),
            new WrapperRule(),
            new UnusedResultRule(),
            new CycleRule(),
            new CompensationRule(),
            new OnFailureRule(),
            new ResultNameRule(),
            new ActionRule(),
            new ApprovalFormRule(),
            SerializableRule.always(),
            new LargeBinaryRule(),
            new TriggerRule(),
            new CronRule(),
            new BatchRule(),
            new DeliveryRule(),
            new FallbackRule(),
            new ExpressionRule(),
            new PrivateTypeRule());

    private Rules() {}

    /** Checks what does not depend on types. */
    public static void checkShape(Subject subject, Report report) {
        OF_SHAPE.forEach(rule -> rule.check(subject, report));
    }

    /** Refuses what this version compiles but no control plane runs yet. */
    public static void checkEffective(Subject subject, Report report) {
        new LaterRule().check(subject, report);
        SerializableRule.later().check(subject, report);
    }

    /** Checks what depends on types. */
    public static void checkTypes(Subject subject, Report report) {
        OF_TYPES.forEach(rule -> rule.check(subject, report));
    }
}
