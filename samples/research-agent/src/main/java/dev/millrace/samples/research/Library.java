package dev.millrace.samples.research;

import java.util.List;

/** The sources. Safe for use by many threads. */
public interface Library {

    /** What a source has; nothing if it has nothing. */
    List<Excerpt> search(Query query);
}
