package dev.millrace.manifest;

import dev.millrace.manifest.placement.Stickiness;
import java.util.List;
import java.util.Optional;

/** Finds each use of a word of the vocabulary that went beyond the first version of manifests. */
final class VocabularyScan {

    /** Told of each use: the word as people write it in Java, where it stands and who says it. */
    interface Uses {
        void found(String word, String path, String owner);
    }

    private final Uses uses;

    VocabularyScan(Uses uses) {
        this.uses = uses;
    }

    void scan(Manifest manifest) {
        var owner = "Workflow '" + manifest.workflow() + "'";
        found(!manifest.metadata().isEmpty(), "@Metadata", "metadata", owner);
        sharing(manifest.sharing(), "", owner);
        triggers(manifest.triggers(), owner);
        schema(manifest.input().schema(), "input.schema", owner);
        for (int i = 0; i < manifest.steps().size(); i++) {
            step(manifest.steps().get(i), "steps[" + i + "]");
        }
        for (int i = 0; i < manifest.actions().size(); i++) {
            action(manifest.actions().get(i), "actions[" + i + "]");
        }
        for (int i = 0; i < manifest.compensations().size(); i++) {
            handler(manifest.compensations().get(i).handler(), "compensations[" + i + "].handler");
        }
        manifest.onFailure().ifPresent(handler -> handler(handler, "onFailure"));
    }

    private void triggers(Triggers triggers, String owner) {
        each(triggers.events(), "@OnEvent", "triggers.events", owner);
        each(triggers.crons(), "@Cron", "triggers.crons", owner);
        present(triggers.collect(), "@Collect", "triggers.collect", owner);
        present(triggers.debounce(), "@Debounce", "triggers.debounce", owner);
        present(triggers.throttle(), "@Throttle", "triggers.throttle", owner);
    }

    private void step(StepSpec step, String path) {
        var owner = "Step '" + step.name() + "'";
        switch (step.kind()) {
            case PLAIN -> {
                // what steps always were
            }
            case ASYNC -> uses.found("CompletionStage", path + ".kind", owner);
            case DURABLE -> uses.found("Durable", path + ".kind", owner);
        }
        found(!step.when().isEmpty(), "@When", path + ".when", owner);
        for (int j = 0; j < step.parameters().size(); j++) {
            parameter(step.parameters().get(j), path + ".parameters[" + j + "]", owner);
        }
        output(step.output(), path, owner);
        policy(step.policy(), path, owner);
        limits(step.rateLimits(), path, owner);
        sharing(step.sharing(), path + ".", owner);
        present(step.batch(), "@Batch", path + ".batch", owner);
        present(step.circuitBreaker(), "@CircuitBreaker", path + ".circuitBreaker", owner);
        found(!step.fallback().isEmpty(), "@Step(fallback)", path + ".fallback", owner);
        present(step.stream(), "Emitter", path + ".stream", owner);
        step.stream().ifPresent(stream -> schema(stream.schema(), path + ".stream.schema", owner));
    }

    private void parameter(ParameterSpec parameter, String path, String owner) {
        found(parameter.source() == ParameterSpec.Source.EVENT, "@Await", path + ".source", owner);
        found(parameter.source() == ParameterSpec.Source.APPROVAL, "@Approval", path + ".source", owner);
        parameter.awaits().ifPresent(wait -> schema(wait.schema(), path + ".awaits.schema", owner));
    }

    private void action(ActionSpec action, String path) {
        var owner = "Action '" + action.name() + "'";
        uses.found("@Action", path, owner);
        output(action.output(), path, owner);
        policy(action.policy(), path, owner);
        limits(action.rateLimits(), path, owner);
        sharing(action.sharing(), path + ".", owner);
        present(action.circuitBreaker(), "@CircuitBreaker", path + ".circuitBreaker", owner);
        found(!action.fallback().isEmpty(), "@Step(fallback)", path + ".fallback", owner);
    }

    private void handler(HandlerSpec handler, String path) {
        policy(handler.policy(), path, "Handler '" + handler.name() + "'");
    }

    private void output(OutputSpec output, String path, String owner) {
        found(output.kind() == OutputSpec.Kind.LOOP, "Loop", path + ".output.kind", owner);
        schema(output.schema(), path + ".output.schema", owner);
    }

    private void policy(StepPolicy policy, String path, String owner) {
        found(
                policy.delivery() == Delivery.TRANSACTIONAL,
                "@Step(delivery = TRANSACTIONAL)",
                path + ".policy.delivery",
                owner);
        var placement = policy.placement();
        each(placement.requires(), "@Requires", path + ".policy.placement.requires", owner);
        each(placement.prefers(), "@Prefers", path + ".policy.placement.prefers", owner);
        found(placement.sticky() != Stickiness.NONE, "@Sticky", path + ".policy.placement.sticky", owner);
    }

    private void limits(List<RateLimitUse> limits, String path, String owner) {
        for (int j = 0; j < limits.size(); j++) {
            var at = path + ".rateLimits[" + j + "].";
            found(!limits.get(j).key().isEmpty(), "@RateLimit(key)", at + "key", owner);
            found(!limits.get(j).costExpression().isEmpty(), "@RateLimit(cost)", at + "costExpression", owner);
        }
    }

    private void sharing(Sharing sharing, String prefix, String owner) {
        each(sharing.concurrency(), "@Concurrency", prefix + "sharing.concurrency", owner);
        present(sharing.fairness(), "@Fair", prefix + "sharing.fairness", owner);
    }

    private void schema(JsonValue schema, String path, String owner) {
        if (schema instanceof JsonValue.Object object) {
            found(
                    object.members().get("x-millrace-sensitive") instanceof JsonValue.Bool hidden && hidden.value(),
                    "@Sensitive",
                    path,
                    owner);
            found(object.members().get("x-millrace-indexed") instanceof JsonValue.Text, "@Indexed", path, owner);
            object.members().forEach((name, value) -> schema(value, path + "." + name, owner));
        } else if (schema instanceof JsonValue.Array array) {
            for (int i = 0; i < array.items().size(); i++) {
                schema(array.items().get(i), path + "[" + i + "]", owner);
            }
        }
    }

    private void each(List<?> parts, String word, String path, String owner) {
        for (int i = 0; i < parts.size(); i++) {
            uses.found(word, path + "[" + i + "]", owner);
        }
    }

    private void present(Optional<?> part, String word, String path, String owner) {
        found(part.isPresent(), word, path, owner);
    }

    private void found(boolean there, String word, String path, String owner) {
        if (there) {
            uses.found(word, path, owner);
        }
    }
}
