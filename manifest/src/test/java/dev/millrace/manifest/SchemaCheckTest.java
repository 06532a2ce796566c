package dev.millrace.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SchemaCheckTest {
    private static final String ORDER = """
            {"type": "object",
             "properties": {
               "id": {"type": "string", "format": "uuid"},
               "cents": {"type": "integer", "minimum": 0, "maximum": 9223372036854775807},
               "rate": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
               "lines": {"type": "array", "items": {"$ref": "#/$defs/Line"}, "minItems": 1, "maxItems": 2},
               "state": {"type": "string", "enum": ["NEW", "OLD"]},
               "note": {"anyOf": [{"type": "string", "minLength": 2, "maxLength": 3}, {"type": "null"}]},
               "pay": {"oneOf": [
                 {"type": "object", "required": ["type", "iban"],
                  "properties": {"type": {"const": "Transfer"}, "iban": {"type": "string"}}},
                 {"type": "object", "required": ["type", "number"],
                  "properties": {"type": {"const": "Card"}, "number": {"type": "integer"}}}]},
               "tags": {"type": "array", "items": {"type": "string"}, "uniqueItems": true},
               "extra": {"type": "object", "additionalProperties": {"type": "boolean"}, "maxProperties": 2},
               "closed": {"type": "object", "properties": {"a": true}, "additionalProperties": false}
             },
             "required": ["id", "cents"],
             "$defs": {
               "Line": {"type": "object", "properties": {"sku": {"type": "string"}, "part": {"$ref": "#/$defs/Line"}},
                        "required": ["sku"]}}}
            """;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "5                            | $: must be an object, but is 5",
                "{}                           | $.id: required; $.cents: required",
                "{\"cents\": 1}               | $.id: required",
                "{\"\\u0069d\": \"x\", \"cents\": 1} | ``",
                "{\"cents\":1,\"id\":5}       | $.id: must be a string, but is 5",
                "{\"id\":\"x\",\"cents\":-1}  | $.cents: must be at least 0, but is -1",
                "{\"id\":\"x\",\"cents\":1.0} | $.cents: must be a whole number, but is 1.0",
                "{\"id\":\"x\",\"cents\":9223372036854775808} | $.cents: must be at most 9223372036854775807, but is 9223372036854775808",
                "#\"rate\": 0                 | $.rate: must be more than 0, but is 0",
                "#\"rate\": 1.0               | $.rate: must be less than 1, but is 1.0",
                "#\"rate\": 0.5               | ``",
                "#\"lines\": []               | $.lines: must have at least 1 elements, but has 0",
                "#\"lines\": [{\"sku\":\"a\",\"part\":{\"sku\":\"b\",\"part\":{\"sku\":1}}}] | $.lines[0].part.part.sku: must be a string, but is 1",
                "#\"lines\": [{}, {\"sku\":\"]}\\\"\"}] | $.lines[0].sku: required",
                "#\"state\": \"NEW\"          | ``",
                "#\"state\": \"new\"          | $.state: must be one of [\"NEW\", \"OLD\"], but is \"new\"",
                "#\"note\": null              | ``",
                "#\"note\": \"ab\"            | ``",
                "#\"note\": \"😀\"            | $.note: must have at least 2 characters, but has 1",
                "#\"note\": 7                 | $.note: fits none of the 2 alternatives: 7",
                "#\"pay\": {\"type\":\"Card\",\"number\":1} | ``",
                "#\"pay\": {\"number\":\"x\",\"type\":\"Card\"} | $.pay.number: must be a whole number, but is \"x\"",
                "#\"pay\": {\"type\":\"Transfer\"} | $.pay.iban: required",
                "#\"pay\": {\"type\":\"Cash\"} | $.pay: fits none of the 2 alternatives: {\"type\":\"Cash\"}",
                "#\"tags\": [\"a\", \"b\", \"\\u0061\"] | $.tags[2]: is there twice: \"\\u0061\"",
                "#\"extra\": {\"a b\": 1}     | $.extra[\"a b\"]: must be true or false, but is 1",
                "#\"extra\": {\"a\":true,\"b\":true,\"c\":true} | $.extra: must have at most 2 members, but has 3",
                "#\"closed\": {\"a\":[1,{}],\"b\":1} | $.closed.b: is not known; known are [a]",
                "#\"unknown\": {\"deep\":[1,\"}\"]} | ``",
            })
    void problemsAreToldWithTheirPlace(String value, String problems) {
        String json = value.startsWith("#") ? "{\"id\":\"x\",\"cents\":1," + value.substring(1) + "}" : value;

        assertThat(check(ORDER, json)).isEqualTo(problems);
    }

    @Test
    void aDiscriminatorChoosesTheAlternative() {
        String schema = """
                {"oneOf": [{"$ref": "#/$defs/A"}, {"$ref": "#/$defs/B"}],
                 "discriminator": {"propertyName": "kind", "mapping": {"a": "#/$defs/A", "b": "#/$defs/B"}},
                 "$defs": {"A": {"type": "object", "required": ["x"]}, "B": {"type": "object", "required": ["y"]}}}
                """;

        assertThat(check(schema, "{\"x\":1,\"kind\":\"a\"}")).isEmpty();
        assertThat(check(schema, "{\"x\":1,\"kind\":\"b\"}")).isEqualTo("$.y: required");
        assertThat(check(schema, "{\"kind\":\"c\"}")).isEqualTo("$.kind: must be one of [a, b], but is \"c\"");
        assertThat(check(schema, "{}")).isEqualTo("$.kind: must be one of [a, b]");
    }

    @Test
    void exactlyOneAlternativeFits() {
        assertThat(check("{\"oneOf\":[{\"type\":\"integer\"},{\"minimum\":5}]}", "7"))
                .isEqualTo("$: must fit one of the 2 alternatives, but fits 2");
    }

    @Test
    void trueFitsAndFalseDoesNot() {
        assertThat(check("true", "{\"a\":[]}")).isEmpty();
        assertThat(check("{}", "null")).isEmpty();
        assertThat(check("false", "1")).isEqualTo("$: must not be there");
        assertThat(check("{\"allOf\":[{\"type\":\"string\"},{\"maxLength\":1}]}", "\"ab\""))
                .isEqualTo("$: must have at most 1 characters, but has 2");
        assertThat(check("{\"const\":{\"b\":1.0,\"a\":[]}}", "{\"a\":[],\"b\":1}"))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "7                                   | ``                      | must be an object, true or false",
                "{\"type\":\"text\"}                 | type                    | There is no JSON type \"text\"",
                "{\"properties\":{\"a\":{\"contains\":true}}} | properties.a.contains | 'contains' is not supported",
                "{\"$ref\":\"#/$defs/X\"}            | $ref                    | does not have",
                "{\"$ref\":\"http://x.example/y\"}   | $ref                    | places in itself only",
                "{\"$ref\":\"#\"}                    | ``                      | refers to itself without end",
                "{\"anyOf\":[{\"$ref\":\"#/$defs/A\"}],\"$defs\":{\"A\":{\"allOf\":[{\"$ref\":\"#/$defs/A\"}]}}} | `` | refers to itself without end",
                "{\"enum\":[]}                       | enum                    | empty",
                "{\"required\":\"a\"}                | required                | must be an array",
                "{\"minLength\":-1}                  | minLength               | must be a whole number",
                "{\"discriminator\":{\"propertyName\":\"k\"}} | discriminator    | needs 'propertyName'",
                "{\"$defs\":{\"A\":{\"type\":5}}}    | $defs.A.type            | must be a string, but is 5",
            })
    void aSchemaThatCannotBeHeldToIsRefused(String schema, String path, String sentence) {
        var refusal = catchThrowableOfType(InvalidManifestException.class, () -> SchemaCheck.of(Json.read(schema)));

        assertThat(refusal).isNotNull().hasMessageContaining(sentence);
        assertThat(refusal.path()).isEqualTo(path);
    }

    @Test
    @Timeout(20)
    void alternativesOfAlternativesDoNotTakeForEver() {
        var two = "{\"type\":\"array\",\"items\":{\"$ref\":\"#/$defs/T\"}}";
        String schema = "{\"$ref\":\"#/$defs/T\",\"$defs\":{\"T\":{\"anyOf\":["
                + IntStream.range(0, 8).mapToObj(i -> two).collect(Collectors.joining(","))
                + ",{\"type\":\"string\"}]}}}";

        assertThat(check(schema, "[".repeat(60) + "1" + "]".repeat(60))).contains("too many alternatives");
        assertThat(check(schema, "[".repeat(60) + "\"1\"" + "]".repeat(60))).isEmpty();
    }

    /** The walk trusts the scanner; so whatever the scanner lets pass must not trip the walk. */
    @Test
    void anyValueIsAnswered() {
        var schema = SchemaCheck.of(Json.read(ORDER));
        var random = new Random(99);
        byte[] seed =
                "{\"id\":\"x\",\"cents\":1, \"pay\":{\"type\":\"Card\" ,\"number\":1.5},\"lines\":[{\"sku\":\"\\\"\"}],\"note\":null}"
                        .getBytes(java.nio.charset.StandardCharsets.UTF_8);
        int answered = 0;
        for (int i = 0; i < 200_000; i++) {
            byte[] text = seed.clone();
            for (int n = random.nextInt(3); n >= 0; n--) {
                text[random.nextInt(text.length)] = (byte) "{}[]\",:\\eE-.1 nlx".charAt(random.nextInt(17));
            }
            try {
                Json.check(text);
            } catch (InvalidJsonException refused) {
                continue;
            }
            assertThat(schema.check(text).size()).isBetween(0, 20);
            answered++;
        }
        assertThat(answered).isGreaterThan(1000);
    }

    private static String check(String schema, String value) {
        byte[] text = value.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        Json.check(text);
        var compiled = SchemaCheck.of(Json.read(schema));
        assertThat(compiled.check(Json.read(value)).size())
                .isEqualTo(compiled.check(text).size());
        return compiled.check(text).stream().map(SchemaProblem::toString).collect(Collectors.joining("; "));
    }

    @ParameterizedTest
    @CsvSource({"^(?:[A-Z]{2}\\d+)$,DE1,true", "^(?:[A-Z]{2}\\d+)$,xDE1,false", "\\S,' a ',true", "\\S,'  ',false"})
    void aTextMatchesItsPattern(String pattern, String text, boolean fits) {
        var schema = new JsonValue.Object(Map.of("pattern", JsonValue.of(pattern)));

        assertThat(SchemaCheck.of(schema).check(JsonValue.of(text)).isEmpty()).isEqualTo(fits);
    }

    @Test
    void aPatternThatWouldWorkForYearsIsGivenUp() {
        var schema = new JsonValue.Object(Map.of("pattern", JsonValue.of("^(a|aa)+$")));

        assertThat(SchemaCheck.of(schema).check(JsonValue.of("a".repeat(60) + "b")))
                .hasToString("[$: must match the pattern ^(a|aa)+$]");
        assertThat(SchemaCheck.of(schema).check(JsonValue.of("a".repeat(200_000) + "b")))
                .hasToString("[$: must match the pattern ^(a|aa)+$]");
    }

    @Test
    void aPatternIsARegularExpression() {
        var schema = new JsonValue.Object(Map.of("pattern", JsonValue.of("[a-")));

        assertThatThrownBy(() -> SchemaCheck.of(schema))
                .isInstanceOf(InvalidManifestException.class)
                .hasMessageContaining("'pattern' must be a regular expression, but \"[a-\" is none");
    }
}
