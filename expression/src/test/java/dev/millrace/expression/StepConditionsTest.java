package dev.millrace.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.manifest.Defaults;
import dev.millrace.manifest.Input;
import dev.millrace.manifest.InvalidManifestException;
import dev.millrace.manifest.Json;
import dev.millrace.manifest.JsonValue;
import dev.millrace.manifest.Manifest;
import dev.millrace.manifest.OutputSpec;
import dev.millrace.manifest.ParameterSpec;
import dev.millrace.manifest.ResultSpec;
import dev.millrace.manifest.Sharing;
import dev.millrace.manifest.StepSpec;
import dev.millrace.manifest.Visibility;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StepConditionsTest {
    private static final JsonValue ORDER = Json.read("""
            {"type":"object","title":"Order","required":["cents"],"properties":{"cents":{"type":"integer"}}}""");
    private static final JsonValue PAYMENT = Json.read("""
            {"type":"object","title":"Payment","properties":{"risk":{"type":"number"},"by":{"$ref":"#/$defs/Person"}},
             "$defs":{"Person":{"type":"object","title":"Person","properties":{"age":{"type":"integer"}}}}}""");

    private static StepSpec step(String name, JsonValue output, String when, ParameterSpec... parameters) {
        return new StepSpec(
                name,
                List.of(parameters),
                List.of(),
                new OutputSpec(OutputSpec.Kind.VALUE, "Object", output),
                Defaults.stepPolicy(),
                List.of(),
                0,
                StepSpec.Kind.PLAIN,
                when,
                Sharing.NONE,
                Optional.empty(),
                Optional.empty(),
                "",
                Optional.empty());
    }

    private static StepConditions conditions(StepSpec... steps) {
        return new StepConditions(new Manifest(
                "orders",
                "com.acme.Orders",
                "",
                Visibility.PUBLIC,
                Defaults.WEIGHT,
                Defaults.RUN_DEADLINE,
                new Input("Order", ORDER),
                List.of(steps),
                List.of(),
                Optional.empty(),
                List.of(),
                new ResultSpec(List.of()),
                List.of()));
    }

    private static StepConditions after(String when) {
        return conditions(
                step("charge", PAYMENT, "", ParameterSpec.input("order")),
                step("ship", JsonValue.TRUE, when, ParameterSpec.step("payment", "charge")));
    }

    private static Map<String, JsonValue> values(String payment) {
        return Map.of(
                "input", Json.read("{\"cents\":5}"),
                "metadata", Json.read("{\"region\":\"eu\"}"),
                "payment", Json.read(payment));
    }

    @Test
    void aConditionNamesTheInputTheLabelsAndTheParameters() {
        var conditions =
                after("input.cents > 1 && metadata.region == 'eu' && payment.risk < 0.8 && payment.by.age >= 18");
        assertThat(conditions.holds(1, values("{\"risk\":0.5,\"by\":{\"age\":20}}")))
                .isTrue();
        assertThat(conditions.holds(1, values("{\"risk\":0.9,\"by\":{\"age\":20}}")))
                .isFalse();
    }

    @Test
    void theResultsOfAMappedParentAreAList() {
        var each = new ParameterSpec("line", ParameterSpec.Source.STEP, "lines", ParameterSpec.Mode.EACH);
        var conditions = conditions(
                step(
                        "lines",
                        Json.read("{\"type\":\"array\",\"items\":{\"type\":\"string\"}}"),
                        "",
                        ParameterSpec.input("order")),
                step("charge", PAYMENT, "", each),
                step(
                        "ship",
                        JsonValue.TRUE,
                        "size(payments) == 1 && payments[0].by.age > 1",
                        ParameterSpec.step("payments", "charge")));
        assertThat(conditions.holds(
                        2,
                        Map.of(
                                "input", Json.read("{\"cents\":5}"),
                                "metadata", Json.read("{}"),
                                "payments", Json.read("[{\"by\":{\"age\":7}}]"))))
                .isTrue();
    }

    @Test
    void whatASkippedParentWouldHaveGivenIsNull() {
        assertThat(after("payment == null || payment.risk < 0.8").holds(1, values("null")))
                .isTrue();
        assertThatThrownBy(() -> after("payment.risk < 0.8").holds(1, values("null")))
                .isInstanceOf(EvaluationException.class)
                .hasMessageContaining("payment.risk < 0.8");
    }

    @Test
    void aConditionThatNamesWhatThereIsNotIsRefusedWhereItStands() {
        assertThatThrownBy(() -> after("payment.rsk < 0.8"))
                .isInstanceOfSatisfying(
                        InvalidManifestException.class,
                        e -> assertThat(e.path()).isEqualTo("steps[1].when"))
                .hasMessageContaining("'ship'")
                .hasMessageContaining("risk");
        assertThatThrownBy(() -> after("payment.risk")).hasMessageContaining("true or false");
    }
}
