package dev.millrace.expression;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.manifest.ActionSpec;
import dev.millrace.manifest.BatchSpec;
import dev.millrace.manifest.CollectSpec;
import dev.millrace.manifest.ConcurrencySpec;
import dev.millrace.manifest.ConcurrencyStrategy;
import dev.millrace.manifest.DebounceSpec;
import dev.millrace.manifest.Defaults;
import dev.millrace.manifest.EventTrigger;
import dev.millrace.manifest.FairSpec;
import dev.millrace.manifest.Input;
import dev.millrace.manifest.Json;
import dev.millrace.manifest.Manifest;
import dev.millrace.manifest.ManifestProblem;
import dev.millrace.manifest.OutputSpec;
import dev.millrace.manifest.ParameterSpec;
import dev.millrace.manifest.ParameterSpec.Mode;
import dev.millrace.manifest.ParameterSpec.Source;
import dev.millrace.manifest.RateLimitUse;
import dev.millrace.manifest.Sharing;
import dev.millrace.manifest.StepSpec;
import dev.millrace.manifest.ThrottleSpec;
import dev.millrace.manifest.Triggers;
import dev.millrace.manifest.WaitSpec;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ManifestExpressionsTest {
    private static final String ORDER =
            "{\"type\":\"object\",\"properties\":{\"cents\":{\"type\":\"integer\"},\"customer\":{\"type\":\"string\"}}}";
    private static final String PARTS = "{\"type\":\"array\",\"items\":{\"$ref\":\"#/$defs/Part\"},\"$defs\":{\"Part\":"
            + "{\"type\":\"object\",\"properties\":{\"weight\":{\"type\":\"integer\"}}}}}";

    @Test
    void eachPlaceHasItsScope() {
        assertThat(ManifestExpressions.check(manifest(
                        "input.customer",
                        "event.cents > 1 && name == 'order.placed' && metadata.region == 'eu'",
                        "input.customer + metadata.region",
                        "part.weight > 1 && parts[0].weight > 1 && input.cents > 1 && maybe != null && others.size() > 0",
                        "event.cents == input.cents")))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | event.cents | sharing.concurrency[0].key | There is no 'event' here; there are input, metadata.",
                "0 | input.custmer | sharing.fairness.key | Did you mean 'customer'?",
                "1 | input.cents > 1 | triggers.events[0].where | There is no 'input' here; there are event, metadata, name.",
                "1 | event.cents | triggers.events[0].where | It must be true or false, but is int.",
                "2 | name | triggers.throttle.key | There is no 'name' here",
                "2 | name | triggers.debounce.key | There is no 'name' here",
                "3 | part.wieght > 1 | steps[1].when | Part has no 'wieght'; it has weight. Did you mean 'weight'?",
                "3 | part.size() > 1 | steps[1].when | 'size' does not work on",
                "3 | outcome != null | steps[1].when | There is no 'outcome' here; there are input, maybe, metadata, others, part, parts.",
                "4 | event.cents > part.weight | steps[1].parameters[5].awaits.where | There is no 'part' here; there are event, input, metadata, name.",
            })
    void anExpressionOutsideItsScopeIsToldWithItsPath(int place, String source, String path, String sentence) {
        String[] sources = {"input.customer", "true", "'x'", "true", "true"};
        sources[place] = source;

        assertThat(ManifestExpressions.check(manifest(sources)))
                .filteredOn(problem -> problem.path().equals(path))
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.code()).isEqualTo("EXPRESSION");
                    assertThat(problem.message()).contains(sentence).contains("\"" + source + "\" column ");
                });
    }

    @Test
    void keysCostsAndWeightsOfStepsAndActionsAreChecked() {
        var sharing = new Sharing(
                List.of(new ConcurrencySpec("", "x", 1, ConcurrencyStrategy.QUEUE)),
                Optional.of(new FairSpec("x", "'heavy'")));
        var manifest = manifest("input.customer", "true", "'x'", "true", "true");
        var step = manifest.steps().get(0).toBuilder()
                .sharing(sharing)
                .rateLimits(List.of(new RateLimitUse("api", "x", 1, "1.5")))
                .batch(new BatchSpec(2, Duration.ofSeconds(1), "x"))
                .build();
        var action = new ActionSpec(
                "act",
                OutputSpec.VOID,
                Defaults.stepPolicy(),
                List.of(new RateLimitUse("api", "x", 1, "x")),
                sharing,
                Optional.empty(),
                "",
                0);

        assertThat(ManifestExpressions.check(manifest.toBuilder()
                        .steps(List.of(step))
                        .actions(List.of(action))
                        .build()))
                .extracting(ManifestProblem::path)
                .containsExactly(
                        "steps[0].rateLimits[0].key",
                        "steps[0].rateLimits[0].costExpression",
                        "steps[0].sharing.concurrency[0].key",
                        "steps[0].sharing.fairness.key",
                        "steps[0].sharing.fairness.weight",
                        "steps[0].batch.key",
                        "actions[0].rateLimits[0].key",
                        "actions[0].rateLimits[0].costExpression",
                        "actions[0].sharing.concurrency[0].key",
                        "actions[0].sharing.fairness.key",
                        "actions[0].sharing.fairness.weight");
    }

    @Test
    void whereStartsAreGatheredTheyAreElementsOfTheInput() {
        var collect = new CollectSpec(2, Duration.ofSeconds(1), "input.weight");
        var manifest = Manifest.named("w")
                .input(new Input("List<Part>", Json.read(PARTS)))
                .triggers(new Triggers(
                        List.of(new EventTrigger("part", "event.weight > 1")),
                        List.of(),
                        Optional.of(collect),
                        Optional.empty(),
                        Optional.empty()))
                .sharing(new Sharing(
                        List.of(new ConcurrencySpec("", "input[0].weight", 1, ConcurrencyStrategy.QUEUE)),
                        Optional.empty()))
                .build();

        assertThat(ManifestExpressions.check(manifest)).isEmpty();
    }

    /** @param sources of the run, of an event, of a start, of a task and of an awaited event */
    private static Manifest manifest(String... sources) {
        var split = StepSpec.named("split")
                .output(new OutputSpec(OutputSpec.Kind.VALUE, "List<Part>", Json.read(PARTS)))
                .build();
        var wait = new WaitSpec("paid", sources[4], Optional.empty(), "", "Order", Json.read(ORDER));
        var ship = StepSpec.named("ship")
                .parameters(List.of(
                        new ParameterSpec("part", Source.STEP, "split", Mode.EACH),
                        ParameterSpec.step("parts", "split"),
                        new ParameterSpec("maybe", Source.STEP, "count", Mode.OPTIONAL),
                        new ParameterSpec("outcome", Source.STEP, "count", Mode.OUTCOME),
                        ParameterSpec.step("others", "weigh"),
                        ParameterSpec.awaiting("paid", Source.EVENT, Mode.VALUE, wait)))
                .when(sources[3])
                .build();
        var count = StepSpec.named("count")
                .output(new OutputSpec(OutputSpec.Kind.OPTIONAL, "Integer", Json.read("{\"type\":\"integer\"}")))
                .build();
        var weigh = StepSpec.named("weigh")
                .parameters(List.of(new ParameterSpec("part", Source.STEP, "split", Mode.EACH)))
                .output(new OutputSpec(OutputSpec.Kind.VALUE, "Integer", Json.read("{\"type\":\"integer\"}")))
                .build();
        return Manifest.named("w")
                .input(new Input("Order", Json.read(ORDER)))
                .sharing(new Sharing(
                        List.of(new ConcurrencySpec("", sources[0], 1, ConcurrencyStrategy.QUEUE)),
                        Optional.of(new FairSpec(sources[0], FairSpec.EQUAL))))
                .triggers(new Triggers(
                        List.of(new EventTrigger("order.*", sources[1])),
                        List.of(),
                        Optional.empty(),
                        Optional.of(new DebounceSpec(Duration.ofSeconds(1), Optional.empty(), sources[2])),
                        Optional.of(new ThrottleSpec(1, Duration.ofSeconds(1), sources[2]))))
                .steps(List.of(split, ship, count, weigh))
                .build();
    }
}
