package dev.millrace.controlplane.dispatch;

import dev.millrace.controlplane.payloads.Payloads;
import dev.millrace.controlplane.shard.Shards;
import dev.millrace.controlplane.workflows.Workflows;
import dev.millrace.engine.Command;
import dev.millrace.engine.Command.Decision;
import dev.millrace.engine.Effect;
import dev.millrace.engine.Failure;
import dev.millrace.engine.Payload;
import dev.millrace.engine.TaskState;
import dev.millrace.engine.Verdict;
import dev.millrace.expression.EvaluationException;
import dev.millrace.expression.StepConditions;
import dev.millrace.manifest.Json;
import dev.millrace.manifest.JsonValue;
import dev.millrace.manifest.StepSpec;
import io.micronaut.scheduling.TaskExecutors;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Evaluates the conditions of steps for the shards, which have no values. A question that cannot be answered now, because the database
 * cannot be asked, is dropped: the shard asks again. Safe for use by several threads.
 */
@Singleton
final class Conditions {
    private static final Logger LOG = LoggerFactory.getLogger(Conditions.class);

    private final Shards shards;
    private final Workflows workflows;
    private final Payloads payloads;
    private final ExecutorService work;

    Conditions(
            Shards shards,
            Workflows workflows,
            Payloads payloads,
            @Named(TaskExecutors.BLOCKING) ExecutorService work) {
        this.shards = shards;
        this.workflows = workflows;
        this.payloads = payloads;
        this.work = work;
    }

    /** Begins to answer. */
    void open() {
        shards.onConditions(question -> work.execute(() -> decide(question)));
    }

    private void decide(Effect.DecideStep question) {
        workflows
                .of(question.tenant(), question.version())
                .thenCombine(payloads.load(question.tenant(), stored(question)), (version, values) -> {
                    var step = version.manifest().steps().get(question.node());
                    return verdict(question, version.conditions(), step, values);
                })
                .whenComplete((verdict, failure) -> {
                    if (failure == null) {
                        shards.tell(
                                question.tenant(),
                                new Command.StepDecided(
                                        question.tenant(),
                                        question.run(),
                                        question.generation(),
                                        question.node(),
                                        new Decision.Whole(verdict)));
                    } else {
                        LOG.warn(
                                "A condition of run {} cannot be decided now; it is asked again.",
                                question.run(),
                                failure);
                    }
                });
    }

    private static Set<Payload> stored(Effect.DecideStep question) {
        Set<Payload> stored = new HashSet<>();
        stored.add(question.input());
        question.arguments().forEach(argument -> stored.addAll(argument.values()));
        return stored;
    }

    /** @param values the bytes of stored payloads */
    static Verdict verdict(
            Effect.DecideStep question, StepConditions conditions, StepSpec step, Map<Payload, byte[]> values) {
        Map<String, JsonValue> variables = new HashMap<>();
        for (var argument : question.arguments()) {
            var parameter = step.parameters().get(argument.parameter());
            if (StepConditions.hasValue(parameter)) {
                variables.put(parameter.name(), value(argument, values));
            }
        }
        Map<String, JsonValue> labels = new HashMap<>();
        question.metadata().forEach((name, value) -> labels.put(name, JsonValue.of(value)));
        variables.put("input", json(Payloads.bytes(question.input(), values)));
        variables.put("metadata", new JsonValue.Object(labels));
        try {
            return conditions.holds(question.node(), variables) ? Verdict.PLAIN : new Verdict.HoldsNot();
        } catch (EvaluationException e) {
            return new Verdict.Unknown(Failure.CONDITION_FAILED, e.getMessage());
        }
    }

    private static JsonValue value(Effect.Argument argument, Map<Payload, byte[]> values) {
        if (argument.state() != TaskState.SUCCEEDED || argument.values().isEmpty()) {
            return argument.form() == Effect.Form.JOINED && argument.state() == TaskState.SUCCEEDED
                    ? json("[]".getBytes(StandardCharsets.US_ASCII))
                    : JsonValue.NULL;
        }
        return switch (argument.form()) {
            case WHOLE -> json(Payloads.bytes(argument.values().get(0), values));
            case JOINED -> json(Assignments.joined(argument, values));
            case ELEMENT ->
                throw new IllegalStateException(
                        "A step with a task for each element has no condition, but one is asked for.");
        };
    }

    private static JsonValue json(byte[] json) {
        return json.length == 0 ? JsonValue.NULL : Json.read(json);
    }
}
