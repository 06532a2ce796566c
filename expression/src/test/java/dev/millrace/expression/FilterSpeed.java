package dev.millrace.expression;

import dev.millrace.expression.Expressions.Purpose;
import dev.millrace.manifest.Json;
import dev.millrace.manifest.JsonValue;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/**
 * How many events of one kilobyte a thread can hold against a filter in a second. Run by hand, because timings on shared
 * machines say nothing in a build; the figures are in {@code docs/performance.md}.
 */
final class FilterSpeed {
    private static final byte[] EVENT = event();
    private static final String[] FILTERS = {
        "event.cents > 1000",
        "event.cents > 1000 && event.customer.country in ['de', 'at', 'ch'] && event.status == 'PAID'",
        "event.lines.exists(line, line.quantity > 3)",
    };

    private FilterSpeed() {}

    public static void main(String[] arguments) {
        var schema = Json.read("""
                {"type":"object","properties":{
                  "id":{"type":"string"},"cents":{"type":"integer"},"placed":{"type":"string","format":"date-time"},
                  "status":{"enum":["OPEN","PAID"]},"note":{"type":"string"},
                  "customer":{"type":"object","properties":{"name":{"type":"string"},"country":{"type":"string"}}},
                  "lines":{"type":"array","items":{"type":"object","properties":{
                    "sku":{"type":"string"},"quantity":{"type":"integer"}}}}}}""");
        var expressions = new Expressions(
                SchemaTypes.scope(new TreeMap<>(Map.of("event", new SchemaTypes.Variable("Order", schema)))));
        for (var filter : FILTERS) {
            var expression = expressions.compile(filter, Purpose.CONDITION);
            var event = Json.read(EVENT);
            System.out.printf(
                    "%,9d/s from bytes, %,9d/s from a value, a CPU second: %s%n",
                    perSecond(() -> expression.holds(Map.of("event", Json.read(EVENT)))),
                    perSecond(() -> expression.holds(Map.of("event", event))),
                    filter);
        }
        System.out.printf("an event has %,d bytes%n", EVENT.length);
    }

    /** The best of several rounds, by the time that the thread had a processor: other processes do not count. */
    private static long perSecond(BooleanSupplier once) {
        var threads = ManagementFactory.getThreadMXBean();
        long best = 0;
        for (int round = 0; round < 8; round++) {
            long count = 0;
            long began = threads.getCurrentThreadCpuTime();
            long took = 0;
            while (took < 300_000_000) {
                for (int i = 0; i < 100; i++, count++) {
                    if (!once.getAsBoolean()) {
                        throw new IllegalStateException("The filter must hold.");
                    }
                }
                took = threads.getCurrentThreadCpuTime() - began;
            }
            best = Math.max(best, count * 1_000_000_000 / took);
        }
        return best;
    }

    private static byte[] event() {
        var lines = new StringBuilder();
        for (int i = 0; i < 14; i++) {
            lines.append(i == 0 ? "" : ",")
                    .append("{\"sku\":\"article-number-")
                    .append(1000 + i)
                    .append("\",\"quantity\":")
                    .append(i == 9 ? 4 : 1)
                    .append('}');
        }
        var text =
                "{\"id\":\"01993f7e-6f5c-7a3e-9b1e-0f6f8d2c4b5a\",\"cents\":129900,\"placed\":\"2026-11-21T10:00:00Z\","
                        + "\"status\":\"PAID\",\"customer\":{\"name\":\"Ada Lovelace\",\"country\":\"de\"},\"lines\":["
                        + lines
                        + "],\"note\":\"" + "Please ring twice. ".repeat(11) + "\"}";
        assert Json.read(text) instanceof JsonValue.Object;
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
