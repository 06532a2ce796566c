package dev.millrace.cli.demo.review;

import dev.millrace.cli.demo.Shown;
import dev.millrace.cli.demo.review.Told.Decision;
import dev.millrace.cli.terminal.Json;
import dev.millrace.cli.terminal.Style;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What became of all drafts. */
record ReviewsResult(List<Told> all) implements Shown {

    ReviewsResult {
        all = List.copyOf(all);
    }

    @Override
    public boolean asExpected() {
        return deviations().isEmpty();
    }

    private List<String> deviations() {
        return all.stream().flatMap(told -> told.deviations().stream()).toList();
    }

    @Override
    public List<String> lines(Style style) {
        var lines = new ArrayList<String>();
        for (var told : all) {
            lines.add(style.bold(told.story().draft().title())
                    + told.ending()
                            .map(ending -> "  " + ending + " in round " + told.rounds())
                            .orElse("  " + told.state())
                    + style.dim("  run " + told.runId()));
            told.decisions().forEach(decision -> lines.add(line(decision)));
            lines.add("");
        }
        var deviations = deviations();
        if (deviations.isEmpty()) {
            lines.add(style.good() + " Every review ended as its draft says it must, decided by whom it says.");
        } else {
            lines.add(style.bad() + " " + deviations.size() + " deviations:");
            deviations.forEach(deviation -> lines.add("  " + deviation));
        }
        return lines;
    }

    private static String line(Decision decision) {
        var who =
                decision.person().map(person -> person + ", " + decision.role()).orElse(decision.role());
        return String.format(
                Locale.ROOT, "  %+6.1f s  %-20s  %s", decision.after().toMillis() / 1000.0, who, decision.what());
    }

    @Override
    public String json() {
        var json = new LinkedHashMap<String, Object>();
        json.put("reviews", all.size());
        json.put("asExpected", asExpected());
        json.put("deviations", deviations());
        json.put("drafts", all.stream().map(ReviewsResult::json).toList());
        return Json.write(json);
    }

    private static Map<String, Object> json(Told told) {
        var json = new LinkedHashMap<String, Object>();
        json.put("draft", told.story().draft().id());
        json.put("runId", told.runId());
        json.put("ending", told.ending().map(Enum::name).orElse(told.state()));
        json.put("rounds", told.rounds());
        json.put("decisions", told.decisions().stream().map(ReviewsResult::json).toList());
        return json;
    }

    private static Map<String, Object> json(Decision decision) {
        var json = new LinkedHashMap<String, Object>();
        json.put("afterMillis", decision.after().toMillis());
        json.put("role", decision.role());
        decision.person().ifPresent(person -> json.put("person", person));
        json.put("decision", decision.what());
        return json;
    }
}
