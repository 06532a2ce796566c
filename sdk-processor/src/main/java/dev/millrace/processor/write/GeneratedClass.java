package dev.millrace.processor.write;

import dev.millrace.processor.model.TypeSystem;
import dev.millrace.processor.model.Workflow;
import dev.millrace.processor.rule.Subject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import javax.annotation.processing.Filer;
import javax.annotation.processing.FilerException;
import javax.lang.model.element.Element;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.ArrayType;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;

/** What the generated classes of a workflow have in common: a name, a package, how they call types, and how they are filed. */
final class GeneratedClass {
    static final String TYPE_REF = "dev.millrace.TypeRef";
    static final String DURABLE = "dev.millrace.Durable";

    private static final String GENERATED = "javax.annotation.processing.Generated";
    private static final String PROCESSOR = "dev.millrace.processor.MillraceProcessor";

    private final Workflow workflow;
    private final TypeSystem types;
    private final String packageName;
    private final String name;
    private final Imports imports;

    /**
     * A class that is called as the workflow's class and a suffix: for {@code Outer.Inner} and {@code Client} it is {@code
     * Outer_InnerClient}.
     *
     * @param members the names of its member classes
     */
    GeneratedClass(Subject subject, String suffix, List<String> members) {
        this.workflow = subject.workflow();
        this.types = subject.types();
        this.packageName = types.elements()
                .getPackageOf(workflow.type())
                .getQualifiedName()
                .toString();
        this.name = flat(workflow.type()) + suffix;
        var taken = new ArrayList<>(members);
        taken.add(name);
        this.imports = new Imports(packageName, taken);
        imports.claim(workflow.type().asType());
        for (var method : workflow.methods()) {
            imports.claim(method.element().getReturnType());
            for (var parameter : method.element().getParameters()) {
                imports.claim(parameter.asType());
            }
        }
    }

    private static String flat(TypeElement type) {
        return type.getEnclosingElement() instanceof TypeElement outer
                ? flat(outer) + "_" + type.getSimpleName()
                : type.getSimpleName().toString();
    }

    /** Its simple name. */
    String name() {
        return name;
    }

    /** How the workflow's class is written. */
    String workflow() {
        return imports.of(workflow.type());
    }

    /** How a class of the platform or of Millrace is written. */
    String type(String qualifiedName) {
        return imports.of(qualifiedName);
    }

    /** How a type is written. */
    String type(TypeMirror type) {
        return imports.of(type);
    }

    /** How a type, or the box of a primitive one, is written. */
    String boxed(TypeMirror type) {
        return imports.of(types.boxed(type));
    }

    /** {@code Order.class}, or {@code new TypeRef<List<Order>>() {}} where a class says too little. */
    String typeToken(TypeMirror type) {
        return hasArguments(type) ? "new " + type(TYPE_REF) + "<" + boxed(type) + ">() {}" : boxed(type) + ".class";
    }

    /** {@code TypeRef.of(Order.class)}, or {@code new TypeRef<List<Order>>() {}}. */
    String typeRef(TypeMirror type) {
        return hasArguments(type) ? typeToken(type) : typeRef(boxed(type));
    }

    /** {@code TypeRef.of(Void.class)}, for a type without arguments as it is written. */
    String typeRef(String written) {
        return type(TYPE_REF) + ".of(" + written + ".class)";
    }

    private static boolean hasArguments(TypeMirror type) {
        return type instanceof ArrayType array && type.getKind() == TypeKind.ARRAY
                ? hasArguments(array.getComponentType())
                : type instanceof DeclaredType declared
                        && !declared.getTypeArguments().isEmpty();
    }

    /** {@code public} and a space if the workflow's class and these types can be seen everywhere; else nothing. */
    String visibility(List<TypeMirror> mentioned) {
        for (var type : mentioned) {
            if (!isPublic(type)) {
                return "";
            }
        }
        return isPublic(workflow.type()) ? "public " : "";
    }

    /** Writes the class to its file; the workflow's class is its one originating element. */
    void write(List<String> javadoc, String declaration, JavaText members, Filer filer) throws IOException {
        var head = new JavaText();
        head.javadoc(javadoc);
        if (types.elements().getTypeElement(GENERATED) != null) {
            head.line("@" + type(GENERATED) + "(" + JavaText.literal(PROCESSOR) + ")");
        }
        if (mentionsDeprecated()) {
            head.line("@" + type("java.lang.SuppressWarnings") + "({\"deprecation\", \"removal\"})");
        }
        head.line(declaration + " {");
        var qualified = packageName.isEmpty() ? name : packageName + "." + name;
        try (var writer = filer.createSourceFile(qualified, workflow.type()).openWriter()) {
            writer.write(imports() + head + members + "}\n");
        } catch (FilerException e) {
            // Compilers say it in words of their own, with or without the name.
            throw new FilerException(qualified);
        }
    }

    private String imports() {
        var text = new StringBuilder(packageName.isEmpty() ? "" : "package " + packageName + ";\n\n");
        for (var imported : imports.imported()) {
            text.append("import ").append(imported).append(";\n");
        }
        return text.append(imports.imported().isEmpty() ? "" : "\n").toString();
    }

    /** Users compile with warnings as errors too; what they call deprecated, generated code may still call. */
    private boolean mentionsDeprecated() {
        if (types.elements().isDeprecated(workflow.type())) {
            return true;
        }
        for (var method : workflow.methods()) {
            if (types.elements().isDeprecated(method.element()) || isDeprecated(method.returns())) {
                return true;
            }
            for (var parameter : method.parameters()) {
                if (isDeprecated(parameter.type())) {
                    return true;
                }
            }
        }
        return false;
    }

    private boolean isDeprecated(TypeMirror type) {
        if (type instanceof ArrayType array && type.getKind() == TypeKind.ARRAY) {
            return isDeprecated(array.getComponentType());
        }
        if (!(type instanceof DeclaredType declared)) {
            return false;
        }
        for (var argument : declared.getTypeArguments()) {
            if (isDeprecated(argument)) {
                return true;
            }
        }
        return types.elements().isDeprecated(declared.asElement());
    }

    private static boolean isPublic(TypeMirror type) {
        if (type instanceof ArrayType array && type.getKind() == TypeKind.ARRAY) {
            return isPublic(array.getComponentType());
        }
        if (!(type instanceof DeclaredType declared)) {
            return true;
        }
        for (var argument : declared.getTypeArguments()) {
            if (!isPublic(argument)) {
                return false;
            }
        }
        return isPublic((TypeElement) declared.asElement());
    }

    private static boolean isPublic(TypeElement type) {
        for (Element around = type; around instanceof TypeElement; around = around.getEnclosingElement()) {
            if (!around.getModifiers().contains(Modifier.PUBLIC)) {
                return false;
            }
        }
        return true;
    }
}
