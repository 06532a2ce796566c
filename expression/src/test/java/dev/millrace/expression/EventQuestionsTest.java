package dev.millrace.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.expression.EventQuestion.Equality;
import dev.millrace.manifest.Json;
import dev.millrace.manifest.JsonValue;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is asked of events: whether one fits, and where it need not be searched for. */
class EventQuestionsTest {
    private static final JsonValue NO_LABELS = new JsonValue.Object(Map.of());
    private final EventQuestions questions = new EventQuestions();

    private static EventQuestion asks(String where, Object... namesAndValues) {
        var values = new java.util.HashMap<String, JsonValue>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            values.put((String) namesAndValues[i], Json.read(((String) namesAndValues[i + 1])));
        }
        return new EventQuestion(where, values);
    }

    private boolean holds(EventQuestion question, String event) {
        return questions.holds(question, "paid", Json.read(event), NO_LABELS);
    }

    @Test
    void aValueIsBoundAndNeverPartOfTheText() {
        var question = asks("event.id == q", "q", "\"1' || true\"");
        assertThat(holds(question, "{\"id\":\"2\"}")).isFalse();
        assertThat(holds(question, "{\"id\":\"1' || true\"}")).isTrue();
    }

    @Test
    void anEventOfWhichItCannotBeToldDoesNotFit() {
        assertThat(holds(asks("event.id == 'a'"), "{}")).isFalse();
        assertThat(holds(asks("event.cents > 5"), "{\"cents\":\"many\"}")).isFalse();
        assertThat(holds(asks("true"), "7")).isTrue();
    }

    @Test
    void anEqualityIsSeenWhereItStandsFirst() {
        assertThat(asks("event.a.b == q && event.c > 1", "q", "\"x\"").equality())
                .contains(new Equality(List.of("a", "b"), "sx"));
        assertThat(asks("event.id == 'x'").equality()).contains(new Equality(List.of("id"), "sx"));
        assertThat(asks("event.n == 5").equality()).contains(new Equality(List.of("n"), "n5"));
        assertThat(asks("event.done == true").equality()).contains(new Equality(List.of("done"), "btrue"));
    }

    @Test
    void whatMayHoldOtherwiseIsNoEquality() {
        for (var where : List.of(
                "event.a == q || event.b == q",
                "event.c > 1",
                "event.a == q ? true : false",
                "event.a != q",
                "event.list[0] == q",
                "event.a == event.b",
                "true")) {
            assertThat(asks(where, "q", "\"x\"").equality()).as(where).isEmpty();
        }
        assertThat(asks("event.a == q", "q", "[1]").equality()).isEmpty();
        assertThat(asks("event.a == unbound").equality()).isEmpty();
    }

    @Test
    void valuesThatAreEqualHaveTheSameKey() {
        var event = Json.read("{\"one\":1,\"same\":1.0,\"half\":0.5,\"text\":\"1\",\"huge\":1e30,\"none\":null}");
        assertThat(EventQuestion.key(event, List.of("one"))).isEqualTo(EventQuestion.key(event, List.of("same")));
        assertThat(EventQuestion.key(event, List.of("one"))).isNotEqualTo(EventQuestion.key(event, List.of("text")));
        assertThat(EventQuestion.key(event, List.of("half"))).contains("n0.5");
        assertThat(EventQuestion.key(event, List.of("huge"))).isEmpty();
        assertThat(EventQuestion.key(event, List.of("none"))).isEmpty();
        assertThat(EventQuestion.key(event, List.of("absent"))).isEqualTo(Optional.empty());
        assertThat(EventQuestion.key(event, List.of("one", "deeper"))).isEmpty();
    }

    @Test
    void aQuestionThatCannotBeAnsweredIsRefused() {
        assertThatThrownBy(() -> questions.require(asks("event.a =="))).isInstanceOf(InvalidExpressionException.class);
        assertThatThrownBy(() -> questions.require(asks("event.a == q")))
                .isInstanceOf(InvalidExpressionException.class);
        assertThatThrownBy(() -> questions.require(asks("event.a + 1"))).isInstanceOf(InvalidExpressionException.class);
        assertThatThrownBy(() -> questions.require(asks("true", "event", "1")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'event'");
    }

    @Test
    void itIsReadAsItWasWritten() {
        var question = asks("event.a == q", "q", "{\"x\":[1]}");
        assertThat(EventQuestion.read(question.json())).isEqualTo(question);
        assertThatThrownBy(() -> EventQuestion.read("[]".getBytes())).isInstanceOf(IllegalArgumentException.class);
    }
}
