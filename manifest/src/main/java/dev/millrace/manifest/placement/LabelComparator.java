package dev.millrace.manifest.placement;

import java.math.BigDecimal;
import java.util.Optional;
import java.util.regex.Pattern;

/** How a worker's label compares with what a step asks for. Two compare texts, the others numbers. */
public enum LabelComparator {
    /** The worker has exactly this text. */
    EQUAL("is"),
    /** The worker has another text, or no such label. */
    NOT_EQUAL("is not"),
    /** The worker's number is this or greater. */
    AT_LEAST("is at least"),
    /** The worker's number is this or smaller. */
    AT_MOST("is at most"),
    /** The worker's number is greater. */
    GREATER("is greater than"),
    /** The worker's number is smaller. */
    LESS("is less than");

    // So short that comparing two of them costs nothing worth bounding.
    private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,18}(\\.[0-9]{1,18})?");

    private final String words;

    LabelComparator(String words) {
        this.words = words;
    }

    /** The comparison within a sentence: {@code is at least}. */
    public String words() {
        return words;
    }

    /** Whether it compares numbers; a label that is none is never as asked for. */
    public boolean ofNumbers() {
        return this != EQUAL && this != NOT_EQUAL;
    }

    /** The number that a text is: an optional minus, up to 18 digits, and up to 18 after a point. */
    public static Optional<BigDecimal> number(String text) {
        return NUMBER.matcher(text).matches() ? Optional.of(new BigDecimal(text)) : Optional.empty();
    }

    /** Whether a label with this text is as asked for. */
    boolean holds(String label, String value) {
        return switch (this) {
            case EQUAL -> label.equals(value);
            case NOT_EQUAL -> !label.equals(value);
            case AT_LEAST, AT_MOST, GREATER, LESS -> {
                var is = number(label);
                var asked = number(value);
                yield is.isPresent() && asked.isPresent() && holds(is.get().compareTo(asked.get()));
            }
        };
    }

    private boolean holds(int compared) {
        return switch (this) {
            case EQUAL -> compared == 0;
            case NOT_EQUAL -> compared != 0;
            case AT_LEAST -> compared >= 0;
            case AT_MOST -> compared <= 0;
            case GREATER -> compared > 0;
            case LESS -> compared < 0;
        };
    }
}
