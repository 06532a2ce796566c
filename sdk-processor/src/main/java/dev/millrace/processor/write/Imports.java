package dev.millrace.processor.write;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.ArrayType;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.type.WildcardType;

/**
 * How types are written in one generated file, and what it imports for that. A simple name belongs to one class: to the user's
 * before any of ours, and to one of the file's own package before any other. All others keep their package.
 */
final class Imports {
    private final String packageName;
    private final Map<String, String> owners = new HashMap<>();
    private final Set<String> imported = new TreeSet<>();

    /** @param taken simple names that mean something else in the file, such as its own */
    Imports(String packageName, List<String> taken) {
        this.packageName = packageName;
        for (var name : taken) {
            owners.put(name, qualified(packageName, name));
        }
    }

    /** Keeps the simple names of what a type mentions for it, before others are written. */
    void claim(TypeMirror type) {
        if (type instanceof ArrayType array && type.getKind() == TypeKind.ARRAY) {
            claim(array.getComponentType());
        } else if (type instanceof DeclaredType declared && type.getKind() == TypeKind.DECLARED) {
            var top = topLevel(declared.asElement());
            var name = top.getSimpleName().toString();
            var qualified = ((TypeElement) top).getQualifiedName().toString();
            if (qualified.equals(qualified(packageName, name))) {
                owners.put(name, qualified);
            } else {
                owners.putIfAbsent(name, qualified);
            }
            for (var argument : declared.getTypeArguments()) {
                claim(argument);
            }
        }
    }

    /** The name of a class that is no member of another one. */
    String of(String qualifiedName) {
        int dot = qualifiedName.lastIndexOf('.');
        var name = qualifiedName.substring(dot + 1);
        var owner = owners.putIfAbsent(name, qualifiedName);
        if (owner != null && !owner.equals(qualifiedName)) {
            return qualifiedName;
        }
        var from = dot < 0 ? "" : qualifiedName.substring(0, dot);
        if (!from.equals(packageName) && !from.equals("java.lang")) {
            imported.add(qualifiedName);
        }
        return name;
    }

    /** The name of a class; a member comes with the classes around it. */
    String of(TypeElement type) {
        return type.getEnclosingElement() instanceof TypeElement outer
                ? of(outer) + "." + type.getSimpleName()
                : of(type.getQualifiedName().toString());
    }

    /** A type with its arguments and without annotations. */
    String of(TypeMirror type) {
        var text = new StringBuilder();
        append(type, text);
        return text.toString();
    }

    private void append(TypeMirror type, StringBuilder text) {
        switch (type.getKind()) {
            case ARRAY -> {
                append(((ArrayType) type).getComponentType(), text);
                text.append("[]");
            }
            case DECLARED -> {
                var declared = (DeclaredType) type;
                text.append(of((TypeElement) declared.asElement()));
                var arguments = declared.getTypeArguments();
                for (int i = 0; i < arguments.size(); i++) {
                    text.append(i == 0 ? "<" : ", ");
                    append(arguments.get(i), text);
                }
                text.append(arguments.isEmpty() ? "" : ">");
            }
            case WILDCARD -> append((WildcardType) type, text);
            default ->
                text.append(
                        type.getKind().isPrimitive() || type.getKind() == TypeKind.VOID
                                ? type.getKind().name().toLowerCase(Locale.ROOT)
                                : type.toString());
        }
    }

    private void append(WildcardType type, StringBuilder text) {
        text.append('?');
        if (type.getExtendsBound() != null) {
            text.append(" extends ");
            append(type.getExtendsBound(), text);
        } else if (type.getSuperBound() != null) {
            text.append(" super ");
            append(type.getSuperBound(), text);
        }
    }

    /** The qualified names of what has to be imported, sorted. */
    Set<String> imported() {
        return imported;
    }

    private static Element topLevel(Element type) {
        var top = type;
        while (top.getEnclosingElement().getKind() != ElementKind.PACKAGE) {
            top = top.getEnclosingElement();
        }
        return top;
    }

    private static String qualified(String packageName, String name) {
        return packageName.isEmpty() ? name : packageName + "." + name;
    }
}
