package dev.millrace.manifest;

import static dev.millrace.manifest.MemberWriter.About.IDENTITY;
import static dev.millrace.manifest.MemberWriter.About.PEOPLE;
import static dev.millrace.manifest.MemberWriter.About.POLICY;
import static dev.millrace.manifest.MemberWriter.About.SHAPE;

import dev.millrace.manifest.MemberWriter.View;
import dev.millrace.manifest.placement.LabelPreference;
import dev.millrace.manifest.placement.LabelRequirement;
import dev.millrace.manifest.placement.PlacementSpec;
import dev.millrace.manifest.placement.Stickiness;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Writes a manifest as JSON: all of it for the file, or what one of the hashes covers. Each member is said here or in {@link
 * TriggerWriter} once, with what it is about; so a new member cannot be written but forgotten by the hashes.
 */
final class ManifestWriter {

    private final View view;

    ManifestWriter(View view) {
        this.view = view;
    }

    JsonValue manifest(Manifest manifest) {
        var members = new MemberWriter(view);
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
        putSharing(members, manifest.sharing());
        if (!manifest.budgets().isEmpty()) {
            var budgets = view.ordered(manifest.budgets(), BudgetSpec::name);
            members.putAll(POLICY, "budgets", budgets.stream().map(this::budget).toList());
        }
        if (!manifest.triggers().isNone()) {
            members.put(POLICY, "triggers", new TriggerWriter(view).triggers(manifest.triggers()));
        }
        members.put(IDENTITY, "input", input(manifest.input()));
        var steps = new ArrayList<JsonValue>();
        for (var step : view.ordered(manifest.steps(), StepSpec::name)) {
            steps.add(step(step));
        }
        members.put(IDENTITY, "steps", MemberWriter.array(steps));
        if (!manifest.actions().isEmpty()) {
            var actions = view.ordered(manifest.actions(), ActionSpec::name);
            members.putAll(
                    IDENTITY, "actions", actions.stream().map(this::action).toList());
        }
        var compensations = new ArrayList<JsonValue>();
        for (var compensation :
                view.ordered(manifest.compensations(), c -> c.handler().name())) {
            compensations.add(compensation(compensation));
        }
        members.putAll(IDENTITY, "compensations", compensations);
        if (manifest.onFailure().isPresent()) {
            members.put(IDENTITY, "onFailure", handler(manifest.onFailure().get()));
        }
        var limits = new ArrayList<JsonValue>();
        for (var limit : view.ordered(manifest.rateLimits(), RateLimitSpec::name)) {
            limits.add(rateLimit(limit));
        }
        members.putAll(POLICY, "rateLimits", limits);
        members.put(SHAPE, "result", result(manifest.result()));
        return members.toObject();
    }

    private JsonValue input(Input input) {
        var members = new MemberWriter(view);
        members.put(PEOPLE, "type", input.type());
        members.putSchema(input.schema());
        return members.toObject();
    }

    private JsonValue step(StepSpec step) {
        var members = new MemberWriter(view);
        members.put(IDENTITY, "name", step.name());
        members.putLine(step.line());
        members.putUnless(SHAPE, "kind", step.kind(), StepSpec.Kind.PLAIN);
        members.putText(POLICY, "when", step.when());
        putParameters(members, step.parameters());
        members.putWords(SHAPE, "after", view.sorted(step.after()));
        members.put(SHAPE, "output", output(step.output()));
        members.put(POLICY, "policy", policy(step.policy()));
        putUses(members, step.rateLimits());
        putSharing(members, step.sharing());
        if (step.batch().isPresent()) {
            members.put(IDENTITY, "batch", batch(step.batch().get()));
        }
        putCircuitBreaker(members, step.circuitBreaker());
        members.putText(POLICY, "fallback", step.fallback());
        if (step.stream().isPresent()) {
            members.put(SHAPE, "stream", stream(step.stream().get()));
        }
        return members.toObject();
    }

    private JsonValue action(ActionSpec action) {
        var members = new MemberWriter(view);
        members.put(IDENTITY, "name", action.name());
        members.putText(PEOPLE, "description", action.description());
        members.putLine(action.line());
        if (!action.arguments().equals(JsonValue.TRUE)) {
            members.put(PEOPLE, "arguments", action.arguments());
        }
        members.put(SHAPE, "output", output(action.output()));
        members.put(POLICY, "policy", policy(action.policy()));
        putUses(members, action.rateLimits());
        putSharing(members, action.sharing());
        putCircuitBreaker(members, action.circuitBreaker());
        members.putText(POLICY, "fallback", action.fallback());
        return members.toObject();
    }

