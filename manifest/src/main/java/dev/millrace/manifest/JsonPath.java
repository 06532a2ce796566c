package dev.millrace.manifest;

import java.util.ArrayList;
import java.util.List;

/** Where in a JSON value: {@code $.items[3].name}. Names that are not plain words are quoted: {@code $["a b"]}. */
final class JsonPath {
    private final List<Object> segments = new ArrayList<>();

    /** Goes into a member. */
    void push(String name) {
        segments.add(name);
    }

    /** Goes into an element. */
    void push(int index) {
        segments.add(index);
    }

    /** Goes back out. */
    void pop() {
        segments.remove(segments.size() - 1);
    }

    @Override
    public String toString() {
        var text = new StringBuilder("$");
        for (var segment : segments) {
            if (segment instanceof String name) {
                if (plain(name)) {
                    text.append('.').append(name);
                } else {
                    text.append('[');
                    JsonWriter.quote(name, text);
                    text.append(']');
                }
            } else {
                text.append('[').append(segment).append(']');
            }
        }
        return text.toString();
    }

    private static boolean plain(String name) {
        return !name.isEmpty()
                && name.chars().allMatch(c -> c == '_' || c == '-' || c == '$' || Character.isLetterOrDigit(c));
    }
}
