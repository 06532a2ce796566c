package dev.millrace.manifest;

import static dev.millrace.manifest.ManifestWriter.About.IDENTITY;
import static dev.millrace.manifest.ManifestWriter.About.PEOPLE;
import static dev.millrace.manifest.ManifestWriter.About.POLICY;
import static dev.millrace.manifest.ManifestWriter.About.SHAPE;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes a manifest as JSON: all of it for the file, or what one of the hashes covers. Each member is said here once, with
 * what it is about; so a new member cannot be written but forgotten by the hashes.
 */
final class ManifestWriter {

    /** What a member is about. */
    enum About {
        /** Ties the parts together. */
        IDENTITY,
        /** The DAG and the schemas. */
        SHAPE,
        /** When, how often, by whom. */
        POLICY,
        /** For people only. */
        PEOPLE
    }

    /** What is written. */
    enum View {
        DOCUMENT(EnumSet.allOf(About.class)),
        VERSION(EnumSet.of(About.IDENTITY, About.SHAPE, About.POLICY)),
        SHAPE(EnumSet.of(About.IDENTITY, About.SHAPE)),
        POLICY(EnumSet.of(About.IDENTITY, About.POLICY));

        private final Set<About> shown;

        View(Set<About> shown) {
            this.shown = shown;
        }

        /** Whether the order of steps matters: journal entries of a version name steps by number. */
        boolean ordered() {
            return this == DOCUMENT || this == VERSION;
        }
    }

    private final View view;

    ManifestWriter(View view) {
        this.view = view;
    }

    JsonValue manifest(Manifest manifest) {
        var members = new Members();
        if (view == View.DOCUMENT) {
            members.put(IDENTITY, "manifestVersion", JsonValue.of(Manifest.FORMAT));
        }
        members.put(IDENTITY, "workflow", manifest.workflow());
        members.put(PEOPLE, "source", manifest.source());
        if (!manifest.description().isEmpty()) {
            members.put(PEOPLE, "description", manifest.description());
        }
        members.putWords(POLICY, "tags", manifest.tags());
        members.put(POLICY, "visibility", manifest.visibility().name());
        members.put(POLICY, "weight", manifest.weight().name());
        members.put(POLICY, "deadline", manifest.deadline());
        members.put(IDENTITY, "input", input(manifest.input()));
        members.put(
                IDENTITY,
                "steps",
                array(ordered(manifest.steps(), StepSpec::name).stream()
                        .map(this::step)
                        .toList()));
        members.putAll(
                IDENTITY,
                "compensations",
                ordered(manifest.compensations(), c -> c.handler().name()).stream()
                        .map(this::compensation)
                        .toList());
        manifest.onFailure().ifPresent(handler -> members.put(IDENTITY, "onFailure", handler(handler)));
        members.putAll(
                POLICY,
                "rateLimits",
                ordered(manifest.rateLimits(), RateLimitSpec::name).stream()
                        .map(this::rateLimit)
                        .toList());
        members.put(SHAPE, "result", result(manifest.result()));
        return members.toObject();
    }

    private JsonValue input(Input input) {
        var members = new Members();
        members.put(PEOPLE, "type", input.type());
        members.put(SHAPE, "schema", input.schema());
        return members.toObject();
    }

    private JsonValue step(StepSpec step) {
        var members = new Members();
        members.put(IDENTITY, "name", step.name());
        members.putLine(step.line());
        members.putAll(
                SHAPE,
                "parameters",
                step.parameters().stream().map(this::parameter).toList());
        members.putWords(
                SHAPE,
                "after",
                view.ordered() ? step.after() : step.after().stream().sorted().toList());
        members.put(SHAPE, "output", output(step.output()));
        members.put(POLICY, "policy", policy(step.policy()));
        members.putAll(
                POLICY, "rateLimits", step.rateLimits().stream().map(this::use).toList());
        return members.toObject();
    }

    private JsonValue compensation(CompensationSpec compensation) {
        var members = new Members();
        members.put(IDENTITY, "undoes", compensation.undoes());
        members.put(IDENTITY, "handler", handler(compensation.handler()));
        return members.toObject();
    }

