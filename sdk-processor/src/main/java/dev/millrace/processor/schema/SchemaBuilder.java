package dev.millrace.processor.schema;

import static dev.millrace.processor.schema.ScalarSchemas.object;

import dev.millrace.manifest.JsonValue;
import dev.millrace.processor.model.TypeSystem;
import dev.millrace.processor.report.Tag;
import dev.millrace.processor.schema.Members.Member;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.lang.model.element.VariableElement;
import javax.lang.model.type.ArrayType;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.util.ElementFilter;

/**
 * Builds the schema of one type. The type itself stands at the root; records, classes and sealed types inside it are
 * defined once under {@code $defs} and referred to, which is what makes recursion end.
 *
 * <p>Used once, for one type.
 */
public final class SchemaBuilder {
    /** A type that refers to itself with ever larger arguments would never end; no honest one is this deep. */
    private static final int DEEPEST = 64;

    private final TypeSystem types;
    private final Members members;
    private final Javadoc javadoc;
    private final Marks marks;
    private final Map<String, String> references = new LinkedHashMap<>();
    private final Map<String, JsonValue> definitions = new TreeMap<>();
    private final Set<Flaw> flaws = new LinkedHashSet<>();
    private final Set<String> unresolved = new LinkedHashSet<>();

    private SchemaBuilder(TypeSystem types) {
        this.types = types;
        this.members = new Members(types);
        this.javadoc = new Javadoc(types);
        this.marks = new Marks(flaws::add);
    }

    /** Builds the schema of a type. */
    public static Schema of(TypeMirror type, TypeSystem types) {
        var builder = new SchemaBuilder(types);
        var boxed = types.boxed(type);
        builder.references.put(types.qualifiedName(boxed), "#");
        var root = builder.body(boxed, new Path("", 0));
        if (!builder.definitions.isEmpty() && root instanceof JsonValue.Object object) {
            var withDefinitions = new LinkedHashMap<>(object.members());
            withDefinitions.put("$defs", new JsonValue.Object(builder.definitions));
            root = new JsonValue.Object(withDefinitions);
        }
        return new Schema(root, List.copyOf(builder.flaws), List.copyOf(builder.unresolved));
    }

    static JsonValue ofParameters(
            ExecutableElement method, List<? extends VariableElement> parameters, TypeSystem types) {
        var builder = new SchemaBuilder(types);
        var parts = new ArrayList<Member>();
        for (var parameter : parameters) {
            var name = parameter.getSimpleName().toString();
            boolean nullable = Members.isNullable(List.of(parameter), parameter.asType());
            parts.add(new Member(
                    name,
                    name,
                    parameter.asType(),
                    !nullable,
                    nullable,
                    List.of(parameter),
                    builder.javadoc.parameter(method, name)));
        }
        var schema = builder.members(method.getSimpleName() + "()", parts, List.of(), new Path("", 0));
        var closed = new LinkedHashMap<>(((JsonValue.Object) schema).members());
        closed.put("additionalProperties", JsonValue.FALSE);
        if (!builder.definitions.isEmpty()) {
            closed.put("$defs", new JsonValue.Object(builder.definitions));
        }
        return new JsonValue.Object(closed);
    }

    /** Where in the value we are, for messages: {@code Order.lines}. */
    private record Path(String text, int depth) {
        Path into(String owner, String member) {
            return new Path(owner + "." + member, depth + 1);
        }

        String label() {
            return text.isEmpty() ? "the value" : text;
        }

        Path deeper() {
            return new Path(text, depth + 1);
        }
    }

    /** The schema of a type inside another: a reference where the type is defined by itself. */
    private JsonValue schema(TypeMirror type, Path path) {
        var boxed = types.boxed(type);
        if (path.depth() > DEEPEST) {
            return flaw(
                    path,
                    boxed,
                    "never ends: it contains itself with ever other type arguments",
                    "make it a plain type.");
        }
        if (!isDefined(boxed)) {
            return body(boxed, path);
        }
        var name = types.qualifiedName(boxed);
        if (!references.containsKey(name)) {
            var definition = definitionName(boxed);
            references.put(name, "#/$defs/" + definition);
            definitions.put(definition, JsonValue.TRUE);
            definitions.put(definition, body(boxed, path));
        }
        return object("$ref", references.get(name));
    }

