package dev.millrace.samples.orders;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads orders from JSON lines: one order a line. */
public final class OrderFile {
    private static final String BUNDLED = "/orders.jsonl";

    private OrderFile() {}

    /** The thousand orders that come with the sample, in their order. */
    public static List<Order> bundled() {
        try (var in = OrderFile.class.getResourceAsStream(BUNDLED)) {
            if (in == null) {
                throw new IllegalStateException("The sample's jar has no " + BUNDLED
                        + ". Build it again with: mvn -pl samples/order-fulfilment package");
            }
            return read(new InputStreamReader(in, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + BUNDLED + " from the sample's jar.", e);
        }
    }

    /**
     * Reads every line as an order; empty lines are skipped.
     *
     * @throws IllegalArgumentException if a line is not an order; the message names the line
     */
    public static List<Order> read(Reader source) throws IOException {
        var json = JsonMapper.builder()
                .addModule(new JavaTimeModule())
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
                .build();
        var orders = new ArrayList<Order>();
        var lines = new BufferedReader(source);
        int number = 0;
        for (var line = lines.readLine(); line != null; line = lines.readLine()) {
            number++;
            if (line.isBlank()) {
                continue;
            }
            try {
                orders.add(json.readValue(line, Order.class));
            } catch (JacksonException e) {
                throw new IllegalArgumentException("Line " + number + " is not an order: " + e.getOriginalMessage(), e);
            }
        }
        return List.copyOf(orders);
    }
}
