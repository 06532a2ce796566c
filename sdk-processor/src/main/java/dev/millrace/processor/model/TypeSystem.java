package dev.millrace.processor.model;

import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.ArrayType;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.PrimitiveType;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.type.WildcardType;
import javax.lang.model.util.Elements;
import javax.lang.model.util.Types;

/**
 * The questions this compiler plug-in asks about types.
 *
 * @param elements the compiler's elements
 * @param types the compiler's types
 */
public record TypeSystem(Elements elements, Types types) {

    /** Whether two types are the same, a primitive one and its box included. */
    public boolean same(TypeMirror left, TypeMirror right) {
        return types.isSameType(boxed(left), boxed(right));
    }

    /** The type, or its box if it is primitive. */
    public TypeMirror boxed(TypeMirror type) {
        return type instanceof PrimitiveType primitive && type.getKind().isPrimitive()
                ? types.boxedClass(primitive).asType()
                : type;
    }

    /** Whether the type is the named class, with whatever type arguments. */
    public boolean isA(TypeMirror type, String qualifiedName) {
        return type instanceof DeclaredType declared
                && type.getKind() == TypeKind.DECLARED
                && ((TypeElement) declared.asElement()).getQualifiedName().contentEquals(qualifiedName);
    }

    /** Whether the type is the named class or one that extends it. */
    public boolean extendsClass(TypeMirror type, String qualifiedName) {
        var wanted = elements.getTypeElement(qualifiedName);
        return wanted != null && types.isSubtype(types.erasure(type), types.erasure(wanted.asType()));
    }

    /** The only type argument of a type such as {@code Optional<T>}; the type itself if it has none. */
    public TypeMirror argument(TypeMirror type) {
        return type instanceof DeclaredType declared
                        && declared.getTypeArguments().size() == 1
                ? declared.getTypeArguments().get(0)
                : type;
    }

    /** Whether the type is one of the named classes, or mentions one as an argument, an element or a bound. */
    public boolean mentions(TypeMirror type, Set<String> qualifiedNames) {
        return switch (type.getKind()) {
            case ARRAY -> mentions(((ArrayType) type).getComponentType(), qualifiedNames);
            case WILDCARD -> {
                var wildcard = (WildcardType) type;
                yield (wildcard.getExtendsBound() != null && mentions(wildcard.getExtendsBound(), qualifiedNames))
                        || (wildcard.getSuperBound() != null && mentions(wildcard.getSuperBound(), qualifiedNames));
            }
            case DECLARED -> {
                var declared = (DeclaredType) type;
                boolean found = qualifiedNames.contains(
                        ((TypeElement) declared.asElement()).getQualifiedName().toString());
                for (var argument : declared.getTypeArguments()) {
                    found |= mentions(argument, qualifiedNames);
                }
                yield found;
            }
            default -> false;
        };
    }

    /** The list of a type, or of its box if it is primitive. */
    public TypeMirror listOf(TypeMirror element) {
        return types.getDeclaredType(elements.getTypeElement("java.util.List"), boxed(element));
    }

    /** The type with simple names: {@code List<Order>}. Nested classes keep the names around them. */
    public String shortName(TypeMirror type) {
        return name(type, TypeSystem::nestedName);
    }

    /** The type with simple names, and without the names around nested classes. */
    public String simpleName(TypeMirror type) {
        return name(type, element -> element.getSimpleName().toString());
    }

    /** The type with qualified names and without annotations: {@code java.util.List<com.acme.Order>}. */
    public String qualifiedName(TypeMirror type) {
        return name(type, element -> element.getQualifiedName().toString());
    }

    private static String nestedName(TypeElement element) {
        return element.getEnclosingElement() instanceof TypeElement outer
                ? nestedName(outer) + "." + element.getSimpleName()
                : element.getSimpleName().toString();
    }

    private static String name(TypeMirror type, Function<TypeElement, String> nameOf) {
        return switch (type.getKind()) {
            case ARRAY -> name(((ArrayType) type).getComponentType(), nameOf) + "[]";
            case DECLARED -> {
                var declared = (DeclaredType) type;
                var arguments = declared.getTypeArguments();
                yield nameOf.apply((TypeElement) declared.asElement())
                        + (arguments.isEmpty()
                                ? ""
                                : arguments.stream()
                                        .map(argument -> name(argument, nameOf))
                                        .collect(Collectors.joining(", ", "<", ">")));
            }
            case WILDCARD -> {
                var wildcard = (WildcardType) type;
                yield wildcard.getExtendsBound() != null
                        ? "? extends " + name(wildcard.getExtendsBound(), nameOf)
                        : wildcard.getSuperBound() != null ? "? super " + name(wildcard.getSuperBound(), nameOf) : "?";
            }
            default -> type.getKind().isPrimitive() ? type.getKind().name().toLowerCase(Locale.ROOT) : type.toString();
        };
    }

    /** The name of a type where it stands beside another: short, unless both would read the same. */
    public String nameBeside(TypeMirror type, TypeMirror other) {
        return shortName(type).equals(shortName(other)) && !same(type, other) ? qualifiedName(type) : shortName(type);
    }
}
