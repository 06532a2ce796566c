package dev.millrace.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.millrace.expression.Expressions.Purpose;
import dev.millrace.expression.SchemaTypes.Variable;
import dev.millrace.manifest.Json;
import dev.millrace.manifest.JsonValue;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The types that Java programs have: how each is compared, and what is said when it cannot be. */
class ExpressionTypesTest {
    private static final String ORDER = """
            {"type":"object","properties":{
               "id":{"type":"string"},"cents":{"type":"integer"},"note":{"type":["string","null"]},
               "placed":{"type":"string","format":"date-time"},"due":{"type":"string","format":"date-time"},
               "patience":{"type":"string","format":"duration"},"day":{"type":"string","format":"date"},
               "status":{"enum":["OPEN","PAID",null]},
               "tags":{"type":"array","items":{"enum":["RED","GREEN"]}},
               "address":{"$ref":"#/$defs/Address"},
               "maybe":{"anyOf":[{"$ref":"#/$defs/Address"},{"type":"null"}]},
               "payment":{"oneOf":[{"$ref":"#/$defs/Card"},{"$ref":"#/$defs/Invoice"}],
                 "discriminator":{"propertyName":"kind","mapping":{"card":"#/$defs/Card","invoice":"#/$defs/Invoice"}}},
               "lines":{"type":"array","items":{"$ref":"#/$defs/Line"}},
               "grid":{"type":"array","items":{"type":"array","items":{"type":"integer"}}},
               "prices":{"type":"object","additionalProperties":{"type":"number"}}},
             "$defs":{
               "Address":{"type":"object","properties":{"city":{"type":"string"},"zone":{"enum":["N","S"]}}},
               "Card":{"type":"object","properties":{"kind":{"const":"card"},"number":{"type":"string"},"fee":{"type":"integer"}}},
               "Invoice":{"type":"object","properties":{"kind":{"const":"invoice"},"days":{"type":"integer"},"fee":{"type":"string"}}},
               "Line":{"type":"object","properties":{"sku":{"type":"string"},"state":{"enum":["NEW","SENT"]},
                 "parts":{"type":"array","items":{"$ref":"#/$defs/Line"}}}}}}""";

    private static final Expressions SCOPE = new Expressions(SchemaTypes.scope(variables()));

    private static final Map<String, JsonValue> VALUES = Map.of(
            "input",
            Json.read("""
                    {"id":"o-1","cents":990,"note":null,"placed":"2026-11-21T10:00:00.5Z","due":"2026-11-21T12:00:00+01:00",
                     "patience":"PT90S","day":"2026-11-21","status":"PAID","tags":["RED"],"address":{"city":"Bern","zone":"N"},
                     "maybe":null,"payment":{"kind":"invoice","days":30,"fee":"none"},"grid":[[1,2],[3]],"prices":{"eur":9.9},
                     "lines":[{"sku":"a","state":"NEW","parts":[{"sku":"a1","state":"SENT"}]},{"sku":"b","state":"SENT"}]}"""),
            "count",
            JsonValue.NULL,
            "total",
            JsonValue.of(7),
            "parent",
            JsonValue.NULL,
            "list",
            JsonValue.NULL);

