package dev.millrace.controlplane.dispatch;

import dev.millrace.controlplane.payloads.Payloads;
import dev.millrace.controlplane.shard.Shards;
import dev.millrace.controlplane.workflows.Verdicts;
import dev.millrace.controlplane.workflows.WorkflowVersion;
import dev.millrace.controlplane.workflows.Workflows;
import dev.millrace.engine.Command;
import dev.millrace.engine.Command.Decision;
import dev.millrace.engine.Effect;
import dev.millrace.engine.Payload;
import dev.millrace.engine.TaskState;
import dev.millrace.expression.WorkflowExpressions;
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
 * Evaluates the expressions of steps for the shards, which have no values. A question that cannot be answered now, because the
 * database cannot be asked, is dropped: the shard asks again. Safe for use by several threads.
 */
@Singleton
final class Decisions {
    private static final Logger LOG = LoggerFactory.getLogger(Decisions.class);

    private final Shards shards;
    private final Workflows workflows;
    private final Payloads payloads;
    private final ExecutorService work;

    Decisions(
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
        shards.onQuestions(question -> work.execute(() -> decide(question)));
    }

    private void decide(Effect.DecideStep question) {
        workflows
                .of(question.tenant(), question.version())
                .thenCombine(
                        payloads.load(question.tenant(), stored(question)),
                        (version, values) -> decision(question, version, values))
                .whenComplete((decision, failure) -> {
                    if (failure == null) {
                        shards.tell(
                                question.tenant(),
                                new Command.StepDecided(
                                        question.tenant(),
                                        question.run(),
                                        question.generation(),
                                        question.node(),
                                        decision));
                    } else {
                        LOG.warn(
                                "It cannot be decided now how a step of run {} goes on; it is asked again.",
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

    private static Decision decision(Effect.DecideStep question, WorkflowVersion version, Map<Payload, byte[]> values) {
        var step = version.manifest().steps().get(question.node());
        return decision(question, version.expressions(), step, values);
    }

    /** @param values the bytes of stored payloads */
    static Decision decision(
            Effect.DecideStep question, WorkflowExpressions expressions, StepSpec step, Map<Payload, byte[]> values) {
        Map<String, JsonValue> parameters = new HashMap<>();
        for (var argument : question.arguments()) {
            parameters.put(step.parameters().get(argument.parameter()).name(), value(argument, values));
        }
        return Verdicts.of(expressions.ofStep(
                question.node(),
                Verdicts.json(Payloads.bytes(question.input(), values)),
                question.metadata(),
                parameters,
                question.elements()));
    }

    private static JsonValue value(Effect.Argument argument, Map<Payload, byte[]> values) {
        if (argument.state() != TaskState.SUCCEEDED) {
            return JsonValue.NULL;
        }
        return switch (argument.form()) {
            case WHOLE -> Verdicts.json(Payloads.bytes(argument.values().get(0), values));
            case JOINED ->
                argument.values().isEmpty()
                        ? Verdicts.json("[]".getBytes(StandardCharsets.US_ASCII))
                        : Verdicts.json(Assignments.joined(argument, values));
            case ELEMENT ->
                throw new IllegalStateException("A question is about all elements of a step, but names one.");
        };
    }
}
