package dev.millrace.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.millrace.expression.Expressions.Purpose;
import dev.millrace.manifest.JsonValue;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExpressionsTest {
    private static final ValueType.Struct LINE =
            new ValueType.Struct("Line", Map.of("sku", ValueType.TEXT, "quantity", ValueType.INT));
    private static final ValueType.Struct ORDER = new ValueType.Struct(
            "Order",
            Map.of(
                    "customerId", ValueType.TEXT,
                    "cents", ValueType.INT,
                    "weight", ValueType.DOUBLE,
                    "placed", ValueType.TIMESTAMP,
                    "patience", ValueType.DURATION,
                    "status", new ValueType.OneOf("Status", List.of("OPEN", "PAID")),
                    "lines", new ValueType.ListOf(LINE),
                    "note", ValueType.TEXT));
    private static final Expressions INPUT =
            new Expressions(Scope.of(Map.of("input", ORDER, "metadata", new ValueType.MapOf(ValueType.TEXT))));

    private static final Map<String, JsonValue> ORDER_OF_TWO = Map.of(
            "input",
            object(
                    "customerId", JsonValue.of("c-7"),
                    "cents", JsonValue.of(1250),
                    "weight", JsonValue.of(3),
                    "placed", JsonValue.of("2026-11-21T10:00:00Z"),
                    "patience", JsonValue.of("PT30S"),
                    "status", JsonValue.of("PAID"),
                    "note", JsonValue.NULL,
                    "lines",
                            new JsonValue.Array(List.of(
                                    object("sku", JsonValue.of("A"), "quantity", JsonValue.of(1)),
                                    object("sku", JsonValue.of("B"), "quantity", JsonValue.of(4))))),
            "metadata",
            object("region", JsonValue.of("eu")));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "input.cents > 1000 | true",
                "input.weight > 2 | true",
                "input.cents > 1250.5 | false",
                "input.lines.exists(l, l.quantity > 3) | true",
                "input.lines.all(l, l.quantity > 3) | false",
                "input.placed > timestamp('2026-01-01T00:00:00Z') | true",
                "input.patience < duration('1m') | true",
                "input.status == 'PAID' | true",
                "has(input.note) | false",
                "metadata.region == 'eu' && metadata['region'] in ['eu', 'us'] | true",
            })
    void aConditionHoldsOrNotForTheValuesGiven(String source, boolean expected) {
        assertThat(INPUT.compile(source, Purpose.CONDITION).holds(ORDER_OF_TWO)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "input.customerID == 'x' | 7 | Order has no 'customerID'; it has cents, customerId, lines, note, patience, placed, status, weight. Did you mean 'customerId'?",
                "inptu.cents > 1 | 1 | There is no 'inptu' here; there are input, metadata. Did you mean 'input'?",
                "input.lines[0].skuu == '' | 16 | Line has no 'skuu'; it has quantity, sku. Did you mean 'sku'?",
                "input.cents + 'x' == '' | 13 | '+' does not work on int and string.",
                "input.cents > | 14 | The expression ends too early.",
                "cents > 1 | 1 | There is no 'cents' here; there are input, metadata. Did you mean 'input.cents'?",
                "input.cents = 1 | 13 | There is no '=' in CEL; write '=='.",
                "input.cents > 1 and true | 17 | There is no 'and' in CEL; write '&&'.",
                "not (input.cents > 1) | 1 | There is no function 'not'. Write !.",
                "input.getCents() > 1 | 7 | There is no function 'getCents'. Members stand without parentheses: 'cents'.",
                "input.status.length() > 1 | 14 | There is no function 'length'. Write size(…).",
                "input.status.equals('x') | 14 | There is no function 'equals'. Write ==.",
                "input.status.startWith('x') | 14 | There is no function 'startWith'. Did you mean 'startsWith'?",
                "input.cents | 1 | It must be true or false, but is int.",
                "input.status == 'PAYED' | 17 | Status is never \"PAYED\"; it is one of OPEN, PAID. Did you mean \"PAID\"?",
                "input.status in ['OPEN', 'SENT'] | 26 | Status is never \"SENT\"; it is one of OPEN, PAID.",
            })
    void anErrorSaysTheColumnAndWhatWasMeant(String source, int column, String message) {
        var error =
                catchThrowableOfType(InvalidExpressionException.class, () -> INPUT.compile(source, Purpose.CONDITION));

        assertThat(error.problems()).first().isEqualTo(new InvalidExpressionException.Problem(column, message));
    }

    @Test
    void allErrorsOfAnExpressionAreReported() {
        var error = catchThrowableOfType(
                InvalidExpressionException.class,
                () -> INPUT.compile("input.centz > 1 && input.weigth > 2", Purpose.CONDITION));

        assertThat(error.problems()).hasSize(2);
    }

    @Test
    void anUnknownMemberIsToldOfTheTypeInWhichItWasLookedFor() {
        var error = catchThrowableOfType(
                InvalidExpressionException.class,
                () -> INPUT.compile("input.skuu == '' || input.lines.exists(l, l.skuu == '')", Purpose.CONDITION));

        assertThat(error.problems())
                .extracting(InvalidExpressionException.Problem::message)
                .containsExactly(
                        "Order has no 'skuu'; it has cents, customerId, lines, note, patience, placed, status, weight.",
                        "Line has no 'skuu'; it has quantity, sku. Did you mean 'sku'?");
    }

    @Test
    void aKeyIsTextOrAWholeNumber() {
        assertThat(INPUT.compile("input.customerId", Purpose.KEY).key(ORDER_OF_TWO))
                .isEqualTo("c-7");
        assertThat(INPUT.compile("input.cents", Purpose.KEY).key(ORDER_OF_TWO)).isEqualTo("1250");
        assertThatThrownBy(() -> INPUT.compile("input.weight", Purpose.KEY))
                .hasMessageContaining("It must be text, a whole number, or true or false, but is double.");
    }

    @Test
    void anEmptyKeyIsNoKey() {
        var key = INPUT.compile(
                "metadata.region.substring(0, 0)".replace(".substring(0, 0)", " == '' ? 'x' : ''"), Purpose.KEY);
        assertThatThrownBy(() -> key.key(ORDER_OF_TWO)).isInstanceOf(EvaluationException.class);
    }

    @Test
    void aMissingMemberIsAnErrorAndNeverADefault() {
        var condition = INPUT.compile("metadata.colour == 'red'", Purpose.CONDITION);
        assertThatThrownBy(() -> condition.holds(ORDER_OF_TWO))
                .isInstanceOf(EvaluationException.class)
                .hasMessageContaining("colour");
    }

    @Test
    void aNullIsNotUnknown() {
        var condition = INPUT.compile("input.note == 'x'", Purpose.CONDITION);
        assertThatThrownBy(() -> condition.holds(ORDER_OF_TWO)).isInstanceOf(EvaluationException.class);
    }

    @Test
    void nestedLoopsShareOneBudget() {
        var many = new ArrayList<JsonValue>();
        for (int i = 0; i < 3_000; i++) {
            many.add(object("sku", JsonValue.of("A"), "quantity", JsonValue.of(1)));
        }
        var condition =
                INPUT.compile("input.lines.all(a, input.lines.all(b, a.quantity + b.quantity > 0))", Purpose.CONDITION);

        assertThatThrownBy(() -> condition.holds(Map.of("input", object("lines", new JsonValue.Array(many)))))
                .isInstanceOf(EvaluationException.class)
                .hasMessageContaining("budget");
    }

    @Test
    void aTextTooLongIsRefusedBeforeItIsParsed() {
        assertThatThrownBy(() -> INPUT.compile("1 == 1 || ".repeat(200) + "true", Purpose.CONDITION))
                .isInstanceOf(InvalidExpressionException.class);
    }

    @Test
    void aSchemaOfTheCompilerGivesTheSameTypes() {
        var schema = object(
                "type", JsonValue.of("object"),
                "title", JsonValue.of("Order"),
                "properties",
                        object(
                                "cents", object("type", JsonValue.of("integer")),
                                "next", object("$ref", JsonValue.of("#/$defs/Node")),
                                "status",
                                        object(
                                                "enum",
                                                new JsonValue.Array(
                                                        List.of(JsonValue.of("OPEN"), JsonValue.of("PAID"))))),
                "$defs",
                        object(
                                "Node",
                                object(
                                        "type", JsonValue.of("object"),
                                        "title", JsonValue.of("Node"),
                                        "properties",
                                                object(
                                                        "name", object("type", JsonValue.of("string")),
                                                        "next", object("$ref", JsonValue.of("#/$defs/Node"))))));
        var expressions =
                new Expressions(SchemaTypes.scope(Map.of("input", new SchemaTypes.Variable("Order", schema))));

        assertThat(expressions.compile("input.next.next.name", Purpose.KEY).resultType())
                .isEqualTo("string");
        assertThatThrownBy(() -> expressions.compile("input.next.nmae", Purpose.KEY))
                .hasMessageContaining("Node has no 'nmae'; it has name, next. Did you mean 'name'?");
        assertThatThrownBy(() -> expressions.compile("input.status == 'SHUT'", Purpose.CONDITION))
                .hasMessageContaining("one of OPEN, PAID");
        assertThatThrownBy(() -> expressions.compile("input.centz > 1", Purpose.CONDITION))
                .hasMessageContaining("Did you mean 'cents'?");
    }

    @Test
    void aTypeMayContainItself() {
        var schema = object(
                "type", JsonValue.of("object"),
                "properties",
                        object(
                                "name", object("type", JsonValue.of("string")),
                                "next", object("$ref", JsonValue.of("#"))));
        var expressions = new Expressions(SchemaTypes.scope(Map.of("input", new SchemaTypes.Variable("Node", schema))));

        assertThat(expressions.compile("input.next.next.name", Purpose.KEY).resultType())
                .isEqualTo("string");
    }

    @Test
    void typesOfOneNameInTwoSchemasStayApart() {
        var expressions = new Expressions(SchemaTypes.scope(new java.util.TreeMap<>(Map.of(
                "a", new SchemaTypes.Variable("Order", holding("sku")),
                "b", new SchemaTypes.Variable("Invoice", holding("cents"))))));

        expressions.check("a.item.sku == 'x' && b.item.cents == 'y'", Purpose.CONDITION);
        assertThatThrownBy(() -> expressions.check("a.item.cents == 'x'", Purpose.CONDITION))
                .isInstanceOf(InvalidExpressionException.class);
    }

    private static JsonValue holding(String member) {
        return object(
                "type", JsonValue.of("object"),
                "properties", object("item", object("$ref", JsonValue.of("#/$defs/Item"))),
                "$defs",
                        object(
                                "Item",
                                object(
                                        "type", JsonValue.of("object"),
                                        "properties", object(member, object("type", JsonValue.of("string"))))));
    }

    @Test
    void aWeightIsANumber() {
        INPUT.check("input.weight", Purpose.WEIGHT);
        INPUT.check("3", Purpose.WEIGHT);
        assertThatThrownBy(() -> INPUT.check("input.customerId", Purpose.WEIGHT))
                .hasMessageContaining("It must be a number, but is string.");
    }

    @Test
    void numbersKeepTheirValue() {
        var any = new Expressions(Scope.of(Map.of("x", ValueType.ANY)));
        assertThat(any.compile("x", Purpose.ANY).evaluate(Map.of("x", JsonValue.of(9_007_199_254_740_993L))))
                .isEqualTo(9_007_199_254_740_993L);
        assertThat(any.compile("x", Purpose.ANY).evaluate(Map.of("x", new JsonValue.Number(new BigDecimal("1.5")))))
                .isEqualTo(1.5);
    }

    private static JsonValue object(Object... namesAndValues) {
        var members = new java.util.LinkedHashMap<String, JsonValue>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            members.put((String) namesAndValues[i], (JsonValue) namesAndValues[i + 1]);
        }
        return new JsonValue.Object(members);
    }
}
