package dev.millrace.processor;

import static dev.millrace.processor.Compilation.compile;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.manifest.LaterVocabulary;
import dev.millrace.processor.model.Vocabulary;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * What the compiler refuses is what the control plane refuses: a word that leaves one list and not the other would compile and
 * then not be registered, or be refused although it would run.
 */
class LaterWordsTest {
    /** What the compiler wraps repeated annotations in. */
    private static final Map<String, String> SINGULARS = Map.of(
            "Budgets", "Budget",
            "Concurrencies", "Concurrency",
            "Crons", "Cron",
            "MetadataEntries", "Metadata",
            "OnEvents", "OnEvent",
            "Preferences", "Prefers",
            "Requirements", "Requires");

    /** Types that come to the same in a manifest. */
    private static final Map<String, String> TYPES = Map.of("CompletableFuture", "CompletionStage");

    @Test
    void theCompilerAndTheControlPlaneRefuseTheSameWords() {
        var words = new TreeSet<String>();
        for (var later : Vocabulary.LATER) {
            var name = simple(later);
            words.add(
                    Vocabulary.ANNOTATIONS.contains(later)
                            ? "@" + SINGULARS.getOrDefault(name, name)
                            : TYPES.getOrDefault(name, name));
        }
        words.addAll(refusedMembers());

        assertThat(words).containsExactlyElementsOf(LaterVocabulary.words());
    }

    /** Members of which only some values are words. */
    private static final Map<String, String> VALUES = Map.of();

    /** Members are words too where an annotation is effective but for them; each is used here with another value than usual. */
    private static TreeSet<String> refusedMembers() {
        var refused = new TreeSet<String>();
        var member = Pattern.compile("NotYetSupported] (@\\w+\\(\\w+) =");
        for (var found : compile("""
                @Workflow(weight = Weight.LIGHT) class Bad {
                  @Step(fallback = "guess")
                  @RateLimit(value = "bank", limit = 5, key = "input.id", cost = "size(input.id)")
                  String charge(Order order) { return ""; }
                  String guess(Order order) { return ""; }
                }
                record Order(String id) {}
                """).found()) {
            var matcher = member.matcher(found.message());
            if (matcher.find()) {
                var word = matcher.group(1) + ")";
                refused.add(VALUES.getOrDefault(word, word));
            }
        }
        return refused;
    }

    private static String simple(String name) {
        return name.substring(name.lastIndexOf('.') + 1);
    }
}
