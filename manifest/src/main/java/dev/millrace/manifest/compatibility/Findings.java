package dev.millrace.manifest.compatibility;

import java.util.ArrayList;
import java.util.List;

/** The changes found so far, in the order of the manifest. Used by one thread. */
final class Findings {
    private final List<Change> changes = new ArrayList<>();

    void add(Verdict verdict, String path, String sentence) {
        changes.add(new Change(path, sentence, verdict));
    }

    List<Change> changes() {
        return List.copyOf(changes);
    }
}