    /** The schema of an element of a collection, which is not null unless it says so. */
    private JsonValue part(TypeMirror type, Path path) {
        var schema = Constraints.apply(
                schema(type, path), type.getAnnotationMirrors(), "the elements of " + path.label(), flaws::add);
        return Members.isNullable(type) ? nullable(schema) : schema;
    }

    private JsonValue body(TypeMirror type, Path path) {
        return switch (type.getKind()) {
            case ARRAY -> array((ArrayType) type, path);
            case DECLARED -> declared((DeclaredType) type, path);
            case ERROR -> {
                unresolved.add(type.toString());
                yield JsonValue.TRUE;
            }
            case TYPEVAR ->
                flaw(path, type, "is a type variable, so nobody knows what to read back", "write the type itself.");
            case WILDCARD ->
                flaw(path, type, "is a wildcard, so nobody knows what to read back", "write the type itself.");
            default -> flaw(path, type, "cannot be stored", "use a record.");
        };
    }

    private JsonValue array(ArrayType type, Path path) {
        return type.getComponentType().getKind() == TypeKind.BYTE
                ? object("type", "string", "contentEncoding", "base64")
                : object("type", "array", "items", part(type.getComponentType(), path.deeper()));
    }

    private JsonValue declared(DeclaredType type, Path path) {
        var element = (TypeElement) type.asElement();
        var name = element.getQualifiedName().toString();
        var scalar = ScalarSchemas.of(name);
        if (scalar.isPresent()) {
            return scalar.get();
        }
        if (!element.getTypeParameters().isEmpty() && type.getTypeArguments().isEmpty()) {
            return flaw(
                    path,
                    type,
                    "is raw, so nobody knows what is in it",
                    "write its type arguments, as in List<Order>.");
        }
        if (members.isOptional(type)) {
            return flaw(
                    path,
                    type,
                    "stands where no value can be missing",
                    "use Optional as the type of a record component, not inside a collection.");
        }
        if (CollectionTypes.isArray(name)) {
            return object("type", "array", "items", part(type.getTypeArguments().get(0), path.deeper()));
        }
        if (CollectionTypes.isSet(name)) {
            return object(
                    "type",
                    "array",
                    "items",
                    part(type.getTypeArguments().get(0), path.deeper()),
                    "uniqueItems",
                    JsonValue.TRUE);
        }
        return CollectionTypes.isMap(name) ? map(type, path) : named(type, element, path);
    }

    private JsonValue map(DeclaredType type, Path path) {
        var key = type.getTypeArguments().get(0);
        var isEnum =
                key instanceof DeclaredType declared && declared.asElement().getKind() == ElementKind.ENUM;
        if (!isEnum && !CollectionTypes.isKey(types.qualifiedName(key))) {
            return flaw(
                    path,
                    type,
                    "has keys of type " + types.shortName(key) + ", but JSON has only texts as keys",
                    "use String, UUID, Integer, Long or an enum as the key.");
        }
        return object(
                "type",
                "object",
                "additionalProperties",
                part(type.getTypeArguments().get(1), path.deeper()));
    }

    /** A type of the user's, with what its comment says. */
    private JsonValue named(DeclaredType type, TypeElement element, Path path) {
        return javadoc.of(element)
                .map(text -> with(plain(type, element, path), Map.of("description", JsonValue.of(text))))
                .orElseGet(() -> plain(type, element, path));
    }

    private JsonValue plain(DeclaredType type, TypeElement element, Path path) {
        foreign(types.shortName(type), members.foreign(List.of(element)));
        if (element.getKind() == ElementKind.ENUM) {
            return enumeration(element);
        }
        if (element.getKind() == ElementKind.RECORD) {
            return members(type, members.ofRecord(type), List.of(), path);
        }
        if (element.getQualifiedName().contentEquals("java.lang.Object")) {
            return flaw(path, type, "could be anything, so nobody knows what to read back", "write the type itself.");
        }
        if (Members.isOfThePlatform(element)) {
            return flaw(path, type, "cannot be stored between steps", Instead.of(type, types));
        }
        if (element.getModifiers().contains(Modifier.SEALED)) {
            return sealed(type, element, path);
        }
        if (element.getKind() == ElementKind.INTERFACE) {
            return flaw(
                    path,
                    type,
                    "is an interface with no permitted subtypes, so a stored value could not be read back",
                    "make it sealed, or use a record.");
        }
        return bean(type, element, path);
    }

