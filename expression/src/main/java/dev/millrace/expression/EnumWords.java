package dev.millrace.expression;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.navigation.CelNavigableAst;
import dev.cel.common.types.CelType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Finds comparisons of an enum with a word that it does not have. CEL sees enums as text, so it would accept them, and they
 * would never hold.
 */
final class EnumWords {
    private final CelAbstractSyntaxTree ast;
    private final Scope scope;
    private final List<InvalidExpressionException.Problem> problems = new ArrayList<>();

    private EnumWords(CelAbstractSyntaxTree ast, Scope scope) {
        this.ast = ast;
        this.scope = scope;
    }

    static List<InvalidExpressionException.Problem> check(CelAbstractSyntaxTree ast, Scope scope) {
        var check = new EnumWords(ast, scope);
        CelNavigableAst.fromAst(ast).getRoot().allNodes().forEach(node -> check.visit(node.expr()));
        return check.problems;
    }

    private void visit(CelExpr expr) {
        if (expr.getKind() != CelExpr.ExprKind.Kind.CALL || expr.call().args().size() != 2) {
            return;
        }
        var left = expr.call().args().get(0);
        var right = expr.call().args().get(1);
        switch (expr.call().function()) {
            case "_==_", "_!=_" -> {
                compare(left, right);
                compare(right, left);
            }
            case "@in" -> {
                if (right.getKind() == CelExpr.ExprKind.Kind.LIST) {
                    right.list().elements().forEach(word -> compare(left, word));
                }
            }
            default -> {
                // No other function compares with a word.
            }
        }
    }

    private void compare(CelExpr value, CelExpr word) {
        if (word.getKind() != CelExpr.ExprKind.Kind.CONSTANT
                || word.constant().getKind() != CelConstant.Kind.STRING_VALUE) {
            return;
        }
        oneOf(value).ifPresent(type -> {
            var text = word.constant().stringValue();
            if (!type.words().contains(text)) {
                int column = ast.getSource().getPositionsMap().getOrDefault(word.id(), 0) + 1;
                problems.add(new InvalidExpressionException.Problem(
                        column,
                        type.name() + " is never \"" + text + "\"; it is one of " + String.join(", ", type.words())
                                + "."
                                + Suggestions.nearest(text, type.words())
                                        .map(near -> " Did you mean \"" + near + "\"?")
                                        .orElse("")));
            }
        });
    }

    private Optional<ValueType.OneOf> oneOf(CelExpr value) {
        ValueType type = null;
        if (value.getKind() == CelExpr.ExprKind.Kind.SELECT) {
            var owner = ast.getType(value.select().operand().id()).map(CelType::name);
            type = owner.map(name -> scope.types().get(name))
                    .map(struct -> struct.members().get(value.select().field()))
                    .orElse(null);
        } else if (value.getKind() == CelExpr.ExprKind.Kind.IDENT) {
            type = scope.variables().get(value.ident().name());
        }
        return type instanceof ValueType.OneOf oneOf ? Optional.of(oneOf) : Optional.empty();
    }
}
