package dev.millrace.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ManifestRulesTest {

    @Test
    void whateverTheCompilerCouldWritePasses() {
        for (int seed = 0; seed < 500; seed++) {
            var manifest = Manifests.random(seed);
            assertThat(ManifestRules.check(manifest))
                    .as("seed %d", seed)
                    .allMatch(problem -> problem.code().equals("NOT_SUPPORTED"));
        }
    }

    @Test
    void aWorkflowHasAStep() {
        assertThat(problems(Manifests.of())).containsExactly("NO_STEPS steps");
    }

    @Test
    void namesAreUniqueOverStepsAndHandlers() {
        var manifest = with(
                Manifests.of(Manifests.step("a"), Manifests.step("a")),
                List.of(new CompensationSpec("a", handler("a"))),
                Optional.of(handler("a")));

        assertThat(problems(manifest))
                .containsExactly(
                        "DUPLICATE_NAME steps[1].name",
                        "DUPLICATE_NAME compensations[0].handler.name",
                        "DUPLICATE_NAME onFailure.name");
    }

    @Test
    void everyReferenceLeadsToAStep() {
        var manifest = edited(
                """
                {"compensations": [{"undoes": "x1", "handler": {"name": "undo", "policy": %s,
                                    "parameters": [{"name": "p", "source": "STEP", "step": "x2", "mode": "VALUE"}]}}],
                 "result": {"steps": ["x3"]}}
                """.formatted(policy()),
                Manifests.step("a", "x4"),
                new StepSpec("b", List.of(), List.of("x5"), OutputSpec.VOID, Defaults.stepPolicy(), List.of(), 0));

        assertThat(problems(manifest))
                .containsExactly(
                        "UNKNOWN_STEP steps[0].parameters[0].step",
                        "UNKNOWN_STEP steps[1].after[0]",
                        "UNKNOWN_STEP compensations[0].undoes",
                        "UNKNOWN_STEP compensations[0].handler.parameters[0].step",
                        "UNKNOWN_STEP result.steps[0]");
    }

    @Test
    void aCircleIsShownStepByStep() {
        var manifest = Manifests.of(
                Manifests.step("a"), Manifests.step("b", "a", "d"), Manifests.step("c", "b"), Manifests.step("d", "c"));

        assertThat(ManifestRules.check(manifest)).singleElement().satisfies(problem -> {
            assertThat(problem.code()).isEqualTo("CYCLE");
            assertThat(problem.message()).contains("b → d → c → b");
        });
    }

    @Test
    void aStepMayNotWaitForItself() {
        assertThat(ManifestRules.check(Manifests.of(Manifests.step("a", "a"))))
                .singleElement()
                .satisfies(problem -> assertThat(problem.message()).contains("a → a"));
    }

    @Test
    void aMappedStepHasOneListOfAStep() {
        var notAList = new StepSpec(
                "one",
                List.of(),
                List.of(),
                new OutputSpec(OutputSpec.Kind.VALUE, "T", Json.read("{\"type\":\"object\"}")),
                Defaults.stepPolicy(),
                List.of(),
                0);
        var manifest = Manifests.of(
                Manifests.step("list"),
                notAList,
                mapped("m1", "list"),
                mapped("m2", "one"),
                mapped("m3", "list", "m1"));

        assertThat(problems(manifest))
                .containsExactly("MAPPED_STEP steps[3].parameters[0].step", "MAPPED_STEP steps[4].parameters[1].mode");
    }

    @Test
    void onlyResultsOfStepsAreMappedOrOptional() {
        var step = new StepSpec(
                "a",
                List.of(
                        new ParameterSpec("in", ParameterSpec.Source.INPUT, "", ParameterSpec.Mode.EACH),
                        new ParameterSpec("why", ParameterSpec.Source.FAILURE, "", ParameterSpec.Mode.VALUE)),
                List.of(),
                OutputSpec.VOID,
                Defaults.stepPolicy(),
                List.of(),
                0);

        assertThat(problems(Manifests.of(step)))
                .containsExactly("PARAMETER steps[0].parameters[0].mode", "PARAMETER steps[0].parameters[1].source");
    }

    @Test
    void aStepWithoutValueHandsNoneOver() {
        var nothing = new StepSpec("a", List.of(), List.of(), OutputSpec.VOID, Defaults.stepPolicy(), List.of(), 0);

        assertThat(problems(edited("{\"result\":{\"steps\":[\"a\"]}}", nothing, Manifests.step("b", "a"))))
                .containsExactly("NO_VALUE steps[1].parameters[0].step", "NO_VALUE result.steps[0]");
    }

    @Test
    void aRateLimitIsThereAndCanBeMet() {
        var manifest = edited(
                """
                {"rateLimits": [{"name": "api", "limit": 10, "period": "1s", "burst": 5},
                                {"name": "api", "limit": 2000000000, "period": "1s", "burst": 5}]}
                """,
                new StepSpec(
                        "a",
                        List.of(),
                        List.of(),
                        OutputSpec.VOID,
                        Defaults.stepPolicy(),
                        List.of(new RateLimitUse("api", 6), new RateLimitUse("api", 1), new RateLimitUse("ipa", 1)),
                        0));

        assertThat(problems(manifest))
                .containsExactly(
                        "DUPLICATE_NAME rateLimits[1].name",
                        "RATE_LIMIT steps[0].rateLimits[0].cost",
                        "RATE_LIMIT steps[0].rateLimits[1].name",
                        "RATE_LIMIT steps[0].rateLimits[2].name",
                        "RATE_LIMIT rateLimits[1]");
    }

    @Test
    void aPolicyMakesSense() {
        var base = Defaults.stepPolicy();
        var twice = policy(Delivery.AT_MOST_ONCE, 1, base);
        var transactional = policy(Delivery.TRANSACTIONAL, 3, base);

        assertThat(problems(Manifests.of(withPolicy("a", twice), withPolicy("b", transactional))))
                .containsExactly("POLICY steps[0].policy.retries");
    }

    @Test
    void aTransactionIsCommittedWhenTheMethodReturns() {
        var policy = policy(Delivery.TRANSACTIONAL, 0, Defaults.stepPolicy());

        assertThat(problems(Manifests.of(calledOtherwise(policy, StepSpec.Kind.ASYNC, ""))))
                .contains("POLICY steps[0].policy.delivery");
        assertThat(problems(Manifests.of(calledOtherwise(policy, StepSpec.Kind.PLAIN, "guess"))))
                .contains("POLICY steps[0].policy.delivery");
        assertThat(problems(Manifests.of(calledOtherwise(policy, StepSpec.Kind.PLAIN, ""))))
                .isEmpty();
    }

    @Test
    void schemasAreSupported() {
        var manifest = edited(
                "{\"input\": {\"type\": \"T\", \"schema\": {\"type\": \"object\", \"properties\": {\"a\": {\"not\": {}}}}}}",
                Manifests.step("a"));

        assertThat(problems(manifest)).containsExactly("SCHEMA input.schema.properties.a.not");
    }

    @Test
    @Timeout(20)
    void theLargestManifestIsCheckedInOnePass() {
        var steps = new ArrayList<StepSpec>();
        for (int i = 0; i < Manifest.MAX_STEPS; i++) {
            steps.add(i == 0 ? Manifests.step("s0") : Manifests.step("s" + i, "s" + (i - 1)));
        }

        assertThat(ManifestRules.check(Manifests.of(steps.toArray(StepSpec[]::new))))
                .isEmpty();
        // The whole row as one circle must not overflow the stack either.
        steps.set(0, Manifests.step("s0", "s9999"));
        assertThat(problems(Manifests.of(steps.toArray(StepSpec[]::new)))).containsExactly("CYCLE steps[0]");
        steps.add(Manifests.step("more"));
        assertThat(problems(Manifests.of(steps.toArray(StepSpec[]::new)))).containsExactly("MANIFEST_TOO_LARGE steps");
    }

    @Test
    void problemsAreToldUpToALimit() {
        var steps = IntStream.range(0, 500)
                .mapToObj(i -> Manifests.step("s" + i, "x"))
                .toArray(StepSpec[]::new);

        assertThat(ManifestRules.check(Manifests.of(steps))).hasSize(100);
        assertThatCode(() -> ManifestRules.check(Manifests.of(steps)).get(99)).doesNotThrowAnyException();
    }

    @Test
    void aKindOfSlotsHasAName() {
        var named = withPolicy("a", Defaults.stepPolicy().withSlotKind("gpu-a100"));
        assertThat(problems(Manifests.of(named))).isEmpty();
        var unnamed = withPolicy("a", Defaults.stepPolicy().withSlotKind("my gpu"));
        assertThat(problems(Manifests.of(unnamed))).containsExactly("POLICY steps[0].policy.slotKind");
    }

    private static List<String> problems(Manifest manifest) {
        return ManifestRules.check(manifest).stream()
                .peek(problem -> assertThat(problem.message()).endsWith("."))
                .map(problem -> problem.code() + " " + problem.path())
                .toList();
    }

    private static StepSpec mapped(String name, String... lists) {
        var step = Manifests.step(name);
        return new StepSpec(
                name,
                List.of(lists).stream()
                        .map(list -> new ParameterSpec(list, ParameterSpec.Source.STEP, list, ParameterSpec.Mode.EACH))
                        .toList(),
                List.of(),
                step.output(),
                step.policy(),
                List.of(),
                0);
    }

    private static StepSpec withPolicy(String name, StepPolicy policy) {
        return new StepSpec(name, List.of(), List.of(), OutputSpec.VOID, policy, List.of(), 0);
    }

    private static StepSpec calledOtherwise(StepPolicy policy, StepSpec.Kind kind, String fallback) {
        return new StepSpec(
                "a",
                List.of(),
                List.of(),
                OutputSpec.VOID,
                policy,
                List.of(),
                0,
                kind,
                "",
                Sharing.NONE,
                Optional.empty(),
                Optional.empty(),
                fallback,
                Optional.empty());
    }

    private static StepPolicy policy(Delivery delivery, int retries, StepPolicy base) {
        return new StepPolicy(
                base.timeout(), base.queueTimeout(), retries, base.backoff(), delivery, 1, List.of(), List.of());
    }

    private static HandlerSpec handler(String name) {
        return new HandlerSpec(name, List.of(), Defaults.stepPolicy(), 0);
    }

    private static Manifest with(
            Manifest manifest, List<CompensationSpec> compensations, Optional<HandlerSpec> onFailure) {
        return new Manifest(
                manifest.workflow(),
                manifest.source(),
                manifest.description(),
                manifest.visibility(),
                manifest.weight(),
                manifest.deadline(),
                manifest.input(),
                manifest.steps(),
                compensations,
                onFailure,
                manifest.rateLimits(),
                manifest.result(),
                manifest.tags());
    }

    /** A manifest of these steps, with members of its JSON form replaced. */
    private static Manifest edited(String members, StepSpec... steps) {
        var json = (JsonValue.Object) ManifestJson.toJson(Manifests.of(steps));
        var edited = new java.util.LinkedHashMap<>(json.members());
        edited.putAll(((JsonValue.Object) Json.read(members)).members());
        return ManifestJson.fromJson(new JsonValue.Object(edited));
    }

    private static String policy() {
        return """
                {"timeout": "1s", "queueTimeout": "1s", "retries": 0, "delivery": "AT_LEAST_ONCE", "slots": 1,
                 "backoff": {"initial": "1s", "multiplier": 2, "max": "1s"}}""";
    }
}
