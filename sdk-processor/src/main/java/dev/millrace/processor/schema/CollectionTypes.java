package dev.millrace.processor.schema;

import java.util.Set;

/** The collections of the platform that can be stored, by qualified name; other ones have elements that nobody declares. */
final class CollectionTypes {
    private static final Set<String> ARRAYS = Set.of(
            "java.util.Collection",
            "java.util.SequencedCollection",
            "java.util.List",
            "java.util.ArrayList",
            "java.util.LinkedList",
            "java.util.Queue",
            "java.util.Deque",
            "java.util.ArrayDeque");

    private static final Set<String> SETS = Set.of(
            "java.util.Set",
            "java.util.SequencedSet",
            "java.util.SortedSet",
            "java.util.NavigableSet",
            "java.util.HashSet",
            "java.util.LinkedHashSet",
            "java.util.TreeSet",
            "java.util.EnumSet");

    private static final Set<String> MAPS = Set.of(
            "java.util.Map",
            "java.util.SequencedMap",
            "java.util.SortedMap",
            "java.util.NavigableMap",
            "java.util.HashMap",
            "java.util.LinkedHashMap",
            "java.util.TreeMap",
            "java.util.EnumMap");

    private static final Set<String> KEYS =
            Set.of("java.lang.String", "java.util.UUID", "java.lang.Integer", "java.lang.Long");

    private CollectionTypes() {}

    /** Whether it is written as an array that may hold a value twice. */
    static boolean isArray(String qualifiedName) {
        return ARRAYS.contains(qualifiedName);
    }

    /** Whether it is written as an array of different values. */
    static boolean isSet(String qualifiedName) {
        return SETS.contains(qualifiedName);
    }

    /** Whether it is written as an object. */
    static boolean isMap(String qualifiedName) {
        return MAPS.contains(qualifiedName);
    }

    /** Whether it can be a key of such an object; enums can be too. */
    static boolean isKey(String qualifiedName) {
        return KEYS.contains(qualifiedName);
    }
}