    private JsonValue enumeration(TypeElement element) {
        var names = new ArrayList<JsonValue>();
        for (var member : element.getEnclosedElements()) {
            if (member.getKind() == ElementKind.ENUM_CONSTANT) {
                names.add(JsonValue.of(
                        members.jsonName(List.of(member), member.getSimpleName().toString())));
            }
        }
        return object("type", "string", "enum", new JsonValue.Array(names));
    }

    private JsonValue bean(DeclaredType type, TypeElement element, Path path) {
        var name = types.shortName(type);
        if (element.getModifiers().contains(Modifier.ABSTRACT)) {
            return flaw(
                    path,
                    type,
                    "is abstract, so a stored value could not be read back",
                    "make it sealed, or use a record.");
        }
        if (element.getNestingKind().isNested() && !element.getModifiers().contains(Modifier.STATIC)) {
            return flaw(
                    path,
                    type,
                    "is an inner class and cannot be made without its outer object",
                    "make it static or a record.");
        }
        var constructible = ElementFilter.constructorsIn(element.getEnclosedElements()).stream()
                .anyMatch(constructor -> constructor.getParameters().isEmpty()
                        && !constructor.getModifiers().contains(Modifier.PRIVATE));
        if (!constructible) {
            return flaw(
                    path,
                    type,
                    "has no constructor without parameters, so it could not be read back",
                    "make it a record.");
        }
        var properties = members.ofClass(type);
        if (properties.isEmpty()) {
            return flaw(
                    path,
                    type,
                    "has no properties (public getter and setter), so nothing of it would be stored",
                    "make it a record.");
        }
        for (var getter : members.gettersWithoutSetter(type)) {
            flaws.add(new Flaw(
                    Tag.NOT_SERIALIZABLE,
                    where(path, name) + "has " + getter + " but no setter for it, so its value could not be read back.",
                    "add the setter, or make " + name + " a record."));
        }
        return members(type, properties, List.of(), path);
    }

    private JsonValue sealed(DeclaredType type, TypeElement element, Path path) {
        var variants = new ArrayList<TypeElement>();
        collectVariants(element, variants);
        var schemas = new ArrayList<JsonValue>();
        var names = new LinkedHashSet<String>();
        for (var variant : variants) {
            var name = variant.getSimpleName().toString();
            if (!names.add(name)) {
                flaw(
                        path,
                        type,
                        "has two variants called " + name + ", which the stored type could not tell apart",
                        "rename one.");
            }
            if (variant.getKind() != ElementKind.RECORD
                    || !variant.getTypeParameters().isEmpty()) {
                flaw(
                        path,
                        type,
                        "permits " + name + ", which is no plain record",
                        "make " + name + " a record without type parameters.");
                continue;
            }
            var declared = (DeclaredType) variant.asType();
            var components = members.ofRecord(declared);
            if (components.stream().anyMatch(member -> member.jsonName().equals("type"))) {
                flaw(
                        path,
                        type,
                        "permits " + name
                                + ", whose component 'type' stands where the stored value says which variant it is",
                        "rename the component.");
            }
            schemas.add(members(declared, components, List.of(name), path.deeper()));
        }
        return object("oneOf", new JsonValue.Array(schemas));
    }

    private static void collectVariants(TypeElement element, List<TypeElement> variants) {
        for (var permitted : element.getPermittedSubclasses()) {
            var variant = (TypeElement) ((DeclaredType) permitted).asElement();
            if (variant.getModifiers().contains(Modifier.SEALED)) {
                collectVariants(variant, variants);
            } else if (!variants.contains(variant)) {
                variants.add(variant);
            }
        }
    }

    /** An object schema; with a variant's name it says in {@code type} which variant it is. */
    private JsonValue members(DeclaredType type, List<Member> parts, List<String> variant, Path path) {
        return members(types.shortName(type), parts, variant, path);
    }

