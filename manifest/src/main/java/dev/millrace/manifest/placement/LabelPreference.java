package dev.millrace.manifest.placement;

import dev.millrace.manifest.InvalidManifestException;

/**
 * What one label of a worker had better be like.
 *
 * @param label the label's name, 1 to {@value LabelRequirement#LONGEST} characters
 * @param comparator how the worker's text compares with the value
 * @param value 1 to {@value LabelRequirement#LONGEST} characters; a number where the comparator compares numbers
 * @param weight how much it counts beside others, 1 to {@value #MOST_WEIGHT}
 */
public record LabelPreference(String label, LabelComparator comparator, String value, int weight) {
    /** The most that one preference counts. */
    public static final int MOST_WEIGHT = 1_000;

    public LabelPreference {
        new LabelRequirement(label, comparator, value);
        if (weight < 1 || weight > MOST_WEIGHT) {
            throw new InvalidManifestException(
                    "weight", "A preference weighs 1 to " + MOST_WEIGHT + ", but this one weighs " + weight + ".");
        }
    }

    /** The same as a requirement. */
    public LabelRequirement asRequirement() {
        return new LabelRequirement(label, comparator, value);
    }

    /** What is preferred, within a sentence: {@code 'gpu' is "a100" (weight 5)}. */
    @Override
    public String toString() {
        return asRequirement() + " (weight " + weight + ")";
    }
}
