package dev.millrace.engine.core;

import dev.millrace.engine.Payload;
import dev.millrace.engine.StartWindow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What came to the window of a run that has not begun. Changed by {@link StartWindows} alone. */
final class Gathered {
    final String key;
    Instant closes;
    Instant latest;
    int starts;
    final List<Payload> elements;
    /** Of the elements, as JSON. */
    long bytes;
    /** Whether nobody may join, although there would be time and room. */
    boolean superseded;

    Gathered(StartWindow image) {
        key = image.key();
        closes = image.closes();
        latest = image.latest();
        starts = image.starts();
        elements = new ArrayList<>(image.elements());
        elements.forEach(element -> bytes += element.size());
    }

    StartWindow image() {
        return new StartWindow(key, closes, latest, starts, elements);
    }
}
