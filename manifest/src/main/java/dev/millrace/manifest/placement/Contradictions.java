package dev.millrace.manifest.placement;

import static dev.millrace.manifest.placement.LabelComparator.AT_LEAST;
import static dev.millrace.manifest.placement.LabelComparator.AT_MOST;
import static dev.millrace.manifest.placement.LabelComparator.EQUAL;
import static dev.millrace.manifest.placement.LabelComparator.GREATER;
import static dev.millrace.manifest.placement.LabelComparator.LESS;
import static dev.millrace.manifest.placement.LabelComparator.NOT_EQUAL;

import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;

/** Finds requirements that no label can meet together: a task that asks for both would wait for ever. Stateless. */
public final class Contradictions {

    /**
     * Two requirements of one label that exclude each other.
     *
     * @param first the one that was said first
     * @param second the position of the other one
     */
    public record Contradiction(LabelRequirement first, int second) {}

    private Contradictions() {}

    /** The first one that contradicts one before it, if there is one. */
    public static Optional<Contradiction> among(List<LabelRequirement> requirements) {
        for (int j = 1; j < requirements.size(); j++) {
            for (int i = 0; i < j; i++) {
                if (exclude(requirements.get(i), requirements.get(j))) {
                    return Optional.of(new Contradiction(requirements.get(i), j));
                }
            }
        }
        return Optional.empty();
    }

    private static boolean exclude(LabelRequirement one, LabelRequirement other) {
        if (!one.label().equals(other.label())) {
            return false;
        }
        if (one.comparator() == EQUAL) {
            return !other.comparator().holds(one.value(), other.value());
        }
        if (other.comparator() == EQUAL) {
            return !one.comparator().holds(other.value(), one.value());
        }
        // Whatever is bounded has room for more than one text: 8 and 8.0 are the same number.
        if (one.comparator() == NOT_EQUAL || other.comparator() == NOT_EQUAL) {
            return false;
        }
        return isBelow(one, other) || isBelow(other, one);
    }

    /** Whether one asks for numbers that are all smaller than those the other asks for. */
    private static boolean isBelow(LabelRequirement upper, LabelRequirement lower) {
        boolean bounds = (upper.comparator() == AT_MOST || upper.comparator() == LESS)
                && (lower.comparator() == AT_LEAST || lower.comparator() == GREATER);
        if (!bounds) {
            return false;
        }
        int compared = number(upper).compareTo(number(lower));
        return compared < 0 || compared == 0 && (upper.comparator() == LESS || lower.comparator() == GREATER);
    }

    private static BigDecimal number(LabelRequirement requirement) {
        return LabelComparator.number(requirement.value()).orElseThrow();
    }
}
