package dev.millrace.manifest;

import dev.millrace.manifest.placement.LabelComparator;
import dev.millrace.manifest.placement.LabelPreference;
import dev.millrace.manifest.placement.LabelRequirement;
import dev.millrace.manifest.placement.PlacementSpec;
import dev.millrace.manifest.placement.Stickiness;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Manifests for tests: small ones by hand, and any number of valid ones from a seed. */
final class Manifests {
    private static final JsonValue LIST = new JsonValue.Object(Map.of("type", JsonValue.of("array")));

    private Manifests() {}

    static StepSpec step(String name, String... parents) {
        var parameters = parents.length == 0
                ? List.of(ParameterSpec.input("in"))
                : Stream.of(parents)
                        .map(parent -> ParameterSpec.step(parent, parent))
                        .toList();
        return new StepSpec(
                name,
                parameters,
                List.of(),
                new OutputSpec(OutputSpec.Kind.VALUE, "java.lang.String", LIST),
                Defaults.stepPolicy(),
                List.of(),
                0);
    }

    static Manifest of(StepSpec... steps) {
        return new Manifest(
                "orders",
                "com.acme.Orders",
                "",
                Defaults.VISIBILITY,
                Defaults.WEIGHT,
                Defaults.RUN_DEADLINE,
                new Input("com.acme.Order", JsonValue.TRUE),
                List.of(steps),
                List.of(),
                Optional.empty(),
                List.of(),
                new ResultSpec(List.of()),
                List.of());
    }

