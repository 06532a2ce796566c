package dev.millrace.controlplane.insight;

import java.util.Map;

/**
 * Writes figures in the text form of Prometheus, version 0.0.4. Each name is written once, with all of its figures. Used by one
 * thread.
 */
final class PrometheusText {
    private final StringBuilder out = new StringBuilder(4_096);

    /** Something that only grows while the process lives. */
    PrometheusText counter(String name, String help, double value) {
        head(name, help, "counter");
        return sample(name, "", "", value);
    }

    /** Something that goes up and down. */
    PrometheusText gauge(String name, String help, double value) {
        head(name, help, "gauge");
        return sample(name, "", "", value);
    }

    /** Counters that differ by a label. */
    PrometheusText counters(String name, String help, String label, Map<String, Long> values) {
        return all(name, help, "counter", label, values);
    }

    /** Gauges that differ by a label. */
    PrometheusText gauges(String name, String help, String label, Map<String, Long> values) {
        return all(name, help, "gauge", label, values);
    }

    private PrometheusText all(String name, String help, String type, String label, Map<String, Long> values) {
        head(name, help, type);
        values.forEach((value, figure) -> sample(name, label, value, figure));
        return this;
    }

    private void head(String name, String help, String type) {
        out.append("# HELP ").append(name).append(' ').append(help).append('\n');
        out.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }

    private PrometheusText sample(String name, String label, String value, double figure) {
        out.append(name);
        if (!label.isEmpty()) {
            out.append('{').append(label).append("=\"").append(escaped(value)).append("\"}");
        }
        out.append(' ');
        if (figure == Math.rint(figure) && Math.abs(figure) < 1e15) {
            out.append((long) figure);
        } else {
            out.append(figure);
        }
        out.append('\n');
        return this;
    }

    private static String escaped(String value) {
        return value.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }

    @Override
    public String toString() {
        return out.toString();
    }
}
