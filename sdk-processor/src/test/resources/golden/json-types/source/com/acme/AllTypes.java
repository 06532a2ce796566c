package com.acme;

import dev.millrace.Step;
import dev.millrace.Workflow;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;

/** Every kind of type that can be stored. */
@Workflow @SuppressWarnings("Millrace/LargeBinary")
public class AllTypes {

    @Step
    public Tree<Colour> plant(Everything everything) {
        return null;
    }

    @Step
    public List<Shape> draw(Tree<Colour> tree) {
        return List.of();
    }

    @Step
    public Customer load(List<Shape> shapes) {
        return null;
    }

    @Step
    public Page<Page<String>> print(Customer customer) {
        return null;
    }

    public record Everything(
            String text,
            char letter,
            boolean flag,
            byte tiny,
            short small,
            int number,
            long large,
            float rough,
            double fine,
            Integer boxed,
            BigDecimal exact,
            UUID id,
            URI address,
            Instant instant,
            LocalDate date,
            LocalDateTime local,
            Duration length,
            byte[] bytes,
            int[] numbers,
            List<List<String>> table,
            Set<Colour> colours,
            Map<String, Line> lines,
            Map<Integer, Long> counts,
            EnumMap<Colour, String> names,
            Optional<String> maybe,
            Optional<Line> maybeLine,
            Optional<Colour> maybeColour,
            OptionalInt maybeNumber,
            @Nullable String absent,
            List<@Nullable String> items) {}

    public record Line(String sku, int quantity) {}

    public record Tree<T>(T value, List<Tree<T>> children) {}

    public record Page<T>(T content, Optional<Page<T>> next) {}

    public enum Colour {
        RED,
        GREEN
    }

    public sealed interface Shape {}

    public record Circle(double radius) implements Shape {}

    public record Group(List<Shape> shapes, Shape main) implements Shape {}

    public sealed interface Polygon extends Shape {}

    public record Square(double side) implements Polygon {}

    public static class Person {
        private String name;

        public String getName() {
            return name;
        }

        public void setName(String name) {
            this.name = name;
        }
    }

    public static class Customer extends Person {
        public int visits;
        private boolean active;
        private List<Line> lines;

        public boolean isActive() {
            return active;
        }

        public void setActive(boolean active) {
            this.active = active;
        }

        public List<Line> getLines() {
            return lines;
        }

        public void setLines(List<Line> lines) {
            this.lines = lines;
        }
    }
}