    private JsonValue members(String owner, List<Member> parts, List<String> variant, Path path) {
        var properties = new LinkedHashMap<String, JsonValue>();
        var required = new ArrayList<JsonValue>();
        for (var name : variant) {
            properties.put("type", object("const", name));
            required.add(JsonValue.of("type"));
        }
        for (var part : parts) {
            properties.put(part.jsonName(), member(part, path.into(owner, part.javaName())));
            if (part.required()) {
                required.add(JsonValue.of(part.jsonName()));
            }
        }
        var schema = new LinkedHashMap<String, JsonValue>();
        schema.put("type", JsonValue.of("object"));
        schema.put("properties", new JsonValue.Object(properties));
        if (!required.isEmpty()) {
            schema.put("required", new JsonValue.Array(required));
        }
        return new JsonValue.Object(schema);
    }

    /** The schema of a member: that of its type, with what its annotations and its comment add. */
    private JsonValue member(Member member, Path path) {
        foreign(path.text(), members.foreign(member.carriers()));
        var type = members.isOptional(member.type()) ? members.optionalValue(member.type()) : member.type();
        var annotations = new ArrayList<>(member.annotations());
        annotations.addAll(type.getAnnotationMirrors());
        var schema = Constraints.apply(schema(type, path), annotations, path.text(), flaws::add);
        var notes = new LinkedHashMap<String, JsonValue>();
        member.description().ifPresent(text -> notes.put("description", JsonValue.of(text)));
        notes.putAll(marks.of(member, schema, path.text()));
        return with(member.nullable() ? nullable(schema) : schema, notes);
    }

    /** A schema with more said beside it. */
    private static JsonValue with(JsonValue schema, Map<String, JsonValue> notes) {
        if (notes.isEmpty()) {
            return schema;
        }
        var members = new LinkedHashMap<String, JsonValue>();
        if (schema instanceof JsonValue.Object object) {
            members.putAll(object.members());
        }
        notes.forEach(members::putIfAbsent);
        return new JsonValue.Object(members);
    }

    private static JsonValue nullable(JsonValue schema) {
        if (!(schema instanceof JsonValue.Object object)) {
            return schema;
        }
        if (object.members().get("type") instanceof JsonValue.Text type
                && !object.members().containsKey("enum")) {
            var withNull = new LinkedHashMap<>(object.members());
            withNull.put("type", new JsonValue.Array(List.of(type, JsonValue.of("null"))));
            return new JsonValue.Object(withNull);
        }
        return object("anyOf", new JsonValue.Array(List.of(schema, object("type", "null"))));
    }

    private boolean isDefined(TypeMirror type) {
        if (!(type instanceof DeclaredType declared) || type.getKind() != TypeKind.DECLARED) {
            return false;
        }
        var element = (TypeElement) declared.asElement();
        return element.getKind() != ElementKind.ENUM
                && !Members.isOfThePlatform(element)
                && ScalarSchemas.of(element.getQualifiedName().toString()).isEmpty()
                && (element.getTypeParameters().isEmpty()
                        || !declared.getTypeArguments().isEmpty());
    }

    private String definitionName(TypeMirror type) {
        // The names around a nested class are left out: moving it elsewhere makes no other schema.
        var shortName = types.simpleName(type).replaceAll("[^A-Za-z0-9_]+", "-").replaceAll("-$", "");
        var name = shortName;
        for (int n = 2; definitions.containsKey(name); n++) {
            name = shortName + "-" + n;
        }
        return name;
    }

    private void foreign(String what, Set<String> annotations) {
        for (var annotation : annotations) {
            flaws.add(new Flaw(
                    Tag.NOT_SERIALIZABLE,
                    what + " has @" + annotation
                            + ", which changes its JSON in a way the compiler does not know; one fixed mapping holds between"
                            + " steps.",
                    "remove it; @JsonProperty(\"name\") is understood."));
        }
    }

    private JsonValue flaw(Path path, TypeMirror type, String what, String fix) {
        flaws.add(new Flaw(Tag.NOT_SERIALIZABLE, where(path, types.shortName(type)) + what + ".", fix));
        return JsonValue.TRUE;
    }

    private static String where(Path path, String type) {
        return path.text().isEmpty() ? type + " " : type + " (in " + path.text() + ") ";
    }
}
