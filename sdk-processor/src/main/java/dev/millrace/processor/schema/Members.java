package dev.millrace.processor.schema;

import dev.millrace.processor.model.Mirror;
import dev.millrace.processor.model.TypeSystem;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import javax.lang.model.element.AnnotationMirror;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.lang.model.element.VariableElement;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.ExecutableType;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.util.ElementFilter;

/** The parts of a record or class that become members of a JSON object. */
final class Members {
    private static final String JSON_PROPERTY = "com.fasterxml.jackson.annotation.JsonProperty";

    /** Jackson's annotations that leave the mapping as it is. */
    private static final Set<String> HARMLESS =
            Set.of("JsonProperty", "JsonPropertyDescription", "JsonPropertyOrder", "JsonAlias", "JsonClassDescription");

    private final TypeSystem types;
    private final Javadoc javadoc;

    Members(TypeSystem types) {
        this.types = types;
        this.javadoc = new Javadoc(types);
    }

    /**
     * One member.
     *
     * @param javaName its name in the source
     * @param jsonName its name in JSON
     * @param type its type, with the type arguments of the owner put in
     * @param required whether it must be there
     * @param nullable whether it may be null
     * @param carriers what may bear its annotations: component, accessor, field, getter, setter
     * @param description what its comment says
     */
    record Member(
            String javaName,
            String jsonName,
            TypeMirror type,
            boolean required,
            boolean nullable,
            List<Element> carriers,
            Optional<String> description) {

        /** All its annotations. */
        List<AnnotationMirror> annotations() {
            return annotationsOf(carriers);
        }
    }

    /** The components of a record, in order. */
    List<Member> ofRecord(DeclaredType type) {
        var element = (TypeElement) type.asElement();
        var members = new ArrayList<Member>();
        for (var component : element.getRecordComponents()) {
            var accessor = component.getAccessor();
            var name = component.getSimpleName().toString();
            var memberType = returned(type, accessor);
            var carriers = new ArrayList<Element>(List.of(component, accessor));
            addField(element, name, carriers);
            var required = !isNullable(carriers, memberType) && !isOptional(memberType);
            members.add(new Member(
                    name,
                    jsonName(carriers, name),
                    memberType,
                    required,
                    !required,
                    carriers,
                    description(element, accessor, name)));
        }
        return members;
    }

    private Optional<String> description(TypeElement owner, Element accessor, String name) {
        var ofParameter = javadoc.parameter(owner, name);
        return ofParameter.isPresent() ? ofParameter : javadoc.of(accessor);
    }

    private static void addField(Element owner, String name, List<Element> carriers) {
        for (var member : owner.getEnclosedElements()) {
            if (member.getKind() == ElementKind.FIELD && member.getSimpleName().contentEquals(name)) {
                carriers.add(member);
            }
        }
    }

    /** The properties of a class: what can be both read and written. Sorted by name of the getter or field. */
    List<Member> ofClass(DeclaredType type) {
        var methods = new LinkedHashMap<String, ExecutableElement>();
        var members = new ArrayList<Member>();
        var marked = isNullMarked(type.asElement());
        for (var member : types.elements().getAllMembers((TypeElement) type.asElement())) {
            if (member instanceof ExecutableElement method && isPublicInstance(method)) {
                methods.put(
                        method.getSimpleName() + "/" + method.getParameters().size(), method);
            } else if (member.getKind() == ElementKind.FIELD
                    && isPublicInstance(member)
                    && !member.getModifiers().contains(Modifier.FINAL)) {
                var field = (VariableElement) member;
                var fieldType = types.types().asMemberOf(type, field);
                members.add(property(field.getSimpleName().toString(), fieldType, List.of(field), marked));
            }
        }
        for (var getter : methods.values()) {
            var name = propertyName(getter);
            if (!name.isEmpty() && methods.containsKey(setterOf(getter) + "/1")) {
                var carriers = new ArrayList<Element>(List.of(getter, methods.get(setterOf(getter) + "/1")));
                addField(type.asElement(), name, carriers);
                members.add(property(name, returned(type, getter), carriers, marked));
            }
        }
        members.sort(Comparator.comparing(Member::javaName));
        return members;
    }

    /** The getters of a class that have no setter, so that their value could not be read back. */
    List<String> gettersWithoutSetter(DeclaredType type) {
        Map<String, ExecutableElement> methods = new LinkedHashMap<>();
        for (var method : ElementFilter.methodsIn(types.elements().getAllMembers((TypeElement) type.asElement()))) {
            if (isPublicInstance(method)) {
                methods.put(
                        method.getSimpleName() + "/" + method.getParameters().size(), method);
            }
        }
        return methods.values().stream()
                .filter(getter -> !propertyName(getter).isEmpty() && !methods.containsKey(setterOf(getter) + "/1"))
                .map(getter -> getter.getSimpleName() + "()")
                .sorted()
                .toList();
    }

    /** Annotations of an element that change its JSON in a way that is not known here. */
    Set<String> foreign(List<? extends Element> carriers) {
        var foreign = new TreeSet<String>();
        for (var carrier : carriers) {
            for (var annotation : carrier.getAnnotationMirrors()) {
                var mirror = new Mirror(carrier, annotation);
                var jackson = mirror.qualifiedName().startsWith("com.fasterxml.jackson.")
                        && !HARMLESS.contains(mirror.simpleName());
                if (jackson) {
                    foreign.add(mirror.simpleName());
                }
            }
        }
        return foreign;
    }

