package dev.millrace.bench.figures;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** A JSON object under construction, members in the order of their writing. Not safe for use by many threads. */
public final class Json {
    private static final ObjectMapper MAPPER = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private final Map<String, Object> members = new LinkedHashMap<>();

    /** Writes a number, rounded to five significant digits: nothing here is known better than that. */
    public Json put(String name, double value) {
        return member(name, rounded(value));
    }

    /** Writes a count. */
    public Json put(String name, long value) {
        return member(name, value);
    }

    /** Writes a text. */
    public Json put(String name, String value) {
        return member(name, value);
    }

    /** Writes a truth value. */
    public Json put(String name, boolean value) {
        return member(name, value);
    }

    /** Writes an object. */
    public Json put(String name, Json object) {
        return member(name, object.members);
    }

    /** Writes a number that could not always be had: {@code null} where it is missing. */
    public Json put(String name, Optional<Double> value) {
        members.put(name, value.map(Json::rounded).orElse(null));
        return this;
    }

    /** Writes a list of numbers. */
    public Json put(String name, double[] values) {
        var rounded = new Object[values.length];
        for (int i = 0; i < values.length; i++) {
            rounded[i] = rounded(values[i]);
        }
        return member(name, rounded);
    }

    private Json member(String name, Object value) {
        if (members.put(name, value) != null) {
            throw new IllegalArgumentException("The object has two members \"" + name + "\".");
        }
        return this;
    }

    private static BigDecimal rounded(double value) {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException("JSON has no number " + value + ".");
        }
        var rounded = new BigDecimal(value)
                .round(new MathContext(5, RoundingMode.HALF_EVEN))
                .stripTrailingZeros();
        return rounded.scale() < 0 ? rounded.setScale(0) : rounded;
    }

    /** The object as text, indented. */
    @Override
    public String toString() {
        try {
            return MAPPER.writeValueAsString(members);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Numbers and texts always have a JSON form.", e);
        }
    }
}
