package dev.millrace.samples.research.simulated;

import dev.millrace.samples.research.Excerpt;
import dev.millrace.samples.research.Library;
import dev.millrace.samples.research.Query;
import java.util.List;

/** Has something about every topic but cold fusion. Safe for use by many threads. */
public final class SimulatedLibrary implements Library {
    @Override
    public List<Excerpt> search(Query query) {
        var words = query.words();
        if (words.contains("cold fusion")) {
            return List.of();
        }
        return switch (query.source()) {
            case "statistics" ->
                List.of(new Excerpt("statistics-1", "In 2020 " + words + " cost 120, in 2025 they cost 84."));
            case "news" -> List.of(new Excerpt("news-1", "Sales of " + words + " have doubled within a year."));
            case "archive" -> List.of(new Excerpt("archive-1", "In 1998 nobody had heard of " + words + "."));
            default -> throw new IllegalArgumentException("There is no source '" + query.source() + "'.");
        };
    }
}