    private JsonValue compensation(CompensationSpec compensation) {
        var members = new MemberWriter(view);
        members.put(IDENTITY, "undoes", compensation.undoes());
        members.put(IDENTITY, "handler", handler(compensation.handler()));
        return members.toObject();
    }

    private JsonValue handler(HandlerSpec handler) {
        var members = new MemberWriter(view);
        members.put(IDENTITY, "name", handler.name());
        members.putLine(handler.line());
        putParameters(members, handler.parameters());
        members.put(POLICY, "policy", policy(handler.policy()));
        return members.toObject();
    }

    private JsonValue parameter(ParameterSpec parameter) {
        var members = new MemberWriter(view);
        members.put(PEOPLE, "name", parameter.name());
        members.put(SHAPE, "source", parameter.source().name());
        members.putText(SHAPE, "step", parameter.step());
        members.put(SHAPE, "mode", parameter.mode().name());
        if (parameter.awaits().isPresent()) {
            members.put(IDENTITY, "awaits", awaits(parameter.awaits().get()));
        }
        return members.toObject();
    }

    private JsonValue awaits(WaitSpec wait) {
        var members = new MemberWriter(view);
        members.put(SHAPE, "name", wait.name());
        members.putText(SHAPE, "where", wait.where());
        wait.timeout().ifPresent(timeout -> members.put(POLICY, "timeout", timeout));
        members.putText(POLICY, "role", wait.role());
        members.put(PEOPLE, "type", wait.type());
        members.putSchema(wait.schema());
        return members.toObject();
    }

    private JsonValue output(OutputSpec output) {
        var members = new MemberWriter(view);
        members.put(SHAPE, "kind", output.kind().name());
        members.put(PEOPLE, "type", output.type());
        if (!(output.schema() instanceof JsonValue.Null)) {
            members.putSchema(output.schema());
        }
        return members.toObject();
    }

    private JsonValue policy(StepPolicy policy) {
        var backoff = new MemberWriter(view);
        backoff.put(POLICY, "initial", policy.backoff().initial());
        backoff.put(POLICY, "multiplier", MemberWriter.number(policy.backoff().multiplier()));
        backoff.put(POLICY, "max", policy.backoff().max());
        var members = new MemberWriter(view);
        members.put(POLICY, "timeout", policy.timeout());
        members.put(POLICY, "queueTimeout", policy.queueTimeout());
        members.put(POLICY, "retries", JsonValue.of(policy.retries()));
        members.put(POLICY, "backoff", backoff.toObject());
        members.put(POLICY, "delivery", policy.delivery().name());
        members.put(POLICY, "slots", JsonValue.of(policy.slots()));
        if (!policy.slotKind().isEmpty()) {
            members.put(POLICY, "slotKind", policy.slotKind());
        }
        members.putWords(POLICY, "retryOn", policy.retryOn());
        members.putWords(POLICY, "noRetryOn", policy.noRetryOn());
        if (!policy.placement().isAnywhere()) {
            members.put(POLICY, "placement", placement(policy.placement()));
        }
        return members.toObject();
    }

    private JsonValue placement(PlacementSpec placement) {
        var members = new MemberWriter(view);
        members.putAll(
                POLICY,
                "requires",
                placement.requires().stream()
                        .map(asked -> compared(asked).toObject())
                        .toList());
        members.putAll(
                POLICY,
                "prefers",
                placement.prefers().stream().map(this::preference).toList());
        members.putUnless(POLICY, "sticky", placement.sticky(), Stickiness.NONE);
        return members.toObject();
    }

    private JsonValue preference(LabelPreference preference) {
        var members = compared(preference.asRequirement());
        members.put(POLICY, "weight", JsonValue.of(preference.weight()));
        return members.toObject();
    }

    private MemberWriter compared(LabelRequirement asked) {
        var members = new MemberWriter(view);
        members.put(POLICY, "label", asked.label());
        members.put(POLICY, "comparator", asked.comparator().name());
        members.put(POLICY, "value", asked.value());
        return members;
    }

