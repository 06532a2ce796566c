package dev.millrace.expression;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.navigation.CelNavigableAst;
import dev.cel.common.navigation.CelNavigableExpr;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds comparisons that CEL would accept and that could never come out as their author wants: of an enum with a word that it
 * does not have, and of a member with null, which stands for an absent one in JSON and is asked for with {@code has()}.
 */
final class Comparisons {
    private final CelAbstractSyntaxTree ast;
    private final Typed typed;
    private final List<InvalidExpressionException.Problem> problems = new ArrayList<>();

    private Comparisons(CelAbstractSyntaxTree ast, Scope scope) {
        this.ast = ast;
        this.typed = new Typed(scope);
    }

    static List<InvalidExpressionException.Problem> check(CelAbstractSyntaxTree ast, Scope scope) {
        var check = new Comparisons(ast, scope);
        CelNavigableAst.fromAst(ast).getRoot().allNodes().forEach(check::visit);
        return check.problems;
    }

    private void visit(CelNavigableExpr node) {
        if (node.getKind() != CelExpr.ExprKind.Kind.CALL) {
            return;
        }
        var arguments = node.children().toList();
        if (arguments.size() != 2) {
            return;
        }
        var left = arguments.get(0);
        var right = arguments.get(1);
        switch (node.expr().call().function()) {
            case "_==_", "_!=_" -> {
                compare(left, right);
                compare(right, left);
            }
            case "@in" -> {
                if (right.getKind() == CelExpr.ExprKind.Kind.LIST) {
                    right.children().forEach(word -> compare(left, word));
                } else if (typed.of(right).orElse(ValueType.ANY) instanceof ValueType.ListOf list
                        && list.element() instanceof ValueType.OneOf type) {
                    word(type, left);
                }
            }
            default -> {
                // No other function compares.
            }
        }
    }

    private void compare(CelNavigableExpr value, CelNavigableExpr other) {
        if (other.getKind() != CelExpr.ExprKind.Kind.CONSTANT) {
            return;
        }
        var type = typed.of(value).orElse(ValueType.ANY);
        if (type instanceof ValueType.OneOf oneOf) {
            word(oneOf, other);
        }
        if (other.expr().constant().getKind() == CelConstant.Kind.NULL_VALUE
                && value.getKind() == CelExpr.ExprKind.Kind.SELECT
                && !type.equals(ValueType.ANY)) {
            problems.add(new InvalidExpressionException.Problem(
                    column(other),
                    "The member '" + value.expr().select().field()
                            + "' is absent rather than null. Write has(…) around it to ask whether it is there."));
        }
    }

    private void word(ValueType.OneOf type, CelNavigableExpr word) {
        if (word.getKind() != CelExpr.ExprKind.Kind.CONSTANT
                || word.expr().constant().getKind() != CelConstant.Kind.STRING_VALUE) {
            return;
        }
        var text = word.expr().constant().stringValue();
        if (!type.words().contains(text)) {
            problems.add(new InvalidExpressionException.Problem(
                    column(word),
                    type.name() + " is never \"" + text + "\"; it is one of " + String.join(", ", type.words()) + "."
                            + Suggestions.nearest(text, type.words())
                                    .map(near -> " Did you mean \"" + near + "\"?")
                                    .orElse("")));
        }
    }

    private int column(CelNavigableExpr node) {
        return ast.getSource().getPositionsMap().getOrDefault(node.expr().id(), 0) + 1;
    }
}
