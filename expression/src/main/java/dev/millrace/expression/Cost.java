package dev.millrace.expression;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.navigation.CelNavigableAst;
import dev.cel.common.navigation.CelNavigableExpr;
import dev.cel.runtime.CelEvaluationListener;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the evaluation of an expression may cost at most. The number of iterations alone is no bound: in each of them a text of
 * a megabyte can be copied, or a list compared. So each part costs one, and what goes over values costs by their length.
 *
 * @param grows whether there is a macro, or so many additions that a text can be copied again and again; without them, work is
 *     in proportion to the values and the text of the expression
 * @param read the parts whose values are gone over by the function that they are given to
 */
record Cost(boolean grows, Set<Long> read) {
    private static final int FEW_ADDITIONS = 4;
    private static final int CHARACTERS_PER_UNIT = 32;
    private static final Set<String> CONSTANT_TIME =
            Set.of("_&&_", "_||_", "!_", "_?_:_", "@not_strictly_false", "_[_]", "size");

    static Cost of(CelAbstractSyntaxTree ast) {
        var nodes = CelNavigableAst.fromAst(ast).getRoot().allNodes().toList();
        var read = nodes.stream()
                .filter(Cost::isRead)
                .map(node -> node.expr().id())
                .collect(Collectors.toUnmodifiableSet());
        return new Cost(
                nodes.stream().anyMatch(node -> node.getKind() == CelExpr.ExprKind.Kind.COMPREHENSION)
                        || nodes.stream().filter(Cost::isAddition).count() > FEW_ADDITIONS,
                read);
    }

    private static boolean isAddition(CelNavigableExpr node) {
        return node.getKind() == CelExpr.ExprKind.Kind.CALL
                && node.expr().call().function().equals("_+_");
    }

    private static boolean isRead(CelNavigableExpr node) {
        return node.parent()
                .filter(parent -> parent.getKind() == CelExpr.ExprKind.Kind.CALL)
                .filter(parent -> !CONSTANT_TIME.contains(parent.expr().call().function()))
                .isPresent();
    }

    /**
     * Counts one evaluation.
     *
     * @param limit what it may cost
     */
    Meter meter(long limit) {
        return new Meter(read, limit);
    }

    /** Counts what one evaluation costs; used by one thread. */
    static final class Meter implements CelEvaluationListener {
        private final Set<Long> read;
        private final long limit;
        private long left;

        private Meter(Set<Long> read, long limit) {
            this.read = read;
            this.limit = limit;
            this.left = limit;
        }

        /** At least one, because also what is not counted costs something. */
        long spent() {
            return Math.max(1, limit - left);
        }

        @Override
        public void callback(CelExpr expr, Object value) {
            left--;
            if (read.contains(expr.id())) {
                charge(value);
            }
            if (left < 0) {
                // Logical operators may swallow it and go on; then the next part throws again, and exhausted() tells.
                throw new IllegalStateException("The evaluation costs too much.");
            }
        }

        boolean exhausted() {
            return left < 0;
        }

        private void charge(Object value) {
            if (value instanceof String text) {
                left -= text.length() / CHARACTERS_PER_UNIT;
            } else if (value instanceof Collection<?> list) {
                for (var element : list) {
                    if (--left < 0) {
                        return;
                    }
                    charge(element);
                }
            } else if (value instanceof Map<?, ?> map) {
                charge(map.values());
            }
        }
    }
}