    /** The name in JSON: a literal {@code @JsonProperty}, else the name in Java. */
    String jsonName(List<? extends Element> carriers, String javaName) {
        for (var carrier : carriers) {
            for (var annotation : carrier.getAnnotationMirrors()) {
                var mirror = new Mirror(carrier, annotation);
                var name = mirror.qualifiedName().equals(JSON_PROPERTY)
                        ? mirror.text("value").orElse("")
                        : "";
                if (!name.isEmpty()) {
                    return name;
                }
            }
        }
        return javaName;
    }

    boolean isOptional(TypeMirror type) {
        return types.isA(type, "java.util.Optional")
                || types.isA(type, "java.util.OptionalInt")
                || types.isA(type, "java.util.OptionalLong")
                || types.isA(type, "java.util.OptionalDouble");
    }

    /** What an optional member holds when it is there. */
    TypeMirror optionalValue(TypeMirror type) {
        var elements = types.elements();
        if (types.isA(type, "java.util.OptionalInt")) {
            return elements.getTypeElement("java.lang.Integer").asType();
        }
        if (types.isA(type, "java.util.OptionalLong")) {
            return elements.getTypeElement("java.lang.Long").asType();
        }
        return types.isA(type, "java.util.OptionalDouble")
                ? elements.getTypeElement("java.lang.Double").asType()
                : types.argument(type);
    }

    /** Whether a type is the platform's own and not the user's. */
    static boolean isOfThePlatform(TypeElement element) {
        var name = element.getQualifiedName().toString();
        return name.startsWith("java.") || name.startsWith("javax.") || name.startsWith("jdk.");
    }

    /** A property may be left out, because its class says what it is then; null is another matter. */
    private Member property(String name, TypeMirror type, List<Element> carriers, boolean marked) {
        var nullable = isOptional(type)
                || isNullable(carriers, type)
                || !marked && !Constraints.forbidNull(annotationsOf(carriers));
        var description = carriers.stream()
                .flatMap(carrier -> javadoc.of(carrier).stream())
                .findFirst();
        return new Member(
                name,
                jsonName(carriers, name),
                type,
                false,
                nullable && !type.getKind().isPrimitive(),
                carriers,
                description);
    }

    /** Whether JSpecify's {@code @NullMarked} holds there: on the class, one around it, or the package. */
    private static boolean isNullMarked(Element element) {
        for (Element around = element; around != null; around = around.getEnclosingElement()) {
            for (var annotation : around.getAnnotationMirrors()) {
                var name = new Mirror(around, annotation).qualifiedName();
                if (name.equals("org.jspecify.annotations.NullMarked")
                        || name.equals("org.jspecify.annotations.NullUnmarked")) {
                    return name.endsWith("NullMarked");
                }
            }
        }
        return false;
    }

    private static List<AnnotationMirror> annotationsOf(List<Element> carriers) {
        var annotations = new ArrayList<AnnotationMirror>();
        for (var carrier : carriers) {
            annotations.addAll(carrier.getAnnotationMirrors());
            var type = carrier instanceof ExecutableElement method ? method.getReturnType() : carrier.asType();
            annotations.addAll(type.getAnnotationMirrors());
        }
        return annotations;
    }

    private TypeMirror returned(DeclaredType owner, ExecutableElement method) {
        return ((ExecutableType) types.types().asMemberOf(owner, method)).getReturnType();
    }

    /** Whether the type itself says that null belongs to it. */
    static boolean isNullable(TypeMirror type) {
        return hasNullable(type.getAnnotationMirrors());
    }

    /** Whether what bears the annotations, or the type, says that null belongs to it. */
    static boolean isNullable(List<? extends Element> carriers, TypeMirror type) {
        for (var carrier : carriers) {
            if (hasNullable(carrier.getAnnotationMirrors()) || isNullable(carrier.asType())) {
                return true;
            }
        }
        return isNullable(type);
    }

    private static boolean hasNullable(List<? extends AnnotationMirror> annotations) {
        for (var annotation : annotations) {
            if (annotation.getAnnotationType().asElement().getSimpleName().contentEquals("Nullable")) {
                return true;
            }
        }
        return false;
    }

    private static boolean isPublicInstance(Element member) {
        return member.getModifiers().contains(Modifier.PUBLIC)
                && !member.getModifiers().contains(Modifier.STATIC);
    }

    /** The property that a getter reads; empty if the method is no getter. */
    private static String propertyName(ExecutableElement method) {
        var name = method.getSimpleName().toString();
        if (!method.getParameters().isEmpty() || method.getReturnType().getKind() == TypeKind.VOID) {
            return "";
        }
        if (name.startsWith("get") && name.length() > 3 && !name.equals("getClass")) {
            return decapitalized(name.substring(3));
        }
        return name.startsWith("is")
                        && name.length() > 2
                        && method.getReturnType().getKind() == TypeKind.BOOLEAN
                ? decapitalized(name.substring(2))
                : "";
    }

    private static String setterOf(ExecutableElement getter) {
        var name = getter.getSimpleName().toString();
        return "set" + name.substring(name.startsWith("is") ? 2 : 3);
    }

    /** As Jackson does it: the leading capitals become small, so {@code getURL} is {@code url}. */
    private static String decapitalized(String name) {
        int capitals = 0;
        while (capitals < name.length() && Character.isUpperCase(name.charAt(capitals))) {
            capitals++;
        }
        return name.substring(0, capitals).toLowerCase(Locale.ROOT) + name.substring(capitals);
    }
}
