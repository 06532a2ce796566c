package dev.millrace.processor.rule.literal;

import dev.millrace.expression.Expressions;
import dev.millrace.expression.InvalidExpressionException;
import dev.millrace.expression.SchemaTypes;
import java.util.List;
import java.util.Map;

/**
 * Checks expressions that stand in one scope. The only class of the plug-in that needs CEL: it is loaded with the first
 * expression of a compilation, and so never where there is none.
 */
final class ExpressionChecks {
    private final Expressions expressions;

    ExpressionChecks(Map<String, SchemaTypes.Variable> variables) {
        this.expressions = new Expressions(SchemaTypes.scope(variables));
    }

    /** What is wrong with an expression, in the order of its columns; empty if it can be evaluated. */
    List<InvalidExpressionException.Problem> problems(String source, Expressions.Purpose purpose) {
        try {
            expressions.check(source, purpose);
            return List.of();
        } catch (InvalidExpressionException e) {
            return e.problems();
        }
    }
}
