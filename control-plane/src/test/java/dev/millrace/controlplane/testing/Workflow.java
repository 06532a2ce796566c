package dev.millrace.controlplane.testing;

import dev.millrace.manifest.Backoff;
import dev.millrace.manifest.Defaults;
import dev.millrace.manifest.Delivery;
import dev.millrace.manifest.Input;
import dev.millrace.manifest.Json;
import dev.millrace.manifest.JsonValue;
import dev.millrace.manifest.Manifest;
import dev.millrace.manifest.ManifestJson;
import dev.millrace.manifest.OutputSpec;
import dev.millrace.manifest.ParameterSpec;
import dev.millrace.manifest.ResultSpec;
import dev.millrace.manifest.Sharing;
import dev.millrace.manifest.StepPolicy;
import dev.millrace.manifest.StepSpec;
import dev.millrace.manifest.Visibility;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Manifests as the compiler would write them. */
public final class Workflow {
    /** Accepts {@code {"cents": 1, "note": "…"}}. */
    public static final JsonValue ORDER = Json.read("""
            {"type":"object","required":["cents"],"properties":{
              "cents":{"type":"integer","minimum":0},"note":{"type":"string"}}}""");

    private Workflow() {}

    /** A chain of steps: the first takes the input, each other one the result of the one before; the last is the result. */
    public static Manifest chain(String name, Visibility visibility, String... steps) {
        List<StepSpec> specs = new ArrayList<>();
        String before = "";
        for (var step : steps) {
            specs.add(new StepSpec(
                    step,
                    List.of(before.isEmpty() ? ParameterSpec.input("in") : ParameterSpec.step("in", before)),
                    List.of(),
                    new OutputSpec(OutputSpec.Kind.VALUE, "Object", JsonValue.TRUE),
                    Defaults.stepPolicy(),
                    List.of(),
                    0));
            before = step;
        }
        return new Manifest(
                name,
                "com.acme.Test",
                "",
                visibility,
                Defaults.WEIGHT,
                Defaults.RUN_DEADLINE,
                new Input("Order", ORDER),
                specs,
                List.of(),
                Optional.empty(),
                List.of(),
                new ResultSpec(List.of(before)),
                List.of());
    }

    /** Two steps, of which the second runs only if this holds of what the first returned, which it takes as {@code given}. */
    public static Manifest conditional(String name, String when) {
        var two = chain(name, "first", "second");
        return new Manifest(
                two.workflow(),
                two.source(),
                two.description(),
                two.visibility(),
                two.weight(),
                two.deadline(),
                two.input(),
                List.of(
                        two.steps().get(0),
                        new StepSpec(
                                "second",
                                List.of(ParameterSpec.step("given", "first")),
                                List.of(),
                                ANYTHING,
                                Defaults.stepPolicy(),
                                List.of(),
                                0,
                                StepSpec.Kind.PLAIN,
                                when,
                                Sharing.NONE,
                                Optional.empty(),
                                Optional.empty(),
                                "",
                                Optional.empty())),
                two.compensations(),
                two.onFailure(),
                two.rateLimits(),
                two.result(),
                two.tags());
    }

    private static final OutputSpec ANYTHING = new OutputSpec(OutputSpec.Kind.VALUE, "Object", JsonValue.TRUE);

    /** One durable step. */
    public static Manifest durable(String name) {
        var plain = chain(name, "only");
        return plain.toBuilder()
                .steps(List.of(plain.steps().get(0).toBuilder()
                        .parameters(List.of(ParameterSpec.input("in"), ParameterSpec.durable("durable")))
                        .kind(StepSpec.Kind.DURABLE)
                        .build()))
                .build();
    }

    /** One step that is called again until it is done; its state has {@code asked}, a number. */
    public static Manifest loop(String name) {
        var plain = chain(name, "only");
        var state = Json.read("""
                {"type":"object","required":["asked"],"properties":{"asked":{"type":"integer"}}}""");
        return plain.toBuilder()
                .steps(List.of(plain.steps().get(0).toBuilder()
                        .parameters(List.of(ParameterSpec.input("in"), ParameterSpec.turn("previous")))
                        .output(new OutputSpec(OutputSpec.Kind.LOOP, "State", state))
                        .build()))
                .build();
    }

    /** One step that is tried again at once, so often. */
    public static Manifest retried(String name, int retries) {
        return one(name, retries, Delivery.AT_LEAST_ONCE, ANYTHING);
    }

    /** One step that is tried again at once, three times, and returns what it says. */
    public static Manifest returning(String name, OutputSpec output) {
        return one(name, 3, Delivery.AT_LEAST_ONCE, output);
    }

    /** One step that may run only once. */
    public static Manifest onlyOnce(String name) {
        return one(name, 0, Delivery.AT_MOST_ONCE, ANYTHING);
    }

    private static Manifest one(String name, int retries, Delivery delivery, OutputSpec output) {
        var once = chain(name, "only");
        var step = once.steps().get(0);
        var policy = step.policy();
        return new Manifest(
                once.workflow(),
                once.source(),
                once.description(),
                once.visibility(),
                once.weight(),
                once.deadline(),
                once.input(),
                List.of(new StepSpec(
                        step.name(),
                        step.parameters(),
                        step.after(),
                        output,
                        new StepPolicy(
                                policy.timeout(),
                                policy.queueTimeout(),
                                retries,
                                new Backoff(Duration.ofMillis(300), 1, Duration.ofMillis(300)),
                                delivery,
                                policy.slots(),
                                policy.retryOn(),
                                policy.noRetryOn()),
                        step.rateLimits(),
                        step.line())),
                once.compensations(),
                once.onFailure(),
                once.rateLimits(),
                output.kind() == OutputSpec.Kind.NONE ? new ResultSpec(List.of()) : once.result(),
                once.tags());
    }

    public static Manifest chain(String name, String... steps) {
        return chain(name, Visibility.PUBLIC, steps);
    }

    /** Registers a manifest with the token and gives its version back. */
    public static String register(TestControlPlane plane, Manifest manifest, String token) {
        var answer = plane.ask("POST", "/api/v1/workflows", ManifestJson.write(manifest), token);
        if (answer.status() != 201 && answer.status() != 200) {
            throw new AssertionError("The manifest was refused: " + answer.body());
        }
        return answer.text("version");
    }
}
