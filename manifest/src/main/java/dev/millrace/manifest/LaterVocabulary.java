package dev.millrace.manifest;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What manifests can say, but the control plane does not act on yet. {@link ManifestRules} refuses it with {@code
 * NOT_SUPPORTED}, so that no workflow is registered that would do something else than it says. As behaviours become effective,
 * their words leave this list and that of the annotation processor; a test there holds the two together. Stateless.
 */
public final class LaterVocabulary {
    private static final String REMOVE = "Remove it, or register with a newer control plane.";

    /** Each word as people write it in Java, with what to do instead. */
    private static final SortedMap<String, String> WORDS =
            words(List.of("@Indexed", "@Metadata", "@Sensitive"), Map.of());

    private static final SortedSet<String> NAMES = Collections.unmodifiableSortedSet(new TreeSet<>(WORDS.keySet()));

    private LaterVocabulary() {}

    /**
     * The words, as people write them in Java: annotations with {@code @}, members of an annotation in parentheses, and
     * types.
     */
    public static SortedSet<String> words() {
        return NAMES;
    }

    static void refuse(Manifest manifest, Problems problems) {
        new VocabularyScan((word, path, owner) -> {
                    var instead = WORDS.get(word);
                    if (instead != null) {
                        problems.report(
                                "NOT_SUPPORTED",
                                path,
                                owner + " uses " + word + ", which this control plane does not act on yet. " + instead);
                    }
                })
                .scan(manifest);
    }

    private static SortedMap<String, String> words(List<String> words, Map<String, String> instead) {
        var all = new TreeMap<String, String>(instead);
        words.forEach(word -> all.put(word, REMOVE));
        return Collections.unmodifiableSortedMap(all);
    }
}
