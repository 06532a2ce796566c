package dev.millrace.codec;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.module.SimpleModule;
import java.io.IOException;
import java.time.Year;

/** Numbers as the schemas describe them: a year is one, and NaN is none. */
final class StrictNumbersModule extends SimpleModule {
    private static final long serialVersionUID = 1L;

    StrictNumbersModule() {
        super("millrace-numbers");
        addSerializer(double.class, new Finite());
        addSerializer(Double.class, new Finite());
        addSerializer(float.class, new FiniteFloat());
        addSerializer(Float.class, new FiniteFloat());
        addSerializer(Year.class, new YearNumber());
    }

    private static final class Finite extends JsonSerializer<Double> {
        @Override
        public void serialize(Double value, JsonGenerator to, SerializerProvider provider) throws IOException {
            if (!Double.isFinite(value)) {
                throw JsonMappingException.from(to, "JSON has no number for " + value);
            }
            to.writeNumber(value.doubleValue());
        }
    }

    private static final class FiniteFloat extends JsonSerializer<Float> {
        @Override
        public void serialize(Float value, JsonGenerator to, SerializerProvider provider) throws IOException {
            if (!Float.isFinite(value)) {
                throw JsonMappingException.from(to, "JSON has no number for " + value);
            }
            to.writeNumber(value.floatValue());
        }
    }

    private static final class YearNumber extends JsonSerializer<Year> {
        @Override
        public void serialize(Year value, JsonGenerator to, SerializerProvider provider) throws IOException {
            to.writeNumber(value.getValue());
        }
    }
}