    /** The JSON form of a manifest in which each member there is occurs, but {@code debounce}. */
    static String everything() {
        try (var file = Manifests.class.getResourceAsStream("everything.json")) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same with {@code debounce} in the place of {@code collect}: the two exclude each other. */
    static String debounced() {
        var collect = """
                "collect": {
                      "maxSize": 100,
                      "maxWait": "10s",
                      "key": "input.customer"
                    }""";
        return everything()
                .replace(
                        collect,
                        "\"debounce\": {\"quiet\": \"10s\", \"maxWait\": \"1m\", \"key\": \"input.customer\"}");
    }

    static Manifest random(long seed) {
        return new Generator(new Random(seed)).manifest();
    }

    static Duration duration(Random random) {
        return Duration.ofMillis(1 + random.nextInt(1_000_000_000));
    }

    static <T> T pick(Random random, T[] values) {
        return values[random.nextInt(values.length)];
    }

    private record Generator(Random random) {

        Manifest manifest() {
            int count = 1 + random.nextInt(8);
            var limits =
                    IntStream.range(0, random.nextInt(3)).mapToObj(this::limit).toList();
            var steps = new ArrayList<StepSpec>();
            for (int i = 0; i < count; i++) {
                steps.add(step(i, limits));
            }
            var compensations = IntStream.range(0, count)
                    .filter(i -> random.nextInt(3) == 0)
                    .mapToObj(i -> new CompensationSpec("s" + i, handler("undo" + i, false)))
                    .toList();
            var manifest = new Manifest(
                    "w" + random.nextInt(100),
                    "com.acme.W$" + random.nextInt(),
                    random.nextBoolean() ? "" : "Sends \"things\"\nto 日本 😀",
                    pick(Visibility.values()),
                    pick(Weight.values()),
                    duration(),
                    new Input("I", schema()),
                    steps,
                    compensations,
                    random.nextBoolean() ? Optional.empty() : Optional.of(handler("alert", true)),
                    limits,
                    new ResultSpec(random.nextBoolean() ? List.of() : List.of("s0")),
                    random.nextBoolean() ? List.of() : List.of("red", "grün"));
            return random.nextBoolean() ? manifest : extended(manifest);
        }

        private Manifest extended(Manifest manifest) {
            var more = new Vocabulary(random);
            return manifest.toBuilder()
                    .pinning(pick(Pinning.values()))
                    .actions(more.actions())
                    .sharing(more.sharing())
                    .budgets(more.budgets())
                    .triggers(more.triggers())
                    .metadata(random.nextBoolean() ? Map.of() : Map.of("team", "Größe", "a", ""))
                    .steps(manifest.steps().stream().map(more::extended).toList())
                    .build();
        }

        private StepSpec step(int number, List<RateLimitSpec> limits) {
            var parameters = new ArrayList<ParameterSpec>();
            for (int i = random.nextInt(3); i > 0; i--) {
                parameters.add(
                        number == 0 || random.nextInt(3) == 0
                                ? random.nextBoolean() ? ParameterSpec.input("i" + i) : ParameterSpec.context("c" + i)
                                : new ParameterSpec(
                                        "p" + i,
                                        ParameterSpec.Source.STEP,
                                        "s" + random.nextInt(number),
                                        pick(new ParameterSpec.Mode[] {
                                            ParameterSpec.Mode.VALUE,
                                            ParameterSpec.Mode.OPTIONAL,
                                            ParameterSpec.Mode.OUTCOME
                                        })));
            }
            if (number > 0 && random.nextInt(4) == 0) {
                parameters.add(new ParameterSpec(
                        "each", ParameterSpec.Source.STEP, "s" + random.nextInt(number), ParameterSpec.Mode.EACH));
            }
            return new StepSpec(
                    "s" + number,
                    parameters,
                    number > 0 && random.nextInt(4) == 0 ? List.of("s" + random.nextInt(number)) : List.of(),
                    new OutputSpec(
                            pick(new OutputSpec.Kind[] {OutputSpec.Kind.VALUE, OutputSpec.Kind.OPTIONAL}), "T", LIST),
                    policy(),
                    limits.stream()
                            .filter(limit -> random.nextInt(3) == 0)
                            .map(limit -> new RateLimitUse(limit.name(), 1 + random.nextInt((int) limit.burst())))
                            .toList(),
                    random.nextInt(1000));
        }

        private HandlerSpec handler(String name, boolean onFailure) {
            return new HandlerSpec(
                    name,
                    onFailure
                            ? List.of(
                                    ParameterSpec.input("input"),
                                    new ParameterSpec(
                                            "why", ParameterSpec.Source.FAILURE, "", ParameterSpec.Mode.VALUE))
                            : List.of(ParameterSpec.step("made", "s0"), ParameterSpec.context("ctx")),
                    policy(),
                    random.nextInt(1000));
        }

        private RateLimitSpec limit(int number) {
            return new RateLimitSpec("limit-" + number, 1 + random.nextInt(1000), duration(), 1 + random.nextInt(9));
        }

        private StepPolicy policy() {
            // What is TRANSACTIONAL may not be what else these steps become; see ManifestRulesTest.
            var delivery = pick(new Delivery[] {Delivery.AT_LEAST_ONCE, Delivery.AT_MOST_ONCE});
            var initial = Duration.ofMillis(random.nextInt(10_000));
            return new StepPolicy(
                    duration(),
                    duration(),
                    delivery == Delivery.AT_MOST_ONCE ? 0 : random.nextInt(StepPolicy.MAX_RETRIES + 1),
                    new Backoff(initial, 1 + random.nextInt(50) / 8.0, initial.plus(duration())),
                    delivery,
                    1 + random.nextInt(4),
                    random.nextBoolean() ? List.of() : List.of("java.io.IOException"),
                    random.nextBoolean() ? List.of() : List.of("com.acme.Refused", "com.acme.Gone"),
                    random.nextBoolean() ? PlacementSpec.ANYWHERE : placement());
        }

        private PlacementSpec placement() {
            return new PlacementSpec(
                    random.nextBoolean()
                            ? List.of()
                            : List.of(
                                    new LabelRequirement("region", LabelComparator.EQUAL, "日本"),
                                    new LabelRequirement("cores", pick(LabelComparator.values()), "4.5")),
                    random.nextBoolean()
                            ? List.of()
                            : List.of(new LabelPreference(
                                    "disk/ssd", pick(LabelComparator.values()), "-1", 1 + random.nextInt(9))),
                    pick(Stickiness.values()));
        }

        private JsonValue schema() {
            return random.nextBoolean()
                    ? JsonValue.TRUE
                    : Json.read("{\"type\":\"object\",\"properties\":{\"n\":{\"type\":\"integer\",\"minimum\":"
                            + random.nextInt(100) + "}},\"required\":[\"n\"]}");
        }

        private Duration duration() {
            return Manifests.duration(random);
        }

        private <T> T pick(T[] values) {
            return Manifests.pick(random, values);
        }
    }
}
