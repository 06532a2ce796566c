package dev.millrace.manifest;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One schema, compiled: what the walk over a value asks. Made by {@link SchemaCompiler}; fields change only while it
 * compiles, because schemas may refer to themselves.
 */
final class SchemaNode {
    static final int NULL = 1;
    static final int BOOLEAN = 2;
    static final int OBJECT = 4;
    static final int ARRAY = 8;
    static final int STRING = 16;
    static final int NUMBER = 32;
    static final int INTEGER = 64;

    /** The schema {@code true}. */
    static final SchemaNode ANYTHING = new SchemaNode();

    /** One member that an object may or must have. */
    record Property(byte[] name, String text, SchemaNode schema, boolean required) {}

    /** A bound of numbers. */
    record Bound(BigDecimal value, boolean exclusive) {}

    /** Which alternative it is, by the text of one member. */
    record Discriminator(String property, Map<String, SchemaNode> alternatives) {}

    /** The schema {@code false}: nothing fits. */
    boolean nothing;

    /** The types that fit, as a set of bits; 0 for all. */
    int types;

    /** Canonical texts of the only values that fit; empty for all. */
    Set<String> values = Set.of();

    List<Property> properties = List.of();
    Map<String, Property> propertiesByName = Map.of();
    int requiredProperties;
    SchemaNode additional = ANYTHING;
    int minProperties;
    int maxProperties = Integer.MAX_VALUE;

    SchemaNode items = ANYTHING;
    int minItems;
    int maxItems = Integer.MAX_VALUE;
    boolean uniqueItems;

    int minLength;
    int maxLength = Integer.MAX_VALUE;

    Optional<Bound> minimum = Optional.empty();
    Optional<Bound> maximum = Optional.empty();

    Optional<SchemaNode> reference = Optional.empty();
    List<SchemaNode> allOf = List.of();
    List<SchemaNode> anyOf = List.of();
    List<SchemaNode> oneOf = List.of();
    Optional<Discriminator> discriminator = Optional.empty();

    /** Whether the schema asks something of the value beside what the schemas it points to ask. */
    boolean asksItself;

    /** The schemas that the same value must be held against too. */
    List<SchemaNode> beside() {
        var beside = new java.util.ArrayList<SchemaNode>(allOf);
        reference.ifPresent(beside::add);
        beside.addAll(anyOf);
        beside.addAll(oneOf);
        return beside;
    }
}
