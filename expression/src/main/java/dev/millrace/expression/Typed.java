package dev.millrace.expression;

import dev.cel.common.ast.CelExpr;
import dev.cel.common.navigation.CelNavigableExpr;
import java.util.Optional;

/** Finds what is known about the values of parts of an expression, beyond what CEL's own types can say. */
final class Typed {
    private static final String INDEX = "_[_]";

    private final Scope scope;

    Typed(Scope scope) {
        this.scope = scope;
    }

    /** The type of a variable, of a member, of an element, or of what a macro goes over. */
    Optional<ValueType> of(CelNavigableExpr node) {
        return switch (node.expr().getKind()) {
            case IDENT -> variable(node, node.expr().ident().name());
            case SELECT ->
                node.children()
                        .findFirst()
                        .flatMap(this::of)
                        .flatMap(owner -> member(owner, node.expr().select().field()));
            case CALL ->
                node.expr().call().function().equals(INDEX)
                        ? node.children().findFirst().flatMap(this::of).flatMap(Typed::element)
                        : Optional.empty();
            default -> Optional.empty();
        };
    }

    private Optional<ValueType> variable(CelNavigableExpr node, String name) {
        // The variable of the nearest macro around it hides all others of its name.
        for (var around = node.parent();
                around.isPresent();
                around = around.get().parent()) {
            var expr = around.get().expr();
            if (expr.getKind() == CelExpr.ExprKind.Kind.COMPREHENSION
                    && expr.comprehension().iterVar().equals(name)) {
                long range = expr.comprehension().iterRange().id();
                return around.get()
                        .children()
                        .filter(child -> child.expr().id() == range)
                        .findFirst()
                        .flatMap(this::of)
                        .flatMap(Typed::element);
            }
        }
        return Optional.ofNullable(scope.variables().get(name)).map(this::resolved);
    }

    private Optional<ValueType> member(ValueType owner, String name) {
        if (owner instanceof ValueType.Struct struct) {
            return Optional.ofNullable(struct.members().get(name)).map(this::resolved);
        }
        return owner instanceof ValueType.MapOf map ? Optional.of(resolved(map.value())) : Optional.empty();
    }

    private static Optional<ValueType> element(ValueType owner) {
        return owner instanceof ValueType.ListOf list ? Optional.of(list.element()) : Optional.empty();
    }

    private ValueType resolved(ValueType type) {
        if (type instanceof ValueType.Ref ref) {
            var struct = scope.types().get(ref.name());
            return struct == null ? ValueType.ANY : struct;
        }
        if (type instanceof ValueType.ListOf list) {
            return new ValueType.ListOf(resolved(list.element()));
        }
        return type instanceof ValueType.Maybe maybe ? resolved(maybe.value()) : type;
    }
}
