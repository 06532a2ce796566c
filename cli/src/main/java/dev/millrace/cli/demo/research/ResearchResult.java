package dev.millrace.cli.demo.research;

import dev.millrace.cli.demo.Shown;
import dev.millrace.cli.terminal.Json;
import dev.millrace.cli.terminal.Style;
import dev.millrace.samples.research.Claim;
import dev.millrace.samples.research.Dossier;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What became of all questions.
 *
 * @param nextMorning when the schedule starts the next run by itself
 * @param tooMany how often the model had too much to do
 */
record ResearchResult(List<Found> all, String nextMorning, int tooMany) implements Shown {

    ResearchResult {
        all = List.copyOf(all);
    }

    @Override
    public boolean asExpected() {
        return deviations().isEmpty();
    }

    private List<String> deviations() {
        return all.stream().flatMap(found -> found.deviations().stream()).toList();
    }

    @Override
    public List<String> lines(Style style) {
        var lines = new ArrayList<String>();
        for (var found : all) {
            lines.add(style.bold(found.inquiry().question().topic()) + style.dim("  run " + found.runId()));
            lines.add(line(
                    "gathered",
                    "from " + found.sources() + " sources; analysed in " + found.rounds()
                            + (found.rounds() == 1 ? " round" : " rounds")));
            found.dossier()
                    .ifPresentOrElse(
                            dossier -> lines.addAll(lines(dossier)), () -> lines.add(line("failed", found.failure())));
            lines.add(line("used", String.format(Locale.ROOT, "%,d tokens", found.tokens())));
            lines.add("");
        }
        lines.add("The model had too much to do " + tooMany
                + " times, and was left alone by everybody as long as it said.");
        lines.add("The last of them was started by the schedule every-morning, which was triggered; next at "
                + nextMorning + ".");
        lines.add("");
        var deviations = deviations();
        if (deviations.isEmpty()) {
            lines.add(style.good() + " Every question ended as its topic says it must.");
        } else {
            lines.add(style.bad() + " " + deviations.size() + " deviations:");
            deviations.forEach(deviation -> lines.add("  " + deviation));
        }
        return lines;
    }

    private static List<String> lines(Dossier dossier) {
        var lines = new ArrayList<String>();
        for (var claim : dossier.verified().claims()) {
            lines.add(line("claim", claim.text() + " [" + String.join(", ", claim.excerpts()) + "]"));
        }
        dossier.verified().dropped().forEach(text -> lines.add(line("dropped", text + " (rests on nothing)")));
        lines.add(line(
                "decided", dossier.decision().kind() + ": " + dossier.decision().reason()));
        dossier.report().ifPresent(report -> lines.add(line("report", report.text())));
        return lines;
    }

    private static String line(String what, String text) {
        return String.format(Locale.ROOT, "  %-9s  %s", what, text);
    }

    @Override
    public String json() {
        var json = new LinkedHashMap<String, Object>();
        json.put("questions", all.size());
        json.put("asExpected", asExpected());
        json.put("deviations", deviations());
        json.put("tooManyRequests", tooMany);
        json.put("nextMorning", nextMorning);
        json.put("found", all.stream().map(ResearchResult::json).toList());
        return Json.write(json);
    }

    private static Map<String, Object> json(Found found) {
        var json = new LinkedHashMap<String, Object>();
        json.put("topic", found.inquiry().question().topic());
        json.put("runId", found.runId());
        json.put("sources", found.sources());
        json.put("rounds", found.rounds());
        json.put("tokens", found.tokens());
        found.dossier().ifPresentOrElse(dossier -> json(dossier, json), () -> json.put("failure", found.failure()));
        return json;
    }

    private static void json(Dossier dossier, Map<String, Object> json) {
        json.put("decision", dossier.decision().kind().name());
        json.put("claims", dossier.verified().claims().stream().map(Claim::text).toList());
        json.put("dropped", dossier.verified().dropped());
        dossier.report().ifPresent(report -> json.put("report", report.text()));
    }
}
