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
import java.util.Optional;
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
        members.putText(PEOPLE, "description", manifest.description());
        members.putWords(POLICY, "tags", manifest.tags());
        members.putTexts(POLICY, "metadata", manifest.metadata());
        members.put(POLICY, "visibility", manifest.visibility().name());
        members.put(POLICY, "weight", manifest.weight().name());
        members.put(POLICY, "deadline", manifest.deadline());
        members.putUnless(POLICY, "pinning", manifest.pinning(), Defaults.PINNING);
        members.putSharing(manifest.sharing());
        members.putAll(
                POLICY,
                "budgets",
                ordered(manifest.budgets(), BudgetSpec::name).stream()
                        .map(this::budget)
                        .toList());
        if (!manifest.triggers().equals(Triggers.NONE)) {
            members.put(POLICY, "triggers", triggers(manifest.triggers()));
        }
        members.put(IDENTITY, "input", input(manifest.input()));
        members.put(
                IDENTITY,
                "steps",
                array(ordered(manifest.steps(), StepSpec::name).stream()
                        .map(this::step)
                        .toList()));
        members.putAll(
                IDENTITY,
                "actions",
                ordered(manifest.actions(), ActionSpec::name).stream()
                        .map(this::action)
                        .toList());
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
        members.putSchema(input.schema());
        return members.toObject();
    }

    private JsonValue step(StepSpec step) {
        var members = new Members();
        members.put(IDENTITY, "name", step.name());
        members.putLine(step.line());
        members.putUnless(SHAPE, "kind", step.kind(), StepSpec.Kind.PLAIN);
        members.putText(POLICY, "when", step.when());
        members.putParameters(step.parameters());
        members.putWords(
                SHAPE,
                "after",
                view.ordered() ? step.after() : step.after().stream().sorted().toList());
        members.put(SHAPE, "output", output(step.output()));
        members.put(POLICY, "policy", policy(step.policy()));
        members.putUses(step.rateLimits());
        members.putSharing(step.sharing());
        step.batch().ifPresent(batch -> members.put(IDENTITY, "batch", batch(batch)));
        members.putCircuitBreaker(step.circuitBreaker());
        members.putText(POLICY, "fallback", step.fallback());
        step.stream().ifPresent(stream -> members.put(SHAPE, "stream", stream(stream)));
        return members.toObject();
    }

    private JsonValue action(ActionSpec action) {
        var members = new Members();
        members.put(IDENTITY, "name", action.name());
        members.putLine(action.line());
        members.put(SHAPE, "output", output(action.output()));
        members.put(POLICY, "policy", policy(action.policy()));
        members.putUses(action.rateLimits());
        members.putSharing(action.sharing());
        members.putCircuitBreaker(action.circuitBreaker());
        members.putText(POLICY, "fallback", action.fallback());
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
        members.putParameters(handler.parameters());
        members.put(POLICY, "policy", policy(handler.policy()));
        return members.toObject();
    }

    private JsonValue parameter(ParameterSpec parameter) {
        var members = new Members();
        members.put(PEOPLE, "name", parameter.name());
        members.put(SHAPE, "source", parameter.source().name());
        members.putText(SHAPE, "step", parameter.step());
        members.put(SHAPE, "mode", parameter.mode().name());
        parameter.awaits().ifPresent(wait -> members.put(IDENTITY, "awaits", awaits(wait)));
        return members.toObject();
    }

    private JsonValue awaits(WaitSpec wait) {
        var members = new Members();
        members.put(SHAPE, "name", wait.name());
        members.putText(SHAPE, "where", wait.where());
        wait.timeout().ifPresent(timeout -> members.put(POLICY, "timeout", timeout));
        members.putText(POLICY, "role", wait.role());
        members.put(PEOPLE, "type", wait.type());
        members.putSchema(wait.schema());
        return members.toObject();
    }

    private JsonValue output(OutputSpec output) {
        var members = new Members();
        members.put(SHAPE, "kind", output.kind().name());
        members.put(PEOPLE, "type", output.type());
        if (!output.schema().equals(JsonValue.NULL)) {
            members.putSchema(output.schema());
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
        members.putText(POLICY, "key", use.key());
        members.put(POLICY, "cost", JsonValue.of(use.cost()));
        members.putText(POLICY, "costExpression", use.costExpression());
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

    private JsonValue sharing(Sharing sharing) {
        var members = new Members();
        members.putAll(
                POLICY,
                "concurrency",
                sharing.concurrency().stream().map(this::concurrency).toList());
        sharing.fairness().ifPresent(fairness -> members.put(POLICY, "fairness", fairness(fairness)));
        return members.toObject();
    }

    private JsonValue concurrency(ConcurrencySpec concurrency) {
        var members = new Members();
        members.putText(POLICY, "name", concurrency.name());
        members.putText(POLICY, "key", concurrency.key());
        members.put(POLICY, "limit", JsonValue.of(concurrency.limit()));
        members.put(POLICY, "strategy", concurrency.strategy().name());
        return members.toObject();
    }

    private JsonValue fairness(FairSpec fairness) {
        var members = new Members();
        members.put(POLICY, "key", fairness.key());
        members.put(POLICY, "weight", fairness.weight());
        return members.toObject();
    }

    private JsonValue budget(BudgetSpec budget) {
        var members = new Members();
        members.put(POLICY, "name", budget.name());
        members.put(POLICY, "limit", number(budget.limit()));
        members.put(POLICY, "exceeded", budget.exceeded().name());
        return members.toObject();
    }

    private JsonValue batch(BatchSpec batch) {
        // That there is one belongs to the shape: the worker calls the method with lists.
        var members = new Members();
        members.put(POLICY, "maxSize", JsonValue.of(batch.maxSize()));
        members.put(POLICY, "maxWait", batch.maxWait());
        members.putText(POLICY, "key", batch.key());
        return members.toObject();
    }

    private JsonValue circuitBreaker(CircuitBreakerSpec breaker) {
        var members = new Members();
        members.putText(POLICY, "name", breaker.name());
        members.put(POLICY, "failureRate", number(breaker.failureRate()));
        members.put(POLICY, "window", JsonValue.of(breaker.window()));
        members.put(POLICY, "openFor", breaker.openFor());
        return members.toObject();
    }

    private JsonValue stream(StreamSpec stream) {
        var members = new Members();
        members.put(PEOPLE, "type", stream.type());
        members.putSchema(stream.schema());
        return members.toObject();
    }

    private JsonValue triggers(Triggers triggers) {
        var members = new Members();
        members.putAll(
                POLICY, "events", triggers.events().stream().map(this::event).toList());
        members.putAll(
                POLICY,
                "crons",
                ordered(triggers.crons(), CronTrigger::name).stream()
                        .map(this::cron)
                        .toList());
        triggers.collect().ifPresent(collect -> members.put(POLICY, "collect", collect(collect)));
        triggers.debounce().ifPresent(debounce -> members.put(POLICY, "debounce", debounce(debounce)));
        triggers.throttle().ifPresent(throttle -> members.put(POLICY, "throttle", throttle(throttle)));
        return members.toObject();
    }

    private JsonValue event(EventTrigger event) {
        var members = new Members();
        members.put(POLICY, "event", event.event());
        members.putText(POLICY, "where", event.where());
        return members.toObject();
    }

    private JsonValue cron(CronTrigger cron) {
        var members = new Members();
        members.put(POLICY, "name", cron.name());
        members.put(POLICY, "cron", cron.cron());
        members.put(POLICY, "zone", cron.zone());
        members.putText(POLICY, "input", cron.input());
        members.put(POLICY, "overlap", cron.overlap().name());
        members.put(POLICY, "catchUp", cron.catchUp().name());
        members.put(POLICY, "jitter", cron.jitter());
        return members.toObject();
    }

    private JsonValue collect(CollectSpec collect) {
        var members = new Members();
        members.put(POLICY, "maxSize", JsonValue.of(collect.maxSize()));
        members.put(POLICY, "maxWait", collect.maxWait());
        members.putText(POLICY, "key", collect.key());
        return members.toObject();
    }

    private JsonValue debounce(DebounceSpec debounce) {
        var members = new Members();
        members.put(POLICY, "quiet", debounce.quiet());
        debounce.maxWait().ifPresent(maxWait -> members.put(POLICY, "maxWait", maxWait));
        members.putText(POLICY, "key", debounce.key());
        return members.toObject();
    }

    private JsonValue throttle(ThrottleSpec throttle) {
        var members = new Members();
        members.put(POLICY, "limit", JsonValue.of(throttle.limit()));
        members.put(POLICY, "per", throttle.per());
        members.putText(POLICY, "key", throttle.key());
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

        /** Writes a schema; what is said in it for people is in no hash. */
        void putSchema(JsonValue schema) {
            put(SHAPE, "schema", view == View.DOCUMENT ? schema : SchemaNotes.without(schema));
        }

        void put(About about, String name, String value) {
            put(about, name, JsonValue.of(value));
        }

        void put(About about, String name, Duration value) {
            put(about, name, Durations.format(value));
        }

        /** Writes a text unless it is empty, which stands for none. */
        void putText(About about, String name, String value) {
            if (!value.isEmpty()) {
                put(about, name, value);
            }
        }

        void putUnless(About about, String name, Enum<?> value, Enum<?> usual) {
            if (value != usual) {
                put(about, name, value.name());
            }
        }

        void putTexts(About about, String name, Map<String, String> texts) {
            if (!texts.isEmpty()) {
                var values = new LinkedHashMap<String, JsonValue>();
                texts.forEach((key, text) -> values.put(key, JsonValue.of(text)));
                put(about, name, new JsonValue.Object(values));
            }
        }

        void putSharing(Sharing sharing) {
            if (!sharing.equals(Sharing.NONE)) {
                put(POLICY, "sharing", ManifestWriter.this.sharing(sharing));
            }
        }

        void putUses(List<RateLimitUse> uses) {
            putAll(
                    POLICY,
                    "rateLimits",
                    uses.stream().map(ManifestWriter.this::use).toList());
        }

        void putCircuitBreaker(Optional<CircuitBreakerSpec> breaker) {
            breaker.ifPresent(present -> put(POLICY, "circuitBreaker", circuitBreaker(present)));
        }

        /** Where arguments come from is the shape; how long one is waited for, and who may answer, is not. */
        void putParameters(List<ParameterSpec> parameters) {
            boolean waits =
                    parameters.stream().anyMatch(parameter -> parameter.awaits().isPresent());
            putAll(
                    waits ? IDENTITY : SHAPE,
                    "parameters",
                    parameters.stream().map(ManifestWriter.this::parameter).toList());
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
