package dev.millrace.manifest.placement;

import dev.millrace.manifest.InvalidManifestException;
import java.util.Map;
import java.util.Objects;

/**
 * What one label of a worker is to be like.
 *
 * @param label the label's name, 1 to {@value #LONGEST} characters
 * @param comparator how the worker's text compares with the value
 * @param value 1 to {@value #LONGEST} characters; a number where the comparator compares numbers
 */
public record LabelRequirement(String label, LabelComparator comparator, String value) {
    /** The most characters of a label and of a value. */
    public static final int LONGEST = 256;

    public LabelRequirement {
        requireText("label", "The name of a label", label);
        Objects.requireNonNull(comparator, "comparator");
        requireText("value", "What label '" + label + "' is compared with", value);
        if (comparator.ofNumbers() && LabelComparator.number(value).isEmpty()) {
            throw new InvalidManifestException(
                    "value",
                    "Label '" + label + "' is compared by " + comparator + ", so the value must be a number, but is \""
                            + value + "\".");
        }
    }

    /** Whether a worker with these labels is as asked for. */
    public boolean isMetBy(Map<String, String> labels) {
        var text = labels.get(label);
        return text == null ? comparator == LabelComparator.NOT_EQUAL : comparator.holds(text, value);
    }

    /** What is asked for, within a sentence: {@code 'memory-gb' is at least "32"}. */
    @Override
    public String toString() {
        return "'" + label + "' " + comparator.words() + " \"" + value + "\"";
    }

    private static void requireText(String path, String what, String text) {
        if (!isText(text)) {
            throw new InvalidManifestException(
                    path,
                    what + " must have 1 to " + LONGEST + " characters and none that controls a terminal, but is \""
                            + text + "\".");
        }
    }

    /** Whether a text may be the name or the value of a label. */
    public static boolean isText(String text) {
        return !text.isBlank() && text.length() <= LONGEST && text.chars().noneMatch(Character::isISOControl);
    }
}
