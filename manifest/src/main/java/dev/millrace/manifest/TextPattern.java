package dev.millrace.manifest;

import java.util.regex.Pattern;

/**
 * A {@code pattern} of a schema. Expressions come from tenants and texts from anybody, and there are pairs of both on which
 * Java's matcher would work for years; so a match may look at so many characters and no more, and a text that takes longer
 * does not fit. Immutable.
 */
final class TextPattern {
    /** Many times what an honest expression needs for a text of that length. */
    private static final int LOOKS_PER_CHARACTER = 1_000;

    private static final int LOOKS_AT_LEAST = 100_000;

    private final Pattern pattern;

    private TextPattern(Pattern pattern) {
        this.pattern = pattern;
    }

    /** Reads an expression in Java's dialect, or throws {@link java.util.regex.PatternSyntaxException}. */
    static TextPattern of(String expression) {
        return new TextPattern(Pattern.compile(expression));
    }

    /** Whether the expression is found in the text. */
    boolean admits(String text) {
        try {
            return pattern.matcher(new Bounded(text)).find();
        } catch (TooLong | StackOverflowError e) {
            // The matcher recurses for repeated groups; nothing of ours is in the middle of anything here.
            return false;
        }
    }

    @Override
    public String toString() {
        return pattern.toString();
    }

    private static final class TooLong extends RuntimeException {
        TooLong() {
            super("The expression takes too long.", null, false, false);
        }
    }

    /** A text that can be looked at so often. */
    private static final class Bounded implements CharSequence {
        private final String text;
        private long looks;

        Bounded(String text) {
            this.text = text;
            this.looks = Math.max(LOOKS_AT_LEAST, (long) text.length() * LOOKS_PER_CHARACTER);
        }

        @Override
        public char charAt(int index) {
            if (--looks < 0) {
                throw new TooLong();
            }
            return text.charAt(index);
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return text.substring(start, end);
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
