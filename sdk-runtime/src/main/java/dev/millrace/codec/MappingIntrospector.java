package dev.millrace.codec;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.Version;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.cfg.MapperConfig;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.AnnotatedClass;
import com.fasterxml.jackson.databind.introspect.NopAnnotationIntrospector;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import com.fasterxml.jackson.databind.jsontype.TypeResolverBuilder;
import com.fasterxml.jackson.databind.jsontype.impl.StdTypeResolverBuilder;
import java.util.ArrayList;
import java.util.List;

/** Tells Jackson what the mapping says about sealed types, as if they carried its annotations. */
final class MappingIntrospector extends NopAnnotationIntrospector {
    private static final long serialVersionUID = 1L;

    @Override
    public Version version() {
        return Version.unknownVersion();
    }

    /** A value whose declared type is sealed says which variant it is. */
    @Override
    public TypeResolverBuilder<?> findTypeResolver(MapperConfig<?> config, AnnotatedClass type, JavaType baseType) {
        if (!isSealed(type.getRawType()) || baseType.isContainerType()) {
            return null;
        }
        return new StdTypeResolverBuilder(JsonTypeInfo.Value.construct(
                JsonTypeInfo.Id.NAME, JsonTypeInfo.As.PROPERTY, "type", null, false, null));
    }

    @Override
    public List<NamedType> findSubtypes(Annotated annotated) {
        var raw = annotated.getRawType();
        if (!isSealed(raw)) {
            return null;
        }
        var variants = new ArrayList<NamedType>();
        collect(raw, variants);
        return variants;
    }

    /**
     * Whether the user's code says that the type is sealed. An enum whose constants have bodies is sealed too, but it is
     * written by its names; and the platform seals types of its own from one JDK to the next, such as {@code ZoneId}.
     */
    private static boolean isSealed(Class<?> type) {
        return type.isSealed() && !type.isEnum() && !type.getName().startsWith("java.");
    }

    private static void collect(Class<?> sealed, List<NamedType> variants) {
        for (var permitted : sealed.getPermittedSubclasses()) {
            if (permitted.isSealed()) {
                collect(permitted, variants);
            } else {
                variants.add(new NamedType(permitted, permitted.getSimpleName()));
            }
        }
    }
}
