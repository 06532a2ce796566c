package dev.millrace.bench.trials;

import dev.millrace.bench.figures.Json;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What a trial found, as one JSON object and as a table for people. Not safe for use by many threads. */
public final class Findings {
    private final Map<String, String> rows = new LinkedHashMap<>();
    private final Json json = new Json();
    private Optional<String> problem = Optional.empty();

    /** Of a benchmark. */
    Findings(String benchmark) {
        json.put("benchmark", benchmark);
    }

    /** What programs read. */
    Json json() {
        return json;
    }

    /** A line of the table. */
    Findings row(String name, String value) {
        rows.put(name, value);
        return this;
    }

    /** What was found must not be: the report is printed and is an error. */
    Findings problem(String sentence) {
        problem = Optional.of(sentence);
        return this;
    }

    /** What must not have been, if anything. */
    public Optional<String> problem() {
        return problem;
    }

    /** The report in the form that was asked for. */
    public String text(boolean asJson) {
        if (asJson) {
            return json.toString();
        }
        var width = rows.keySet().stream().mapToInt(String::length).max().orElse(0);
        var table = new StringBuilder();
        rows.forEach((name, value) -> table.append(String.format(Locale.ROOT, "%-" + width + "s  %s%n", name, value)));
        return table.toString().stripTrailing();
    }

    /** A number as people read it: three digits, or whole and grouped. */
    static String number(double value) {
        return value >= 100
                ? String.format(Locale.ROOT, "%,d", Math.round(value))
                : String.format(Locale.ROOT, "%.3g", value);
    }
}
