package dev.millrace.manifest;

/**
 * Who takes turns: waiting tasks are grouped by the key, and the groups take turns by weight.
 *
 * @param key CEL expression for the group
 * @param weight CEL expression for how many turns a group gets beside the others; a positive number, such as {@code 1}
 */
public record FairSpec(String key, String weight) {

    /** The weight of a group where nothing is said. */
    public static final String EQUAL = "1";

    public FairSpec {
        Limits.requireSomeExpression("key", "The key of fair turns", key);
        Limits.requireSomeExpression("weight", "The weight of fair turns", weight);
    }
}
