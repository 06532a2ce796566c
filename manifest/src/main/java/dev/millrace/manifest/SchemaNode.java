package dev.millrace.manifest;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
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

    /**
     * A bound of numbers.
     *
     * @param lower whether numbers must lie above it
     * @param edge the last whole number that fits, as far as a {@code long} goes: most numbers are compared with it alone
     */
    record Bound(BigDecimal value, boolean lower, boolean exclusive, long edge) {
        static Bound of(BigDecimal value, boolean lower, boolean exclusive) {
            var inside = value.setScale(0, lower ? RoundingMode.CEILING : RoundingMode.FLOOR);
            if (exclusive && inside.compareTo(value) == 0) {
                inside = lower ? inside.add(BigDecimal.ONE) : inside.subtract(BigDecimal.ONE);
            }
            var saturated = inside.max(BigDecimal.valueOf(Long.MIN_VALUE)).min(BigDecimal.valueOf(Long.MAX_VALUE));
            return new Bound(value, lower, exclusive, saturated.longValueExact());
        }

        boolean admits(long number) {
            return lower ? number >= edge : number <= edge;
        }

        boolean admits(BigDecimal number) {
            int order = number.compareTo(value);
            return order == 0 ? !exclusive : lower == order > 0;
        }

        @Override
        public String toString() {
            return (lower ? exclusive ? "more than " : "at least " : exclusive ? "less than " : "at most ") + value;
        }
    }

    /** Which alternative it is, by the text of one member. */
    record Discriminator(String property, Map<String, SchemaNode> alternatives) {}

    /** The schema {@code false}: nothing fits. */
    boolean nothing;

    /** The types that fit, as a set of bits; 0 for all. */
    int types;

    /** Canonical texts of the only values that fit; empty for all. */
    Set<String> values = Set.of();

    /** The same in bytes: a value that is written like one of them needs no further look. */
    List<byte[]> literals = List.of();

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
    Optional<TextPattern> pattern = Optional.empty();

    List<Bound> bounds = new ArrayList<>(0);

    Optional<SchemaNode> reference = Optional.empty();
    List<SchemaNode> allOf = List.of();
    List<SchemaNode> anyOf = List.of();
    List<SchemaNode> oneOf = List.of();
    Optional<Discriminator> discriminator = Optional.empty();

    /** Whether the schema asks something of the value beside what the schemas it points to ask. */
    boolean asksItself;

    /** Whether other schemas must be asked about the same value. */
    boolean pointsElsewhere;

    /** Whether it is no more than the name of another schema, as that of most members is. */
    boolean onlyRefers;

    /** What it is known for, once it is complete. */
    void complete() {
        pointsElsewhere = reference.isPresent() || !allOf.isEmpty() || !anyOf.isEmpty() || !oneOf.isEmpty();
        onlyRefers = !asksItself && reference.isPresent() && allOf.isEmpty() && anyOf.isEmpty() && oneOf.isEmpty();
    }

    /** The schemas that the same value must be held against too. */
    List<SchemaNode> beside() {
        var beside = new ArrayList<SchemaNode>(allOf);
        reference.ifPresent(beside::add);
        beside.addAll(anyOf);
        beside.addAll(oneOf);
        return beside;
    }
}
