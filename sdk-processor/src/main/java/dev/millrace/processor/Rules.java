package dev.millrace.processor;

import dev.millrace.processor.report.Report;
import dev.millrace.processor.rule.Rule;
import dev.millrace.processor.rule.Subject;
import dev.millrace.processor.rule.durable.DurableRules;
import dev.millrace.processor.rule.failure.FailureRules;
import dev.millrace.processor.rule.graph.GraphRules;
import dev.millrace.processor.rule.literal.LiteralRules;
import dev.millrace.processor.rule.shape.ShapeRules;
import dev.millrace.processor.rule.sharing.SharingRules;
import dev.millrace.processor.rule.start.StartRules;
import dev.millrace.processor.rule.value.ValueRules;
import java.util.List;

/** All rules, room by room. */
final class Rules {
    private static final List<List<Rule>> OF_SHAPE = List.of(
            ShapeRules.OF_SHAPE,
            GraphRules.OF_SHAPE,
            ValueRules.OF_SHAPE,
            FailureRules.OF_SHAPE,
            SharingRules.OF_SHAPE,
            DurableRules.OF_SHAPE,
            LiteralRules.OF_SHAPE);

    private static final List<List<Rule>> OF_TYPES = List.of(
            ShapeRules.OF_TYPES,
            GraphRules.OF_TYPES,
            ValueRules.OF_TYPES,
            FailureRules.OF_TYPES,
            SharingRules.OF_TYPES,
            DurableRules.OF_TYPES,
            StartRules.OF_TYPES,
            LiteralRules.OF_TYPES);

    private static final List<List<Rule>> OF_VERSION = List.of(ShapeRules.OF_VERSION, ValueRules.OF_VERSION);

    private Rules() {}

    /** Checks what does not depend on types. */
    static void checkShape(Subject subject, Report report) {
        check(OF_SHAPE, subject, report);
    }

    /** Checks what depends on types. */
    static void checkTypes(Subject subject, Report report) {
        check(OF_TYPES, subject, report);
    }

    /** Refuses what this version compiles but no control plane runs yet. */
    static void checkEffective(Subject subject, Report report) {
        check(OF_VERSION, subject, report);
    }

    private static void check(List<List<Rule>> rooms, Subject subject, Report report) {
        for (var room : rooms) {
            for (var rule : room) {
                rule.check(subject, report);
            }
        }
    }
}
