package dev.millrace.processor.report;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds what somebody probably meant, by edit distance. */
public final class DidYouMean {
    private DidYouMean() {}

    /**
     * What to write instead of a word: the candidate that was probably meant, or any of them.
     *
     * @param none what to do if there are no candidates
     */
    public static String fix(Collection<String> candidates, String written, String none) {
        var meant = nearest(candidates, written);
        if (meant.isPresent()) {
            return "write \"" + meant.get() + "\".";
        }
        return candidates.isEmpty() ? none : "write one of these.";
    }

    /** {@code " Did you mean "price"?"} with a leading space, or an empty string if nothing is near enough. */
    public static String among(Collection<String> candidates, String written) {
        return nearest(candidates, written)
                .map(candidate -> " Did you mean \"" + candidate + "\"?")
                .orElse("");
    }

    private static Optional<String> nearest(Collection<String> candidates, String written) {
        // At least one letter has to be right, or "c" would have meant "a".
        var limit = Math.min(Math.max(1, written.length() / 3), written.length() - 1);
        return candidates.stream()
                .filter(candidate -> distance(written, candidate) <= limit)
                .min(Comparator.<String>comparingInt(candidate -> distance(written, candidate))
                        .thenComparing(Comparator.naturalOrder()));
    }

    /** Levenshtein's distance, upper and lower case taken as equal; two rows of the matrix at a time. */
    static int distance(String left, String right) {
        var a = left.toLowerCase(Locale.ROOT);
        var b = right.toLowerCase(Locale.ROOT);
        var above = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            above[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            var row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                var substitution = above[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(substitution, Math.min(above[j], row[j - 1]) + 1);
            }
            above = row;
        }
        return above[b.length()];
    }
}
