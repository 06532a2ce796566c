package dev.millrace.controlplane.items;

import dev.millrace.controlplane.api.model.StreamEntry;
import dev.millrace.controlplane.payloads.RawJson;
import java.util.ArrayList;
import java.util.List;

/** Stored items as the REST contract shows them. Stateless. */
final class StreamViews {
    private StreamViews() {}

    /** An entry for each item, and one for the end of an attempt. */
    static List<StreamEntry> entries(StoredChunk chunk) {
        List<StreamEntry> entries = new ArrayList<>();
        for (int i = 0; i < chunk.items().size(); i++) {
            var entry = entry(chunk, i, false);
            entry.setValue(RawJson.ofChecked(chunk.items().get(i)));
            entries.add(entry);
        }
        if (chunk.ends()) {
            entries.add(entry(chunk, chunk.items().size(), true));
        }
        return entries;
    }

    private static StreamEntry entry(StoredChunk chunk, int number, boolean ends) {
        return new StreamEntry(
                chunk.position() + number,
                chunk.step(),
                chunk.element(),
                chunk.generation(),
                chunk.attempt(),
                chunk.index() + number,
                ends,
                chunk.storedAt());
    }
}
