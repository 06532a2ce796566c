package dev.millrace.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.expression.Expressions.Purpose;
import dev.millrace.manifest.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No expression may keep the thread that evaluates it, or fill its memory, whatever the values are. */
class CostTest {
    private static final Expressions SCOPE = new Expressions(Scope.of(Map.of(
            "list", new ValueType.ListOf(ValueType.TEXT),
            "numbers", new ValueType.ListOf(ValueType.INT),
            "text", ValueType.TEXT)));

    private static final Map<String, JsonValue> LARGE = Map.of(
            "list", texts(9_000, "a"),
            "numbers", numbers(9_000),
            "text", JsonValue.of("x".repeat(1_000_000)));

    @ParameterizedTest
    @Timeout(60)
    @ValueSource(
            strings = {
                "list.map(item, text + item).size() > 0",
                "list.all(item, text == text + '')",
                "list.all(item, list == list)",
                "list.all(item, list + list != list)",
                "list.all(item, item in list || 'b' in list)",
                "list.exists(item, text.contains('xy'))",
                "list.exists(item, text.matches('x*y'))",
                "list.exists(item, text.endsWith('y') || text.startsWith('y' + text))",
                "list.exists(item, size(text + item) < 0)",
                "list.exists(item, string(text + item) == '')",
                "numbers.exists(n, numbers[n] + numbers[n] + numbers[n] + numbers[n] + numbers[n] + numbers[n] + numbers[n]"
                        + " + numbers[n] + numbers[n] + numbers[n] + numbers[n] + numbers[n] + numbers[n] + numbers[n] +"
                        + " numbers[n] + numbers[n] + numbers[n] + numbers[n] + numbers[n] + numbers[n] + numbers[n] +"
                        + " numbers[n] + numbers[n] + numbers[n] + numbers[n] + numbers[n] + numbers[n] + numbers[n] < 0)",
            })
    void whatCostsTooMuchEndsWithASentence(String source) {
        var condition = SCOPE.compile(source, Purpose.CONDITION);

        assertThatThrownBy(() -> condition.holds(LARGE))
                .isInstanceOf(EvaluationException.class)
                .hasMessageContaining("it costs more than 1000000 steps");
    }

    @Test
    @Timeout(60)
    void anErrorThatALogicalOperatorWouldSwallowStillEndsIt() {
        // "true || error" is true in CEL; work that nobody may do must not come out as an answer.
        var condition = SCOPE.compile("list.exists(item, list.all(b, text == text)) || true", Purpose.CONDITION);

        assertThatThrownBy(() -> condition.holds(LARGE)).isInstanceOf(EvaluationException.class);
    }

    @Test
    void theSizeOfValuesAloneCostsNothing() {
        assertThat(SCOPE.compile("list.all(item, size(item) == 1) && size(text) == 1000000", Purpose.CONDITION)
                        .holds(LARGE))
                .isTrue();
        assertThat(SCOPE.compile("text.contains('y') || list.exists(item, item == 'a')", Purpose.CONDITION)
                        .holds(LARGE))
                .isTrue();
        assertThat(SCOPE.compile("text + text + text != text", Purpose.CONDITION)
                        .holds(LARGE))
                .isTrue();
    }

    private static JsonValue texts(int count, String text) {
        var items = new ArrayList<JsonValue>();
        IntStream.range(0, count).forEach(i -> items.add(JsonValue.of(text)));
        return new JsonValue.Array(items);
    }

    private static JsonValue numbers(int count) {
        List<JsonValue> items =
                IntStream.range(0, count).mapToObj(i -> JsonValue.of(i % 100)).toList();
        return new JsonValue.Array(items);
    }
}
