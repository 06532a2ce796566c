package dev.millrace.bench.figures;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What one measurement found: numbers by name, such as {@code startMillis.p50}. Travels from the load process to its
 * parent as one line of {@code name=value} pairs.
 */
public record Figures(Map<String, Double> byName) {
    public Figures {
        byName = Collections.unmodifiableMap(new LinkedHashMap<>(byName));
        byName.forEach((name, value) -> {
            if (name.isEmpty() || name.contains("=") || name.contains(" ")) {
                throw new IllegalArgumentException("\"" + name + "\" is no name of a figure.");
            }
            if (!Double.isFinite(value)) {
                throw new IllegalArgumentException("The figure " + name + " is not a number: " + value + ".");
            }
        });
    }

    /** A measurement without numbers yet. */
    public static Figures none() {
        return new Figures(Map.of());
    }

    /** The same, with one more number. */
    public Figures with(String name, double value) {
        var more = new LinkedHashMap<>(byName);
        more.put(name, value);
        return new Figures(more);
    }

    /** These and others. */
    public Figures and(Figures others) {
        var more = new LinkedHashMap<>(byName);
        more.putAll(others.byName);
        return new Figures(more);
    }

    /** The same under longer names: {@code runs} under {@code flood} is {@code flood.runs}. */
    public Figures under(String prefix) {
        var renamed = new LinkedHashMap<String, Double>();
        byName.forEach((name, value) -> renamed.put(prefix + "." + name, value));
        return new Figures(renamed);
    }

    /** One of the numbers, if it was measured. */
    public Optional<Double> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /** The same, with the percentiles 50, 95 and 99 and the maximum of samples in microseconds, as milliseconds. */
    public Figures withMillis(String name, Samples micros) {
        return with(name + ".p50", micros.percentile(50) / 1_000d)
                .with(name + ".p95", micros.percentile(95) / 1_000d)
                .with(name + ".p99", micros.percentile(99) / 1_000d)
                .with(name + ".max", micros.percentile(100) / 1_000d);
    }

    /** One of the numbers. */
    public double get(String name) {
        return find(name)
                .orElseThrow(() ->
                        new IllegalArgumentException("There is no figure " + name + " among " + byName.keySet() + "."));
    }

    /** The line that {@link #parse} reads. */
    public String line() {
        var line = new StringBuilder();
        byName.forEach((name, value) ->
                line.append(line.isEmpty() ? "" : " ").append(name).append('=').append(value));
        return line.toString();
    }

    /** Reads a line that {@link #line} wrote. */
    public static Figures parse(String line) {
        var byName = new LinkedHashMap<String, Double>();
        for (var pair : line.isBlank() ? new String[0] : line.trim().split(" ")) {
            var equals = pair.indexOf('=');
            if (equals < 0) {
                throw new IllegalArgumentException("\"" + pair + "\" is not name=value, in the line \"" + line + "\".");
            }
            byName.put(pair.substring(0, equals), Double.parseDouble(pair.substring(equals + 1)));
        }
        return new Figures(byName);
    }

    /**
     * The median of each number over repeated measurements, each by itself; of an even count the mean of the middle two.
     *
     * @param repeats at least one, all with the same names
     */
    public static Figures medians(List<Figures> repeats) {
        if (repeats.isEmpty()) {
            throw new IllegalArgumentException("There is no median of no measurements.");
        }
        var names = repeats.get(0).byName.keySet();
        var medians = new LinkedHashMap<String, Double>();
        for (var repeat : repeats) {
            if (!repeat.byName.keySet().equals(names)) {
                throw new IllegalArgumentException("Repeated measurements differ in their figures: " + names + " and "
                        + repeat.byName.keySet() + ".");
            }
        }
        for (var name : names) {
            medians.put(
                    name,
                    median(repeats.stream()
                            .mapToDouble(repeat -> repeat.get(name))
                            .toArray()));
        }
        return new Figures(medians);
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        var middle = values.length / 2;
        return values.length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }
}
