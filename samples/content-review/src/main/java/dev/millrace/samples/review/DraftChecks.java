package dev.millrace.samples.review;

import dev.millrace.From;
import dev.millrace.Step;
import dev.millrace.Workflow;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The automatic checks of one version of a draft, beside each other.
 *
 * <pre>
 *   spelling ──┐
 *   wording  ──┼──▶ findings
 *   links    ──┘
 * </pre>
 */
@Workflow(description = "Checks one version of a draft.", timeout = "1h")
public class DraftChecks {
    private static final Pattern WORD = Pattern.compile("\\p{L}+");
    private static final Pattern LINK = Pattern.compile("https?://[^\\s)]*[^\\s).,;]");
    private static final Map<String, String> MISSPELT =
            Map.of("teh", "the", "recieve", "receive", "seperate", "separate", "untill", "until");
    private static final Set<String> BOASTS = Set.of("best ever", "guaranteed", "you won't believe");

    private final Web web;

    public DraftChecks(Web web) {
        this.web = web;
    }

    @Step
    List<String> spelling(Draft draft) {
        return matches(WORD, draft)
                .map(word -> word.toLowerCase(Locale.ROOT))
                .filter(MISSPELT::containsKey)
                .distinct()
                .map(word -> "\"" + word + "\" is written \"" + MISSPELT.get(word) + "\"")
                .toList();
    }

    @Step
    List<String> wording(Draft draft) {
        var text = draft.text().toLowerCase(Locale.ROOT);
        return BOASTS.stream()
                .filter(text::contains)
                .sorted()
                .map(boast -> "we do not write \"" + boast + "\"")
                .toList();
    }

    // The web is not always there: up to four attempts, each of 20 seconds at most.
    @Step(timeout = "20s", retries = 3)
    List<String> links(Draft draft) {
        return matches(LINK, draft)
                .distinct()
                .filter(link -> !web.has(link))
                .map(link -> link + " leads nowhere")
                .toList();
    }

    @Step
    Findings findings(
            @From("spelling") List<String> spelling,
            @From("wording") List<String> wording,
            @From("links") List<String> links) {
        return new Findings(
                Stream.of(spelling, wording, links).flatMap(List::stream).toList());
    }

    private static Stream<String> matches(Pattern pattern, Draft draft) {
        return pattern.matcher(draft.text()).results().map(MatchResult::group);
    }
}
