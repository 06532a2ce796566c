package dev.millrace.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.manifest.ConcurrencySpec;
import dev.millrace.manifest.ConcurrencyStrategy;
import dev.millrace.manifest.Defaults;
import dev.millrace.manifest.FairSpec;
import dev.millrace.manifest.Input;
import dev.millrace.manifest.InvalidManifestException;
import dev.millrace.manifest.Json;
import dev.millrace.manifest.JsonValue;
import dev.millrace.manifest.Manifest;
import dev.millrace.manifest.OutputSpec;
import dev.millrace.manifest.ParameterSpec;
import dev.millrace.manifest.RateLimitUse;
import dev.millrace.manifest.ResultSpec;
import dev.millrace.manifest.Sharing;
import dev.millrace.manifest.StepSpec;
import dev.millrace.manifest.StepSpecBuilder;
import dev.millrace.manifest.Visibility;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WorkflowExpressionsTest {
    private static final JsonValue ORDER = Json.read("""
            {"type":"object","title":"Order","required":["cents"],
             "properties":{"cents":{"type":"integer"},"region":{"type":"string"}}}""");
    private static final JsonValue PAYMENT = Json.read("""
            {"type":"object","title":"Payment","properties":{"risk":{"type":"number"},"by":{"$ref":"#/$defs/Person"}},
             "$defs":{"Person":{"type":"object","title":"Person","properties":{"age":{"type":"integer"}}}}}""");
    private static final JsonValue LINES = Json.read("""
            {"type":"array","items":{"type":"object","title":"Line","properties":
             {"sku":{"type":"string"},"count":{"type":"integer"}}}}""");
    private static final JsonValue INPUT = Json.read("{\"cents\":5}");
    private static final Answer PLAIN = new Answer.Ahead(List.of(), "", 1, List.of(), List.of());

    private static StepSpecBuilder step(String name, JsonValue output, ParameterSpec... parameters) {
        return StepSpec.named(name)
                .output(new OutputSpec(OutputSpec.Kind.VALUE, "Object", output))
                .parameters(List.of(parameters));
    }

    private static WorkflowExpressions expressions(Sharing sharing, StepSpecBuilder... steps) {
        var manifest = new Manifest(
                "orders",
                "com.acme.Orders",
                "",
                Visibility.PUBLIC,
                Defaults.WEIGHT,
                Defaults.RUN_DEADLINE,
                new Input("Order", ORDER),
                Arrays.stream(steps).map(StepSpecBuilder::build).toList(),
                List.of(),
                Optional.empty(),
                List.of(),
                new ResultSpec(List.of()),
                List.of());
        return new WorkflowExpressions(manifest.toBuilder().sharing(sharing).build());
    }

    private static StepSpecBuilder charge() {
        return step("charge", PAYMENT, ParameterSpec.input("order"));
    }

    private static StepSpecBuilder ship() {
        return step("ship", JsonValue.TRUE, ParameterSpec.step("payment", "charge"));
    }

    private static StepSpecBuilder pack() {
        return step(
                "pack",
                JsonValue.TRUE,
                new ParameterSpec("line", ParameterSpec.Source.STEP, "lines", ParameterSpec.Mode.EACH),
                ParameterSpec.input("order"));
    }

    private static StepSpecBuilder lines() {
        return step("lines", LINES, ParameterSpec.input("order"));
    }

    private static Sharing key(String key) {
        return new Sharing(List.of(new ConcurrencySpec("", key, 2, ConcurrencyStrategy.QUEUE)), Optional.empty());
    }

    private static Sharing fair(String key, String weight) {
        return new Sharing(List.of(), Optional.of(new FairSpec(key, weight)));
    }

    /** What the expressions of "ship" say. */
    private static Answer ship(StepSpecBuilder ship, String payment) {
        var answer = expressions(Sharing.NONE, charge(), ship)
                .ofStep(1, INPUT, Map.of("region", "eu"), Map.of("payment", Json.read(payment)), 1);
        assertThat(answer.perElement()).isFalse();
        return answer.answers().get(0);
    }

    private static WorkflowExpressions.OfStep pack(StepSpecBuilder pack, String lines) {
        var list = (JsonValue.Array) Json.read(lines);
        return expressions(Sharing.NONE, lines(), pack)
                .ofStep(1, INPUT, Map.of(), Map.of("line", list), list.items().size());
    }

    private static void assertUntold(Answer answer, boolean condition, String... words) {
        assertThat(answer).isInstanceOfSatisfying(Answer.Untold.class, untold -> {
            assertThat(untold.condition()).isEqualTo(condition);
            assertThat(untold.message()).contains(words);
        });
    }

    // ---- conditions ----

    @Test
    void aConditionNamesTheInputTheLabelsAndTheParameters() {
        var when = "input.cents > 1 && metadata.region == 'eu' && payment.risk < 0.8 && payment.by.age >= 18";
        assertThat(ship(ship().when(when), "{\"risk\":0.5,\"by\":{\"age\":20}}"))
                .isEqualTo(PLAIN);
        assertThat(ship(ship().when(when), "{\"risk\":0.9,\"by\":{\"age\":20}}"))
                .isEqualTo(new Answer.Left());
    }

    @Test
    void theResultsOfAMappedParentAreAList() {
        var each = new ParameterSpec("line", ParameterSpec.Source.STEP, "lines", ParameterSpec.Mode.EACH);
        var mapped = expressions(
                Sharing.NONE,
                lines(),
                step("charge", PAYMENT, each),
                step("ship", JsonValue.TRUE, ParameterSpec.step("payments", "charge"))
                        .when("size(payments) == 1 && payments[0].by.age > 1"));
        assertThat(mapped.ofStep(2, INPUT, Map.of(), Map.of("payments", Json.read("[{\"by\":{\"age\":7}}]")), 1)
                        .answers())
                .containsExactly(PLAIN);
    }

    @Test
    void whatASkippedParentWouldHaveGivenIsNull() {
        assertThat(ship(ship().when("payment == null || payment.risk < 0.8"), "null"))
                .isEqualTo(PLAIN);
        assertUntold(ship(ship().when("payment.risk < 0.8"), "null"), true, "'ship'", "payment.risk < 0.8");
    }

    @Test
    void anExpressionThatNamesWhatThereIsNotIsRefusedWhereItStands() {
        assertThatThrownBy(() -> ship(ship().when("payment.rsk < 0.8"), "{}"))
                .isInstanceOfSatisfying(
                        InvalidManifestException.class,
                        e -> assertThat(e.path()).isEqualTo("steps[1].when"))
                .hasMessageContaining("'ship'")
                .hasMessageContaining("risk");
        assertThatThrownBy(() -> ship(ship().when("payment.risk"), "{}")).hasMessageContaining("true or false");
    }

    // ---- keys, weights and costs ----

    @Test
    void keysStandInTheOrderOfTheManifestAndAreEmptyWhereALimitHasNone() {
        var sharing = new Sharing(
                List.of(
                        new ConcurrencySpec("all", "", 9, ConcurrencyStrategy.QUEUE),
                        new ConcurrencySpec("each", "payment.by.age", 2, ConcurrencyStrategy.QUEUE)),
                Optional.of(new FairSpec("input.cents > 1", "payment.risk * 2.0")));
        var uses = List.of(
                new RateLimitUse("bank", 3), new RateLimitUse("api", "metadata.region", 1, "payment.by.age + 1"));
        assertThat(ship(ship().sharing(sharing).rateLimits(uses), "{\"risk\":0.25,\"by\":{\"age\":20}}"))
                .isEqualTo(new Answer.Ahead(List.of("", "20"), "true", 0.5, List.of("", "eu"), List.of(3L, 21L)));
    }

    @Test
    void aKeyThatIsMissingNullEmptyOrTooLongIsNoKey() {
        assertUntold(ship(ship().sharing(key("input.region")), "{}"), false, "'ship'", "input.region");
        assertUntold(untold("null"), false, "nobody's key");
        assertUntold(untold("''"), false, "1 to 256 characters");
        assertUntold(untold("'" + "x".repeat(257) + "'"), false, "not 257");
    }

    /** The answer where a key has this value, whatever its type. */
    private static Answer untold(String value) {
        return ship(ship().sharing(key("[dyn(" + value + ")][0]")), "{}");
    }

    @Test
    void aKeyOfAnotherTypeIsNoKey() {
        assertUntold(untold("1.5"), false, "no text, whole number or truth value");
        assertUntold(untold("[1]"), false, "no text, whole number or truth value");
        assertUntold(untold("{'a': 1}"), false, "no text, whole number or truth value");
    }

    @Test
    void aCostIsAWholeNumberOfAtLeastOne() {
        for (var cost : List.of("0", "-1", "input.cents - 5", "[dyn('7')][0]")) {
            var uses = List.of(new RateLimitUse("api", "", 1, cost));
            assertUntold(ship(ship().rateLimits(uses), "{}"), false, "cost at rate limit 'api'", "at least 1");
        }
    }

    @Test
    void aWeightIsANumberAboveZero() {
        for (var weight : List.of("0", "-0.5", "1.0 / 0.0", "0.0 / 0.0", "[dyn('7')][0]", "2000000")) {
            assertUntold(ship(ship().sharing(fair("'k'", weight)), "{}"), false, "weight of its fair turns", "above 0");
        }
        assertThat(ship(ship().sharing(fair("'k'", "0.1")), "{}"))
                .isEqualTo(new Answer.Ahead(List.of(), "k", 0.1, List.of(), List.of()));
    }

    @Test
    void aKeyThatCostsTooMuchIsNoKey() {
        var list = "[1,2,3,4,5,6,7,8,9,10]";
        var slow = "%1$s.map(a, %1$s.map(b, %1$s.map(c, %1$s.map(d, a + b + c + d)))).size()".formatted(list);
        assertUntold(ship(ship().sharing(key(slow)), "{}"), false, "a concurrency limit of step 'ship'");
    }

    @Test
    void whatIsNotToRunNeedsNoKey() {
        assertThat(ship(ship().when("false").sharing(key("input.region")), "{}"))
                .isEqualTo(new Answer.Left());
    }

    // ---- at the start ----

    @Test
    void theStartDecidesWhatNeedsNoMoreThanTheInputAndTheLabels() {
        var compiled = expressions(
                key("input.cents"),
                charge().when("order.cents > 1 && metadata.region == 'eu'"),
                ship().when("payment.risk < 0.8"),
                lines(),
                pack().sharing(fair("order.cents", "1")));
        assertThat(compiled.decideAtStart()).isTrue();
        var start = compiled.atStart(INPUT, Map.of("region", "us"));
        assertThat(start.run()).isEqualTo(new Answer.Ahead(List.of("5"), "", 1, List.of(), List.of()));
        assertThat(start.steps())
                .containsOnly(
                        Map.entry(0, new Answer.Left()),
                        Map.entry(3, new Answer.Ahead(List.of(), "5", 1, List.of(), List.of())));
    }

    @Test
    void aStartThatHasNothingToDecideSaysSo() {
        assertThat(expressions(Sharing.NONE, charge(), ship().when("payment.risk < 0.8"))
                        .decideAtStart())
                .isFalse();
    }

    @Test
    void aKeyOfTheRunThatHasNoValueIsTold() {
        assertUntold(
                expressions(key("input.region"), charge())
                        .atStart(INPUT, Map.of())
                        .run(),
                false,
                "workflow 'orders'",
                "input.region");
    }

    // ---- elements ----

    @Test
    void aConditionThatNamesTheElementIsAskedForEach() {
        assertThat(pack(pack().when("line.count > 1"), "[{\"count\":1},{\"count\":2},{}]"))
                .satisfies(answer -> {
                    assertThat(answer.perElement()).isTrue();
                    assertThat(answer.answers().subList(0, 2)).containsExactly(new Answer.Left(), PLAIN);
                    assertUntold(answer.answers().get(2), true, "line.count");
                });
    }

    @Test
    void aConditionThatDoesNotNameTheElementDecidesAboutTheWholeStep() {
        var pack = pack().when("order.cents > 9").sharing(key("line.sku"));
        assertThat(pack(pack, "[{\"sku\":\"a\"}]"))
                .isEqualTo(new WorkflowExpressions.OfStep(false, List.of(new Answer.Left())));
        assertThat(pack(pack().when("order.cents > 1").sharing(key("line.sku")), "[{\"sku\":\"a\"},{\"sku\":\"b\"}]"))
                .isEqualTo(new WorkflowExpressions.OfStep(
                        true,
                        List.of(
                                new Answer.Ahead(List.of("a"), "", 1, List.of(), List.of()),
                                new Answer.Ahead(List.of("b"), "", 1, List.of(), List.of()))));
    }

    @Test
    void allElementsTogetherCostNoMoreThanOneQuestionMay() {
        var list = "[1,2,3,4,5,6,7,8,9,10]";
        var slow = "%1$s.all(a, %1$s.all(b, %1$s.all(c, a + b + c < 100))) ? line.sku : ''".formatted(list);
        var lines = "[" + "{\"sku\":\"a\"},".repeat(5_000) + "{\"sku\":\"a\"}]";
        var answers = pack(pack().sharing(key(slow)), lines).answers();
        assertThat(answers.get(0)).isEqualTo(new Answer.Ahead(List.of("a"), "", 1, List.of(), List.of()));
        assertUntold(answers.get(5_000), false, "costs more");
    }
}
