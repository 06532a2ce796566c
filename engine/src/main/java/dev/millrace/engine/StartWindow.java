package dev.millrace.engine;

import java.time.Instant;
import java.util.List;

/**
 * The window that a run is before it begins: further starts join it, and the run begins when it closes. Opened when the run was
 * acknowledged.
 *
 * @param key only starts of equal value join; empty where all do
 * @param closes when it closes if nobody else joins
 * @param latest when the newest start joined it
 * @param starts how many starts it stands for, the first included
 * @param elements what was gathered, in the order in which it came; empty where the newest start replaces those before
 */
public record StartWindow(String key, Instant closes, Instant latest, int starts, List<Payload> elements) {
    public StartWindow {
        elements = List.copyOf(elements);
    }
}