    private JsonValue use(RateLimitUse use) {
        var members = new MemberWriter(view);
        members.put(POLICY, "name", use.name());
        members.putText(POLICY, "key", use.key());
        members.put(POLICY, "cost", JsonValue.of(use.cost()));
        members.putText(POLICY, "costExpression", use.costExpression());
        return members.toObject();
    }

    private JsonValue rateLimit(RateLimitSpec limit) {
        var members = new MemberWriter(view);
        members.put(POLICY, "name", limit.name());
        members.put(POLICY, "limit", JsonValue.of(limit.limit()));
        members.put(POLICY, "period", limit.period());
        members.put(POLICY, "burst", JsonValue.of(limit.burst()));
        return members.toObject();
    }

    private JsonValue result(ResultSpec result) {
        var members = new MemberWriter(view);
        members.put(SHAPE, "steps", MemberWriter.words(view.sorted(result.steps())));
        return members.toObject();
    }

    private JsonValue sharing(Sharing sharing) {
        var members = new MemberWriter(view);
        members.putAll(
                POLICY,
                "concurrency",
                sharing.concurrency().stream().map(this::concurrency).toList());
        sharing.fairness().ifPresent(fairness -> members.put(POLICY, "fairness", fairness(fairness)));
        return members.toObject();
    }

    private JsonValue concurrency(ConcurrencySpec concurrency) {
        var members = new MemberWriter(view);
        members.putText(POLICY, "name", concurrency.name());
        members.putText(POLICY, "key", concurrency.key());
        members.put(POLICY, "limit", JsonValue.of(concurrency.limit()));
        members.put(POLICY, "strategy", concurrency.strategy().name());
        return members.toObject();
    }

    private JsonValue fairness(FairSpec fairness) {
        var members = new MemberWriter(view);
        members.put(POLICY, "key", fairness.key());
        members.put(POLICY, "weight", fairness.weight());
        return members.toObject();
    }

    private JsonValue budget(BudgetSpec budget) {
        var members = new MemberWriter(view);
        members.put(POLICY, "name", budget.name());
        members.put(POLICY, "limit", MemberWriter.number(budget.limit()));
        members.put(POLICY, "exceeded", budget.exceeded().name());
        return members.toObject();
    }

    private JsonValue batch(BatchSpec batch) {
        // That there is one belongs to the shape: the worker calls the method with lists.
        var members = new MemberWriter(view);
        members.put(POLICY, "maxSize", JsonValue.of(batch.maxSize()));
        members.put(POLICY, "maxWait", batch.maxWait());
        members.putText(POLICY, "key", batch.key());
        return members.toObject();
    }

    private JsonValue circuitBreaker(CircuitBreakerSpec breaker) {
        var members = new MemberWriter(view);
        members.putText(POLICY, "name", breaker.name());
        members.put(POLICY, "failureRate", MemberWriter.number(breaker.failureRate()));
        members.put(POLICY, "window", JsonValue.of(breaker.window()));
        members.put(POLICY, "openFor", breaker.openFor());
        return members.toObject();
    }

    private JsonValue stream(StreamSpec stream) {
        var members = new MemberWriter(view);
        members.put(PEOPLE, "type", stream.type());
        members.putSchema(stream.schema());
        return members.toObject();
    }

    private void putSharing(MemberWriter members, Sharing sharing) {
        if (!sharing.isNone()) {
            members.put(POLICY, "sharing", this.sharing(sharing));
        }
    }

    private void putUses(MemberWriter members, List<RateLimitUse> uses) {
        var written = new ArrayList<JsonValue>();
        for (var use : uses) {
            written.add(use(use));
        }
        members.putAll(POLICY, "rateLimits", written);
    }

    private void putCircuitBreaker(MemberWriter members, Optional<CircuitBreakerSpec> breaker) {
        if (breaker.isPresent()) {
            members.put(POLICY, "circuitBreaker", circuitBreaker(breaker.get()));
        }
    }

    /** Where arguments come from is the shape; how long one is waited for, and who may answer, is not. */
    private void putParameters(MemberWriter members, List<ParameterSpec> parameters) {
        boolean waits = false;
        var written = new ArrayList<JsonValue>();
        for (var parameter : parameters) {
            waits |= parameter.awaits().isPresent();
            written.add(parameter(parameter));
        }
        members.putAll(waits ? IDENTITY : SHAPE, "parameters", written);
    }
}
