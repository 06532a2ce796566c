package dev.millrace.controlplane.triggers.cel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.controlplane.testing.TestControlPlane;
import dev.millrace.expression.Expressions.Purpose;
import dev.millrace.manifest.Json;
import dev.millrace.manifest.JsonValue;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class CelControllerTest {
    private static final TestControlPlane PLANE = TestControlPlane.shared();

    private static TestControlPlane.Answer evaluate(String expression, String more) {
        return PLANE.ask(
                "POST", "/api/v1/cel/evaluate", "{\"expression\":" + Json.write(JsonValue.of(expression)) + more + "}");
    }

    @Test
    void anExpressionIsEvaluatedAgainstAnExample() {
        var answer = evaluate(
                "event.cents > 1000 && metadata['region'] == 'eu' && name == 'order.placed'",
                ",\"event\":{\"cents\":1001},\"metadata\":{\"region\":\"eu\"},\"name\":\"order.placed\"");

        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.json().members().get("value")).isEqualTo(JsonValue.TRUE);
        assertThat(answer.text("type")).isEqualTo("boolean");
        assertThat(answer.json().members()).doesNotContainKeys("mistakes", "failure");
    }

    @Test
    void aValueKeepsItsShape() {
        var answer = evaluate("{'sum': event.a + 1, 'list': [event.b]}", ",\"event\":{\"a\":2,\"b\":null}");

        assertThat(answer.json().members().get("value")).isEqualTo(Json.read("{\"sum\":3,\"list\":[null]}"));
        assertThat(answer.text("type")).isEqualTo("object");
    }

    @Test
    void aMistakeIsToldWithItsColumn() {
        var answer = evaluate("event.cents > 1 && evnt.x == 2", ",\"event\":{}");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().members().get("mistakes"))
                .isEqualTo(
                        Json.read(
                                "[{\"column\":20,\"message\":\"There is no 'evnt' here; there are event, metadata, name. Did you mean 'event'?\"}]"));
        assertThat(answer.json().members()).doesNotContainKey("value");
    }

    @Test
    void aFilterMustBeTrueOrFalse() {
        var answer = evaluate("'text'", ",\"purpose\":\"CONDITION\"");

        assertThat(answer.body()).contains("It must be true or false, but is string.");
    }

    @Test
    void aMissingMemberIsAFailureOfTheEvaluation() {
        var answer = evaluate("event.nothing == 1", ",\"event\":{}");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text("failure")).contains("has no value").contains("nothing");
    }

    @Test
    void whatCostsTooMuchFailsAndHurtsNobody() {
        var list = "[" + "1,".repeat(8_000) + "1]";
        var answer = evaluate("event.all(x, event.all(y, x + y > 0))", ",\"event\":" + list);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text("failure")).contains("has no value");
        assertThat(evaluate("x".repeat(1_025), "").body()).contains("too long");
        assertThat(evaluate("(".repeat(100) + "1" + ")".repeat(100), "").body()).contains("mistakes");
        assertThat(evaluate("'a'.matches('(a{900}){900}')", "").body()).contains("failure");
    }

    @Test
    void anExampleThatIsTooLargeIsRefused() {
        var answer = evaluate("true", ",\"event\":\"" + "x".repeat(300_000) + "\"");

        assertThat(answer.status()).isEqualTo(413);
        assertThat(answer.code()).isEqualTo("PAYLOAD_TOO_LARGE");
    }

    @Test
    void whatIsRememberedIsBounded() {
        var expressions = new EventExpressions();
        var first = expressions.compile("event.n == -1", Purpose.CONDITION);
        assertThat(expressions.compile("event.n == -1", Purpose.CONDITION)).isSameAs(first);
        for (int i = 0; i < EventExpressions.MOST + 10; i++) {
            expressions.compile("event.n == " + i, Purpose.CONDITION);
        }
        assertThat(expressions.remembered()).isEqualTo(EventExpressions.MOST);
        assertThat(expressions
                        .compile("event.n == 7", Purpose.CONDITION)
                        .holds(Map.of("event", Json.read("{\"n\":7,\"id\":\"" + UUID.randomUUID() + "\"}"))))
                .isTrue();
    }
}
