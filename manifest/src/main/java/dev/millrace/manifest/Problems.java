package dev.millrace.manifest;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Collects what is wrong with a manifest. */
final class Problems {
    /** Enough to mend a manifest; a hostile one must not make a response of megabytes. */
    private static final int MOST = 100;

    private final List<ManifestProblem> found = new ArrayList<>();

    void report(String code, String path, String message) {
        if (found.size() < MOST) {
            found.add(new ManifestProblem(code, path, message));
        }
    }

    List<ManifestProblem> found() {
        return List.copyOf(found);
    }

    boolean isEmpty() {
        return found.isEmpty();
    }

    /** Names of one kind, each of which may be taken once. */
    final class Taken {
        private final Map<String, String> paths = new HashMap<>();

        void claim(String name, String path) {
            var other = paths.putIfAbsent(name, path);
            if (other != null) {
                report("DUPLICATE_NAME", path, "The name '" + name + "' is taken already, by " + other + ".");
            }
        }
    }
}
