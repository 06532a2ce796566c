package dev.millrace.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.expression.Expressions.Purpose;
import dev.millrace.manifest.Json;
import dev.millrace.manifest.JsonValue;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExpressionValuesTest {
    private static final Expressions SCOPE = new Expressions(Scope.of(Map.of("event", ValueType.ANY)));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "event.cents|129900",
                "double(event.cents) / 2.0|64950.0",
                "event.gone|null",
                "event.big|9007199254740993",
                "{'a': [event.cents, true], 'b': event.name}|{\"a\":[129900,true],\"b\":\"Ada\"}",
                "timestamp('2026-11-21T10:00:00Z')|\"2026-11-21T10:00:00Z\"",
                "event.name + '!'|\"Ada!\"",
                "event|{\"cents\":129900,\"name\":\"Ada\",\"gone\":null,\"big\":9007199254740993}",
            })
    void aValueHasTheFormOfJson(String source, String json) {
        var event = Json.read("{\"cents\":129900,\"name\":\"Ada\",\"gone\":null,\"big\":9007199254740993}");

        assertThat(SCOPE.compile(source, Purpose.ANY).json(Map.of("event", event)))
                .isEqualTo(Json.read(json));
    }

    @Test
    void aTextThatIsCopiedAgainAndAgainCostsTooMuch() {
        var sum = "event" + " + event".repeat(30);
        var expression = SCOPE.compile("size(" + sum + ")", Purpose.ANY);

        assertThat(expression.json(Map.of("event", JsonValue.of("x".repeat(1_000)))))
                .isEqualTo(JsonValue.of(31_000));
        assertThatThrownBy(() -> expression.json(Map.of("event", JsonValue.of("x".repeat(1_000_000)))))
                .isInstanceOf(EvaluationException.class)
                .hasMessageContaining("costs more than");
    }
}