    private static Map<String, Variable> variables() {
        var variables = new LinkedHashMap<String, Variable>();
        variables.put("input", new Variable("Order", Json.read(ORDER)));
        variables.put("count", new Variable("Integer", Json.read("{\"type\":\"integer\"}"), true));
        variables.put("total", new Variable("Integer", Json.read("{\"type\":\"integer\"}"), true));
        variables.put("parent", new Variable("Order", Json.read(ORDER), true));
        variables.put("list", new Variable("List", Json.read("{\"type\":\"array\"}"), true));
        return variables;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // instants and durations
                "input.placed < input.due",
                "input.due - input.placed == duration('3599.5s')",
                "input.placed + input.patience > timestamp('2026-11-21T10:01:30Z')",
                "input.placed.getFullYear() == 2026 && input.placed.getHours('Europe/Berlin') == 11",
                "input.patience == duration('90s') && input.patience < duration('2m')",
                "input.day >= '2026-11-01'",
                // enums, alone, in lists and in maps
                "input.status == 'PAID' && input.status in ['OPEN', 'PAID']",
                "'RED' in input.tags && !('GREEN' in input.tags)",
                "input.tags.all(tag, tag == 'RED')",
                "input.lines.exists_one(line, line.state == 'NEW')",
                // nested records and lists
                "input.address.city == 'Bern' && input.address.zone != 'S'",
                "input.lines[0].parts[0].sku.startsWith('a')",
                "input.lines.map(line, line.sku) == ['a', 'b']",
                "input.lines.filter(line, has(line.parts)).size() == 1",
                "input.grid.all(row, row.all(n, n > 0)) && input.grid[1][0] == 3",
                "input.prices.eur < 10.0 && input.prices['eur'] > 9",
                // sealed types
                "input.payment.kind == 'invoice' && input.payment.days == 30",
                "!has(input.payment.number) && input.payment.fee == 'none'",
                // absent members
                "!has(input.note) && !has(input.maybe) && has(input.address)",
                "has(input.maybe) ? input.maybe.city == 'Bern' : true",
                // results that may be absent
                "count == null && total != null && total > 6",
                "parent == null ? input.cents > 1 : parent.cents > 1",
                "list == null || size(list) > 1",
            })
    void aConditionOverJavasTypesHolds(String source) {
        assertThat(SCOPE.compile(source, Purpose.CONDITION).holds(VALUES)).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "input.placed > '2026-01-01' | 14 | '>' does not work on timestamp and string. Write timestamp('2026-01-31T00:00:00Z') around the text.",
                "input.patience > '30s' | 16 | '>' does not work on duration and string. Write duration('30s') around the text.",
                "input.note != null | 12 | '!=' does not work on string and null. Write has(…) around a member to ask whether it is there.",
                "input.maybe == null | 16 | The member 'maybe' is absent rather than null. Write has(…) around it to ask whether it is there.",
                "input.maybe.town == 'x' | 13 | Address has no 'town'; it has city, zone.",
                "input.address.citi == 'x' | 15 | Address has no 'citi'; it has city, zone. Did you mean 'city'?",
                "input.lines.exists(l, l.state == 'SEND') | 34 | Line.state is never \"SEND\"; it is one of NEW, SENT. Did you mean \"SENT\"?",
                "input.lines.all(l, l.parts.all(p, p.state == 'OLD')) | 46 | Line.state is never \"OLD\"; it is one of NEW, SENT.",
                "input.lines[0].state == 'OLD' | 25 | Line.state is never \"OLD\"; it is one of NEW, SENT.",
                "'BLUE' in input.tags | 1 | Order.tags[] is never \"BLUE\"; it is one of RED, GREEN.",
                "input.tags.exists(t, t == 'GREN') | 27 | Order.tags[] is never \"GREN\"; it is one of RED, GREEN. Did you mean \"GREEN\"?",
                "input.payment.kind == 'cash' | 23 | Order.payment.kind is never \"cash\"; it is one of card, invoice.",
                "input.payment.numbr == '' | 15 | Order.payment has no 'numbr'; it has days, fee, kind, number. Did you mean 'number'?",
                "count == 'x' | 7 | '==' does not work on int and string.",
            })
    void whatCannotBeMeantIsToldWithItsColumn(String source, int column, String message) {
        var error =
                catchThrowableOfType(InvalidExpressionException.class, () -> SCOPE.compile(source, Purpose.CONDITION));

        assertThat(error).isNotNull();
        assertThat(error.problems()).first().isEqualTo(new InvalidExpressionException.Problem(column, message));
    }

    @Test
    void aMemberThatOtherAlternativesHaveIsMissedWhenItIsAskedFor() {
        var condition = SCOPE.compile("input.payment.number == '4111'", Purpose.CONDITION);

        assertThatThrownBy(() -> condition.holds(VALUES))
                .isInstanceOf(EvaluationException.class)
                .hasMessageContaining("number");
    }

    @Test
    void alternativesWithoutAnEndCanBeAnything() {
        var endless = Json.read("{\"$ref\":\"#/$defs/A\",\"$defs\":{\"A\":{\"oneOf\":[{\"$ref\":\"#/$defs/A\"},"
                + "{\"$ref\":\"#/$defs/A\"}]}}}");

        assertThat(SchemaTypes.scope(Map.of("x", new Variable("A", endless))).types())
                .isEmpty();
    }
}
