package dev.millrace.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Lists of the control plane, which come in pages. */
public final class Pages {
    private Pages() {}

    /**
     * A page.
     *
     * @param next where the next one begins; null for none
     */
    public record Page<T>(List<T> items, String next) {}

    /**
     * All items of a list.
     *
     * @param ask for the page that begins at a cursor; null for the first
     */
    public static <T> List<T> all(Function<String, Page<T>> ask) {
        List<T> all = new ArrayList<>();
        String cursor = null;
        do {
            var page = ask.apply(cursor);
            all.addAll(page.items());
            cursor = page.next();
        } while (cursor != null);
        return all;
    }
}
