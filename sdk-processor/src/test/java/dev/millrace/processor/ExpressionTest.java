package dev.millrace.processor;

import static dev.millrace.processor.Compilation.preview;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Expressions are checked against the types of what they name. */
class ExpressionTest {
    private static final String TYPES = """
            enum Status { OPEN, PAID }
            record Line(String sku, int quantity) {}
            record Node(String name, Node next) {}
            record Order(String customerId, long cents, double weight, Status status, Instant placed, Duration patience,
                List<Line> lines, Map<String, Integer> stock, Optional<String> note, Node tree) {}
            record Payment(double risk, String card) {}
            """;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "input.cents > 1000 && payment.risk < 0.8",
                "order.status == 'PAID' || input.status in ['OPEN']",
                "input.placed > timestamp('2026-01-01T00:00:00Z') && input.patience < duration('1m')",
                "input.lines.exists(line, line.quantity > 3) && size(input.lines) < 10",
                "input.stock['a'] > 1 && has(input.note) && input.note.startsWith('x')",
                "input.tree.next.next.name == metadata.region",
            })
    void aConditionNamesTheInputTheLabelsAndTheParameters(String condition) {
        preview("""
                @Workflow class Bad {
                  @Step Payment charge(Order order) { return null; }
                  @When("%s") @Step String ship(Order order, Payment payment, StepContext context) { return ""; }
                }
                """.formatted(condition) + TYPES).succeeds();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "payment.rsik < 0.8              | 9 | Payment has no 'rsik'; it has card, risk. Did you mean 'risk'?",
                "input.lines[0].skuu == ''       | 16 | Line has no 'skuu'; it has quantity, sku. Did you mean 'sku'?",
                "input.status == 'PAYED'         | 17 | Order.status is never \"PAYED\"; it is one of OPEN, PAID. Did you mean \"PAID\"?",
                "context.attempt > 1             | 1 | There is no 'context' here; there are input, metadata, order, payment.",
                "input.cents                     | 1 | It must be true or false, but is int.",
                "input.cents + 'x' == ''         | 13 | '+' does not work on int and string.",
                "input.cents >                   | 14 | The expression ends too early.",
                "input.placed > 5                | 14 | '>' does not work on timestamp and int.",
            })
    void anErrorSaysTheColumnAndWhatWasMeant(String condition, int column, String message) {
        preview("""
                @Workflow class Bad {
                  @Step Payment charge(Order order) { return null; }
                  @When(/*>*/"%s") @Step String ship(Order order, Payment payment, StepContext context) { return ""; }
                }
                """.formatted(condition) + TYPES)
                .failsWith("[Millrace/BadCel] \"" + condition + "\" column " + column + ": " + message
                        + "\n    Fix: write a condition that is true or false, such as \"input.cents > 1000\".");
    }

    @Test
    void aConditionThatSaysNothingIsNone() {
        preview("""
                @Workflow class Bad {
                  @When(/*>*/" ") @Step String ship(Order order) { return ""; }
                }
                """ + TYPES).failsWith("""
                [Millrace/BadCel] @When says no condition, so nobody knows when the step is skipped.
                    Fix: write a condition that is true or false, such as "input.cents > 1000".""");
    }

    @Test
    void everyErrorOfAnExpressionIsTold() {
        var compilation = preview("""
                @Workflow class Bad {
                  @When("input.centz > 1 && input.wieght > 2") @Step String ship(Order order) { return ""; }
                }
                """ + TYPES);

        compilation.failsMentioning(
                "column 7: Order has no 'centz'; it has cents, customerId, lines, note, patience, placed, status, stock, tree, weight. Did you mean 'cents'?");
        compilation.failsMentioning(
                "column 26: Order has no 'wieght'; it has cents, customerId, lines, note, patience, placed, status, stock, tree, weight. Did you mean 'weight'?");
    }

    @Test
    void aKeyIsTextOrAWholeNumber() {
        preview("""
                @Concurrency(key = /*>*/"input.weight", limit = 2)
                @Fair(key = /*>*/"order.customerId", weight = /*>*/"input.customerId")
                @Throttle(per = "1s", key = /*>*/"input.lines")
                @Workflow class Bad {
                  @RateLimit(value = "api", limit = 5, key = /*>*/"order.tree", cost = /*>*/"order.weight")
                  @Step String ship(Order order) { return ""; }
                }
                """ + TYPES).failsWith("""
                [Millrace/BadCel] "input.weight" column 1: It must be text, a whole number, or true or false, but is double.
                    Fix: write what tells apart, as text or a whole number, such as "input.customerId".""", """
                [Millrace/BadCel] "order.customerId" column 1: There is no 'order' here; there are input, metadata.
                    Fix: write what tells apart, as text or a whole number, such as "input.customerId".""", """
                [Millrace/BadCel] "input.customerId" column 1: It must be a number, but is string.
                    Fix: write a number above 0, or where to find it, such as "input.weight".""", """
                [Millrace/BadCel] "input.lines" column 1: It must be text, a whole number, or true or false, but is list.
                    Fix: write what tells apart, as text or a whole number, such as "input.customerId".""", """
                [Millrace/BadCel] "order.tree" column 1: It must be text, a whole number, or true or false, but is Node.
                    Fix: write what tells apart, as text or a whole number, such as "input.customerId".""", """
                [Millrace/BadCel] "order.weight" column 1: It must be a whole number, but is double.
                    Fix: write a whole number, or what counts them, such as "size(input.lines)".""");
    }

    @Test
    void anEventHasANameAndLabels() {
        preview("""
                @OnEvent(value = "order.placed", where = "event.cents > 0 && name == 'x' && metadata.region == 'eu'")
                @OnEvent(value = "order.changed", where = "size(event.lines) > 3")
                @Workflow class Bad {
                  @Step String ship(Order order) { return ""; }
                }
                """ + TYPES).succeeds();
    }

    @Test
    void anEventIsThePayloadOfAStart() {
        preview("""
                @Collect(maxSize = 10, maxWait = "1s", key = "input.customerId")
                @OnEvent(value = "order.changed", where = /*>*/"event.size() > 0")
                @Workflow class Bad {
                  @Step String ship(List<Order> orders) { return ""; }
                }
                """ + TYPES).failsWith("""
                [Millrace/BadCel] "event.size() > 0" column 11: 'size' does not work on Order.
                    Fix: write a condition that is true or false, such as "input.cents > 1000".""");
    }

    @Test
    void anExpressionCanNameEveryParameter() {
        preview("""
                @Workflow class Bad {
                  @Step Payment charge(Order order) { return null; }
                  @When("input.cents > 1") @Step String ship(Order order, Payment /*>*/input) { return ""; }
                }
                """ + TYPES).failsWith("""
                [Millrace/ReservedName] Parameter 'input' of ship() is called as what expressions call the run's input, so those of ship() could not name it.
                    Fix: rename the parameter.""");
    }
}