    private JsonValue handler(HandlerSpec handler) {
        var members = new Members();
        members.put(IDENTITY, "name", handler.name());
        members.putLine(handler.line());
        members.putAll(
                SHAPE,
                "parameters",
                handler.parameters().stream().map(this::parameter).toList());
        members.put(POLICY, "policy", policy(handler.policy()));
        return members.toObject();
    }

    private JsonValue parameter(ParameterSpec parameter) {
        var members = new Members();
        members.put(PEOPLE, "name", parameter.name());
        members.put(SHAPE, "source", parameter.source().name());
        if (!parameter.step().isEmpty()) {
            members.put(SHAPE, "step", parameter.step());
        }
        members.put(SHAPE, "mode", parameter.mode().name());
        return members.toObject();
    }

    private JsonValue output(OutputSpec output) {
        var members = new Members();
        members.put(SHAPE, "kind", output.kind().name());
        members.put(PEOPLE, "type", output.type());
        if (!output.schema().equals(JsonValue.NULL)) {
            members.put(SHAPE, "schema", output.schema());
        }
        return members.toObject();
    }

    private JsonValue policy(StepPolicy policy) {
        var backoff = new Members();
        backoff.put(POLICY, "initial", policy.backoff().initial());
        backoff.put(POLICY, "multiplier", number(policy.backoff().multiplier()));
        backoff.put(POLICY, "max", policy.backoff().max());
        var members = new Members();
        members.put(POLICY, "timeout", policy.timeout());
        members.put(POLICY, "queueTimeout", policy.queueTimeout());
        members.put(POLICY, "retries", JsonValue.of(policy.retries()));
        members.put(POLICY, "backoff", backoff.toObject());
        members.put(POLICY, "delivery", policy.delivery().name());
        members.put(POLICY, "slots", JsonValue.of(policy.slots()));
        members.putWords(POLICY, "retryOn", policy.retryOn());
        members.putWords(POLICY, "noRetryOn", policy.noRetryOn());
        return members.toObject();
    }

    private JsonValue use(RateLimitUse use) {
        var members = new Members();
        members.put(POLICY, "name", use.name());
        members.put(POLICY, "cost", JsonValue.of(use.cost()));
        return members.toObject();
    }

    private JsonValue rateLimit(RateLimitSpec limit) {
        var members = new Members();
        members.put(POLICY, "name", limit.name());
        members.put(POLICY, "limit", JsonValue.of(limit.limit()));
        members.put(POLICY, "period", limit.period());
        members.put(POLICY, "burst", JsonValue.of(limit.burst()));
        return members.toObject();
    }

    private JsonValue result(ResultSpec result) {
        var members = new Members();
        var steps = view.ordered()
                ? result.steps()
                : result.steps().stream().sorted().toList();
        members.put(SHAPE, "steps", array(steps.stream().map(JsonValue::of).toList()));
        return members.toObject();
    }

    private <T> List<T> ordered(List<T> parts, java.util.function.Function<T, String> name) {
        if (view.ordered()) {
            return parts;
        }
        var sorted = new ArrayList<>(parts);
        sorted.sort(Comparator.comparing(name));
        return sorted;
    }

    private static JsonValue array(List<JsonValue> items) {
        return new JsonValue.Array(items);
    }

    private static JsonValue number(double number) {
        return number == Math.rint(number)
                ? JsonValue.of((long) number)
                : new JsonValue.Number(BigDecimal.valueOf(number));
    }

    /** The members of one object; what the view does not show is dropped. */
    private final class Members {
        private final Map<String, JsonValue> members = new LinkedHashMap<>();

        void put(About about, String name, JsonValue value) {
            if (view.shown.contains(about)) {
                members.put(name, value);
            }
        }

        void put(About about, String name, String value) {
            put(about, name, JsonValue.of(value));
        }

        void put(About about, String name, Duration value) {
            put(about, name, Durations.format(value));
        }

        void putAll(About about, String name, List<JsonValue> values) {
            if (!values.isEmpty()) {
                put(about, name, array(values));
            }
        }

        void putWords(About about, String name, List<String> words) {
            putAll(about, name, words.stream().map(JsonValue::of).toList());
        }

        void putLine(int line) {
            if (line != 0) {
                put(PEOPLE, "line", JsonValue.of(line));
            }
        }

        JsonValue toObject() {
            return new JsonValue.Object(members);
        }
    }
}
