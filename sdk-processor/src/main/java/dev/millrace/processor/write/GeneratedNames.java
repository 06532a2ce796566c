package dev.millrace.processor.write;

import com.palantir.javapoet.AnnotationSpec;
import com.palantir.javapoet.ArrayTypeName;
import com.palantir.javapoet.ClassName;
import com.palantir.javapoet.CodeBlock;
import com.palantir.javapoet.JavaFile;
import com.palantir.javapoet.ParameterizedTypeName;
import com.palantir.javapoet.TypeName;
import com.palantir.javapoet.TypeSpec;
import dev.millrace.processor.model.TypeSystem;
import dev.millrace.processor.model.Workflow;
import java.io.IOException;
import java.util.stream.Stream;
import javax.annotation.processing.Filer;
import javax.annotation.processing.FilerException;
import javax.lang.model.element.Element;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.ArrayType;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;

/** What the generated files of one workflow are called and have in common. */
final class GeneratedNames {
    static final ClassName TYPE_REF = ClassName.get("dev.millrace", "TypeRef");
    static final ClassName WORKFLOW_REF = ClassName.get("dev.millrace.binding", "WorkflowRef");
    static final ClassName WORKFLOW_BINDING = ClassName.get("dev.millrace.binding", "WorkflowBinding");
    static final ClassName METHOD_BINDING = ClassName.get("dev.millrace.binding", "MethodBinding");
    static final ClassName ANSWER = ClassName.get("dev.millrace.binding", "Answer");
    static final ClassName PARAMETER = ClassName.get("dev.millrace.binding", "Parameter");

    private static final String GENERATED = "javax.annotation.processing.Generated";
    private static final String PROCESSOR = "dev.millrace.processor.MillraceProcessor";

    private final Workflow workflow;
    private final TypeSystem types;

    GeneratedNames(Workflow workflow, TypeSystem types) {
        this.workflow = workflow;
        this.types = types;
    }

    /** The workflow class. */
    ClassName workflow() {
        return ClassName.get(workflow.type());
    }

    /** A generated class: for {@code Outer.Inner} and {@code Client} it is {@code Outer_InnerClient}. */
    ClassName named(String suffix) {
        var name = workflow();
        return ClassName.get(name.packageName(), String.join("_", name.simpleNames()) + suffix);
    }

    /** A type in generated code; primitive ones boxed, without annotations. */
    TypeName boxed(TypeMirror type) {
        return TypeName.get(types.boxed(type)).withoutAnnotations();
    }

    /** {@code Order.class}, or {@code new TypeRef<List<Order>>() {}} where a class says too little. */
    CodeBlock typeToken(TypeName type) {
        return hasArguments(type) ? CodeBlock.of("new $T<$T>() {}", TYPE_REF, type) : CodeBlock.of("$T.class", type);
    }

    /** {@code TypeRef.of(Order.class)}, or {@code new TypeRef<List<Order>>() {}}. */
    CodeBlock typeRef(TypeName type) {
        return hasArguments(type) ? typeToken(type) : CodeBlock.of("$T.of($T.class)", TYPE_REF, type);
    }

    private static boolean hasArguments(TypeName type) {
        return type instanceof ParameterizedTypeName
                || (type instanceof ArrayTypeName array && hasArguments(array.componentType()));
    }

    /** {@code public} if the workflow class and these types can be seen everywhere; else nothing. */
    Modifier[] visibility(Stream<TypeMirror> mentioned) {
        return isPublic(workflow.type()) && mentioned.allMatch(GeneratedNames::isPublic)
                ? new Modifier[] {Modifier.PUBLIC}
                : new Modifier[0];
    }

    /** Writes a class to its file; the workflow class is its one originating element. */
    void write(TypeSpec.Builder type, Filer filer) throws IOException {
        if (types.elements().getTypeElement(GENERATED) != null) {
            type.addAnnotation(AnnotationSpec.builder(ClassName.bestGuess(GENERATED))
                    .addMember("value", "$S", PROCESSOR)
                    .build());
        }
        if (mentionsDeprecated()) {
            type.addAnnotation(AnnotationSpec.builder(SuppressWarnings.class)
                    .addMember("value", "{$S, $S}", "deprecation", "removal")
                    .build());
        }
        type.addOriginatingElement(workflow.type());
        var file = JavaFile.builder(workflow().packageName(), type.build())
                .skipJavaLangImports(true)
                .indent("    ")
                .build();
        try {
            file.writeTo(filer);
        } catch (FilerException e) {
            // Compilers say it in words of their own, with or without the name.
            throw new FilerException(
                    ClassName.get(file.packageName(), file.typeSpec().name()).canonicalName());
        }
    }

    /** Users compile with warnings as errors too; what they call deprecated, generated code may still call. */
    private boolean mentionsDeprecated() {
        return types.elements().isDeprecated(workflow.type())
                || workflow.methods().stream()
                        .anyMatch(method -> types.elements().isDeprecated(method.element())
                                || isDeprecated(method.returns())
                                || method.parameters().stream().anyMatch(parameter -> isDeprecated(parameter.type())));
    }

    private boolean isDeprecated(TypeMirror type) {
        if (type instanceof ArrayType array && type.getKind() == TypeKind.ARRAY) {
            return isDeprecated(array.getComponentType());
        }
        return type instanceof DeclaredType declared
                && (types.elements().isDeprecated(declared.asElement())
                        || declared.getTypeArguments().stream().anyMatch(this::isDeprecated));
    }

    private static boolean isPublic(TypeMirror type) {
        if (type instanceof ArrayType array && type.getKind() == TypeKind.ARRAY) {
            return isPublic(array.getComponentType());
        }
        return !(type instanceof DeclaredType declared)
                || (isPublic((TypeElement) declared.asElement())
                        && declared.getTypeArguments().stream().allMatch(GeneratedNames::isPublic));
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
