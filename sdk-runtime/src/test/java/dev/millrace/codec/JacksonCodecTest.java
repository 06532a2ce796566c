package dev.millrace.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.TypeRef;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Currency;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JacksonCodecTest {
    private final Codec codec = new JacksonCodec();

    enum Colour {
        RED,
        @JsonProperty("dark-green")
        GREEN
    }

    record Line(String sku, int count) {
        boolean isLarge() {
            throw new AssertionError("no component");
        }

        public String getLabel() {
            throw new AssertionError("no component");
        }
    }

    record Everything(
            String text,
            char letter,
            boolean flag,
            long number,
            BigInteger big,
            BigDecimal exact,
            double real,
            float small,
            byte[] bytes,
            Instant instant,
            LocalDate date,
            LocalTime time,
            LocalDateTime dateTime,
            OffsetDateTime offset,
            ZonedDateTime zoned,
            Duration duration,
            Period period,
            Year year,
            YearMonth month,
            MonthDay day,
            ZoneId zone,
            UUID uuid,
            URI uri,
            Currency currency,
            Locale locale,
            Colour colour,
            List<Line> lines,
            Set<Integer> set,
            Map<Colour, Line> map,
            Optional<Line> some,
            Optional<Line> none,
            OptionalInt count,
            OptionalLong missing,
            @JsonProperty("re-named") String renamed) {}

    sealed interface Shape permits Circle, Polygon {}

    record Circle(double radius) implements Shape {}

    sealed interface Polygon extends Shape permits Square {}

    record Square(double side) implements Polygon {}

    record Drawing(Shape first, List<Shape> rest, Optional<Polygon> polygon) {}

    public static class Bean {
        private String name;
        private Optional<Integer> size = Optional.empty();

        public String getName() {
            return name;
        }

        public void setName(String name) {
            this.name = name;
        }

        public Optional<Integer> getSize() {
            return size;
        }

        public void setSize(Optional<Integer> size) {
            this.size = size;
        }
    }

    @Test
    void everythingIsReadBackAsItWas() {
        var everything = new Everything(
                "é😀\"\n",
                'x',
                true,
                Long.MIN_VALUE,
                new BigInteger("123456789012345678901234567890"),
                new BigDecimal("0.10"),
                0.1 + 0.2,
                0.1f,
                new byte[] {0, -1, 2},
                Instant.parse("2026-11-21T10:15:30.123456789Z"),
                LocalDate.of(2026, 2, 28),
                LocalTime.of(1, 2, 3, 4),
                LocalDateTime.of(2026, 1, 1, 0, 0),
                OffsetDateTime.of(2026, 1, 1, 0, 0, 0, 0, ZoneOffset.ofHours(-7)),
                ZonedDateTime.of(2026, 7, 1, 0, 0, 0, 0, ZoneId.of("Europe/Berlin")),
                Duration.ofMillis(90_061_001),
                Period.of(1, 2, 3),
                Year.of(2026),
                YearMonth.of(2026, 11),
                MonthDay.of(2, 29),
                ZoneId.of("Asia/Tokyo"),
                UUID.fromString("0193a5c8-7f3e-7c1a-9b2d-3f4e5a6b7c8d"),
                URI.create("https://example.org/a?b=c"),
                Currency.getInstance("EUR"),
                Locale.forLanguageTag("de-CH"),
                Colour.GREEN,
                List.of(new Line("a", 1), new Line("b", 2)),
                Set.of(7),
                Map.of(Colour.RED, new Line("c", 3)),
                Optional.of(new Line("d", 4)),
                Optional.empty(),
                OptionalInt.of(5),
                OptionalLong.empty(),
                "r");

        String json = write(everything, TypeRef.of(Everything.class));
        var back = read(json, TypeRef.of(Everything.class));

        assertThat(back).usingRecursiveComparison().isEqualTo(everything);
        assertThat(json)
                .contains("\"instant\":\"2026-11-21T10:15:30.123456789Z\"")
                .contains("\"zoned\":\"2026-07-01T00:00:00+02:00[Europe/Berlin]\"")
                .contains("\"offset\":\"2026-01-01T00:00:00-07:00\"")
                .contains("\"duration\":\"PT25H1M1.001S\"")
                .contains("\"year\":2026")
                .contains("\"colour\":\"dark-green\"")
                .contains("\"lines\":[{\"sku\":\"a\",\"count\":1}")
                .contains("\"none\":null")
                .contains("\"exact\":0.10")
                .contains("\"re-named\":\"r\"");
    }

    @Test
    void aSealedTypeSaysWhichVariantItIs() {
        var drawing = new Drawing(new Circle(1), List.of(new Square(2), new Circle(3)), Optional.of(new Square(4)));

        String json = write(drawing, TypeRef.of(Drawing.class));

        assertThat(json)
                .isEqualTo(
                        "{\"first\":{\"type\":\"Circle\",\"radius\":1.0},\"rest\":[{\"type\":\"Square\",\"side\":2.0},"
                                + "{\"type\":\"Circle\",\"radius\":3.0}],\"polygon\":{\"type\":\"Square\",\"side\":4.0}}");
        assertThat(read(json, TypeRef.of(Drawing.class))).isEqualTo(drawing);
        assertThat(write(new Circle(1), TypeRef.of(Shape.class))).isEqualTo("{\"type\":\"Circle\",\"radius\":1.0}");
        assertThat(write(List.of(new Circle(1)), new TypeRef<List<Shape>>() {}))
                .isEqualTo("[{\"type\":\"Circle\",\"radius\":1.0}]");
        assertThat(read("{\"side\":1,\"type\":\"Square\"}", TypeRef.of(Shape.class)))
                .isEqualTo(new Square(1));
    }

    @Test
    void aVariantByItselfIsAPlainRecord() {
        assertThat(write(new Circle(1), TypeRef.of(Circle.class))).isEqualTo("{\"radius\":1.0}");
        assertThat(read("{\"radius\":1}", TypeRef.of(Circle.class))).isEqualTo(new Circle(1));
    }

    @Test
    void anUnknownVariantIsRefused() {
        assertThatThrownBy(() -> read("{\"type\":\"Line\"}", TypeRef.of(Shape.class)))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("Line");
    }

    @Test
    void aBeanHasItsProperties() {
        var bean = new Bean();
        bean.setName("n");

        assertThat(write(bean, TypeRef.of(Bean.class))).isEqualTo("{\"name\":\"n\",\"size\":null}");
        assertThat(read("{\"size\":3,\"name\":\"m\"}", TypeRef.of(Bean.class)))
                .satisfies(read -> assertThat(read.getName()).isEqualTo("m"))
                .satisfies(read -> assertThat(read.getSize()).contains(3));
    }

    @Test
    void whatIsNotKnownIsSkippedAndWhatMayBeMissingIsEmpty() {
        record Small(Optional<String> note, int n) {}

        assertThat(read("{\"n\":1,\"later\":{\"a\":[1,2]}}", TypeRef.of(Small.class)))
                .isEqualTo(new Small(Optional.empty(), 1));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"sku\":\"a\",\"count\":1.5} | at count",
                "{\"sku\":\"a\",\"count\":\"1\"} | at count",
                "{\"sku\":\"a\",\"count\":null} | count",
                "{\"sku\":\"a\",\"count\":2147483648} | at count",
                "{\"sku\":\"a\",\"count\":1} x | x",
                "[1] | Line"
            })
    void nothingIsCutOrGuessed(String json, String reason) {
        assertThatThrownBy(() -> read(json, TypeRef.of(Line.class)))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("cannot be read as " + Line.class.getName())
                .hasMessageContaining(reason);
    }

    @Test
    void whatJsonHasNoNumberForIsRefused() {
        assertThatThrownBy(() -> write(new Circle(Double.NaN), TypeRef.of(Circle.class)))
                .isInstanceOf(CodecException.class)
                .hasMessageContaining("no number for NaN (at radius)");
        assertThatThrownBy(() -> write(Map.of("a", Float.POSITIVE_INFINITY), new TypeRef<Map<String, Float>>() {}))
                .isInstanceOf(CodecException.class);
    }

    @Test
    void floatingPointNumbersAreExact() {
        var random = new Random(3);
        for (int i = 0; i < 10_000; i++) {
            double real = Double.longBitsToDouble(random.nextLong());
            float small = Float.intBitsToFloat(random.nextInt());
            if (Double.isFinite(real) && Float.isFinite(small)) {
                assertThat(read(write(real, TypeRef.of(Double.class)), TypeRef.of(Double.class)))
                        .isEqualTo(real);
                assertThat(read(write(small, TypeRef.of(Float.class)), TypeRef.of(Float.class)))
                        .isEqualTo(small);
            }
        }
    }

    @Test
    void treesKeepTheirDigits() {
        String json = "{\"a\":1.10,\"b\":123456789012345678901234567890.5,\"c\":9007199254740993}";

        assertThat(write(read(json, TypeRef.of(JsonNode.class)), TypeRef.of(JsonNode.class)))
                .isEqualTo(json);
    }

    private String write(Object value, TypeRef<?> type) {
        return new String(codec.write(value, type), StandardCharsets.UTF_8);
    }

    private <T> T read(String json, TypeRef<T> type) {
        return codec.read(json.getBytes(StandardCharsets.UTF_8), type);
    }
}
