package dev.millrace.processor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.TypeRef;
import dev.millrace.binding.Arguments;
import dev.millrace.binding.MethodBinding;
import dev.millrace.binding.WorkflowBinding;
import dev.millrace.codec.JacksonCodec;
import dev.millrace.manifest.Json;
import dev.millrace.manifest.Manifest;
import dev.millrace.manifest.ManifestJson;
import dev.millrace.manifest.SchemaCheck;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The schemas of the compiler and the codec of the worker say the same: what a step returns is written as JSON that fits
 * its schema, and read back as it was. Compiles, loads and calls a real workflow through its binding.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MappingTest {
    private static final String SOURCE = """
            package shop;
            import dev.millrace.*;
            import java.math.*;
            import java.net.URI;
            import java.time.*;
            import java.util.*;

            @Workflow @SuppressWarnings("Millrace/LargeBinary")
            public class Values {
                @Step Simple simple(String input) {
                    return new Simple("text \\"quoted\\" ü", 'x', true, (byte) -128, (short) 7, 1, Long.MAX_VALUE, 1.5f, 2.25,
                        -5, new BigDecimal("12345678901234567890.10"), new BigInteger("123456789012345678901234567890"));
                }
                @Step Times times(String input) {
                    return new Times(Instant.parse("2026-11-21T10:00:00.123456789Z"),
                        OffsetDateTime.parse("2026-11-21T10:00:00+01:00"), ZonedDateTime.parse("2026-11-21T10:00:00+01:00[Europe/Berlin]"),
                        LocalDate.parse("2026-11-21"), LocalTime.parse("10:00:00"), LocalDateTime.parse("2026-11-21T10:00:00"),
                        Duration.ofMillis(90_500), Period.ofMonths(3), Year.of(2026), YearMonth.of(2026, 11), ZoneId.of("Europe/Berlin"));
                }
                @Step Others others(String input) {
                    return new Others(UUID.fromString("0190a000-0000-7000-8000-000000000000"), URI.create("https://example.org/a?b"),
                        Locale.GERMANY, Currency.getInstance("EUR"), Colour.GREEN);
                }
                @Step Collections collections(String input) {
                    return new Collections(List.of(List.of("a"), List.of()), Set.of(Colour.RED), Map.of("k", new Line("sku", 2)),
                        Map.of(5, 6L), Map.of(Colour.RED, "r"), List.of(1, 2));
                }
                @Step List<Arrays> arrays(String input) { return List.of(new Arrays(new byte[] {1, 2}, new int[] {3})); }
                @Step Optionals present(String input) {
                    return new Optionals(Optional.of("a"), Optional.of(new Line("s", 1)), Optional.of(Colour.RED), OptionalInt.of(3),
                        OptionalLong.of(4), OptionalDouble.of(0.5), "there");
                }
                @Step Optionals absent(String input) {
                    return new Optionals(Optional.empty(), Optional.empty(), Optional.empty(), OptionalInt.empty(),
                        OptionalLong.empty(), OptionalDouble.empty(), null);
                }
                @Step List<Shape> shapes(String input) {
                    return List.of(new Circle(1), new Group(List.of(new Square(2), new Empty()), new Circle(3)));
                }
                @Step Circle circle(String input) { return new Circle(1); }
                @Step Tree<Colour> tree(String input) { return new Tree<>(Colour.RED, List.of(new Tree<>(Colour.GREEN, List.of()))); }
                @Step Page<Page<String>> pages(String input) {
                    return new Page<>(new Page<>("inner", Optional.empty()), Optional.of(new Page<>(new Page<>("next", Optional.empty()), Optional.empty())));
                }
                @Step Customer customer(String input) {
                    var customer = new Customer();
                    customer.visits = 3;
                    customer.setURL("u");
                    customer.setActive(true);
                    customer.setLines(List.of(new Line("s", 1)));
                    return customer;
                }
                @Step Customer emptyCustomer(String input) { return new Customer(); }
                @Step Named named(String input) { return new Named("a", Level.LOW); }
                @Step int number(String input) { return 42; }
                @Step boolean[] flags(String input) { return new boolean[] {true, false}; }
                @Step Map<String, List<Line>> map(String input) { return Map.of("a", List.of(new Line("s", 1))); }
                @Step Methods methods(String input) { return new Methods("a"); }

                public record Simple(String text, char letter, boolean flag, byte tiny, short small, int number, long large,
                    float rough, double fine, Integer boxed, BigDecimal exact, BigInteger huge) {}
                public record Times(Instant instant, OffsetDateTime offset, ZonedDateTime zoned, LocalDate date, LocalTime time,
                    LocalDateTime local, Duration length, Period period, Year year, YearMonth month, ZoneId zone) {}
                public record Others(UUID id, URI address, Locale locale, Currency currency, Colour colour) {}
                public record Collections(List<List<String>> table, Set<Colour> colours, Map<String, Line> lines,
                    Map<Integer, Long> counts, Map<Colour, String> names, Collection<Integer> numbers) {}
                public record Arrays(byte[] bytes, int[] numbers) {}
                public record Optionals(Optional<String> text, Optional<Line> line, Optional<Colour> colour, OptionalInt number,
                    OptionalLong large, OptionalDouble fine, @Nullable String nullable) {}
                public record Line(String sku, int quantity) {}
                public sealed interface Shape {}
                public record Circle(double radius) implements Shape {}
                public record Group(List<Shape> shapes, Shape main) implements Shape {}
                public sealed interface Polygon extends Shape {}
                public record Square(double side) implements Polygon {}
                public record Empty() implements Shape {}
                public record Tree<T>(T value, List<Tree<T>> children) {}
                public record Page<T>(T content, Optional<Page<T>> next) {}
                public enum Colour { RED, GREEN { @Override public String toString() { return "other"; } } }
                public record Methods(String text) {
                    public boolean isLong() { return text.length() > 100; }
                    public String getLabel() { return "label"; }
                }
                public enum Level { @com.fasterxml.jackson.annotation.JsonProperty("low") LOW }
                public record Named(@com.fasterxml.jackson.annotation.JsonProperty("other-name") String name, Level level) {}
                public static class Customer {
                    public int visits;
                    private boolean active;
                    private String url;
                    private List<Line> lines;
                    public boolean isActive() { return active; }
                    public void setActive(boolean active) { this.active = active; }
                    public String getURL() { return url; }
                    public void setURL(String url) { this.url = url; }
                    public List<Line> getLines() { return lines; }
                    public void setLines(List<Line> lines) { this.lines = lines; }
                }
                @interface Nullable {}
            }
            """;

    private final JacksonCodec codec = new JacksonCodec();
    private URLClassLoader loader;
    private Manifest manifest;
    private WorkflowBinding<Object> binding;
    private Object workflow;

    @BeforeAll
    @SuppressWarnings("unchecked")
    void compileAndLoad() throws Exception {
        var compilation = Compilation.compile(new Compilation.Source("shop/Values.java", SOURCE))
                .succeeds();
        Path output = compilation.output();
        loader = new URLClassLoader(
                new URL[] {output.toUri().toURL()}, getClass().getClassLoader());
        var type = loader.loadClass("shop.Values");
        workflow = type.getConstructor().newInstance();
        binding = (WorkflowBinding<Object>)
                loader.loadClass(WorkflowBinding.nameFor(type)).getConstructor().newInstance();
        manifest = ManifestJson.read(compilation.written(binding.manifestResource()));
    }

    @AfterAll
    void close() throws Exception {
        loader.close();
    }

    Stream<String> steps() {
        return binding.steps().stream().map(MethodBinding::name);
    }

    @ParameterizedTest
    @MethodSource("steps")
    void whatAStepReturnsFitsItsSchemaAndIsReadBackAsItWas(String name) throws Throwable {
        var method = binding.steps().stream()
                .filter(step -> step.name().equals(name))
                .findFirst()
                .orElseThrow();
        var schema = manifest.step(name).orElseThrow().output().schema();

        Object value = method.invoker().invoke(workflow, new Arguments("input"));
        byte[] json = codec.write(value, method.result());
        Json.check(json);

        assertThat(SchemaCheck.of(schema).check(json))
                .as("%s against %s", new String(json, StandardCharsets.UTF_8), Json.write(schema))
                .isEmpty();
        assertThat((Object) codec.read(json, method.result()))
                .usingRecursiveComparison()
                .isEqualTo(value);
    }

    @Test
    void theBindingNamesTheManifestThatWasWrittenWithIt() {
        assertThat(binding.version()).isEqualTo(manifest.hash());
        assertThat(binding.workflow()).isEqualTo(manifest.workflow());
        assertThat(binding.input()).isEqualTo(TypeRef.of(String.class));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "simple   | {}                  | $.text: required",
                "customer | {\"active\": null}   | $.active: must be true or false",
                "number   | 2147483648          | must be at most 2147483647",
                "number   | 1.0                 | must be a whole number",
                "others   | {\"colour\": \"BLUE\"} | $.colour: must be one of",
                "circle   | {\"radius\": null}   | $.radius: must be a number",
                "shapes   | [{\"radius\": 1}]    | $[0]"
            })
    void whatTheWorkerCouldNotReadDoesNotFitTheSchema(String name, String json, String problem) {
        var schema = manifest.step(name).orElseThrow().output().schema();

        assertThat(SchemaCheck.of(schema).check(json.getBytes(StandardCharsets.UTF_8)))
                .anySatisfy(found -> assertThat(found.toString()).contains(problem));
    }
}
