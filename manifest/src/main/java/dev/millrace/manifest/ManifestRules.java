package dev.millrace.manifest;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Checks what the parts of a manifest say about each other; the records themselves have refused what is wrong with one
 * part alone. The annotation processor writes only manifests that pass; the control plane asks again at registration,
 * because a manifest may come from anywhere. Takes time in proportion to the size of the manifest.
 *
 * <p>Codes: {@code NO_STEPS}, {@code MANIFEST_TOO_LARGE}, {@code DUPLICATE_NAME}, {@code UNKNOWN_STEP}, {@code CYCLE}, {@code
 * NO_VALUE} (a result is wanted of a step that has none), {@code MAPPED_STEP}, {@code PARAMETER}, {@code
 * DUPLICATE_COMPENSATION}, {@code RATE_LIMIT}, {@code POLICY}, {@code PLACEMENT}, {@code RESULT}, {@code SCHEMA}, {@code KIND} (a step's kind, its
 * parameters and what it returns do not belong together), {@code WAIT}, {@code TRIGGER}, {@code CRON}, {@code SHARING}, {@code
 * BUDGET}, {@code METADATA} and {@code NOT_SUPPORTED} (part of the vocabulary, but without effect yet; see {@link
 * LaterVocabulary}).
 */
public final class ManifestRules {
    private static final int MOST_SLOTS = 10_000;
    private static final int MOST_EXCEPTION_TYPES = 100;

    private final Manifest manifest;
    private final Map<String, Integer> numbers = new HashMap<>();
    private final Map<String, RateLimitSpec> limits = new HashMap<>();
    private final Set<String> lists = new HashSet<>();
    private final Problems problems = new Problems();
    private final KindRules kinds = new KindRules(problems);
    private final PlacementRules placements = new PlacementRules(problems);
    private final TriggerRules triggers;

    private ManifestRules(Manifest manifest) {
        this.manifest = manifest;
        this.triggers = new TriggerRules(manifest, problems);
    }

    /** Everything that is wrong, in the order of the manifest, at most 100 problems; empty if the manifest can run. */
    public static List<ManifestProblem> check(Manifest manifest) {
        var rules = new ManifestRules(manifest);
        rules.checkSize();
        if (rules.problems.isEmpty()) {
            rules.checkNames();
            var input = rules.checkSchemas();
            rules.triggers.check(input);
            rules.checkSteps();
            rules.checkActions();
            rules.checkHandlers();
            rules.checkRateLimits();
            rules.checkResult();
            rules.checkCycles();
            LaterVocabulary.refuse(manifest, rules.problems);
        }
        return rules.problems.found();
    }

    private void checkSize() {
        int steps = manifest.steps().size();
        if (steps == 0) {
            report("NO_STEPS", "steps", "Workflow '" + manifest.workflow() + "' has no steps; it needs one at least.");
        } else if (steps > Manifest.MAX_STEPS) {
            report(
                    "MANIFEST_TOO_LARGE",
                    "steps",
                    "Workflow '" + manifest.workflow() + "' has " + steps + " steps, but may have " + Manifest.MAX_STEPS
                            + ". Split it, or use a mapped step.");
        }
    }

    private void checkNames() {
        var methods = problems.new Taken();
        for (int i = 0; i < manifest.steps().size(); i++) {
            numbers.putIfAbsent(manifest.steps().get(i).name(), i);
            methods.claim(manifest.steps().get(i).name(), "steps[" + i + "].name");
        }
        for (int i = 0; i < manifest.actions().size(); i++) {
            methods.claim(manifest.actions().get(i).name(), "actions[" + i + "].name");
        }
        for (int i = 0; i < manifest.compensations().size(); i++) {
            methods.claim(manifest.compensations().get(i).handler().name(), "compensations[" + i + "].handler.name");
        }
        manifest.onFailure().ifPresent(handler -> methods.claim(handler.name(), "onFailure.name"));
        var buckets = problems.new Taken();
        for (int i = 0; i < manifest.rateLimits().size(); i++) {
            var limit = manifest.rateLimits().get(i);
            limits.putIfAbsent(limit.name(), limit);
            buckets.claim(limit.name(), "rateLimits[" + i + "].name");
        }
    }

    /** The schema of the input, if it is one. */
    private Optional<SchemaCheck> checkSchemas() {
        var input = checkSchema("input.schema", manifest.input().schema());
        for (int i = 0; i < manifest.steps().size(); i++) {
            var step = manifest.steps().get(i);
            var path = "steps[" + i + "]";
            boolean array = checkOutput(step.output(), path)
                    .filter(SchemaCheck::onlyArrays)
                    .isPresent();
            step.stream().ifPresent(stream -> checkSchema(path + ".stream.schema", stream.schema()));
            for (int j = 0; j < step.parameters().size(); j++) {
                var at = path + ".parameters[" + j + "].awaits.schema";
                step.parameters().get(j).awaits().ifPresent(wait -> checkSchema(at, wait.schema()));
            }
            // The results of a mapped step are joined to a list, whatever its method returns.
            if (array || step.mapped()) {
                lists.add(step.name());
            }
        }
        for (int i = 0; i < manifest.actions().size(); i++) {
            checkOutput(manifest.actions().get(i).output(), "actions[" + i + "]");
        }
        return input;
    }

    private Optional<SchemaCheck> checkOutput(OutputSpec output, String path) {
        return output.kind() == OutputSpec.Kind.NONE
                ? Optional.empty()
                : checkSchema(path + ".output.schema", output.schema());
    }

    private Optional<SchemaCheck> checkSchema(String path, JsonValue schema) {
        try {
            return Optional.of(SchemaCheck.of(schema));
        } catch (InvalidManifestException e) {
            report("SCHEMA", e.path().isEmpty() ? path : path + "." + e.path(), e.getMessage());
            return Optional.empty();
        }
    }

    private void checkSteps() {
        for (int i = 0; i < manifest.steps().size(); i++) {
            var step = manifest.steps().get(i);
            String path = "steps[" + i + "]";
            checkParameters(step.name(), step.parameters(), path, false);
            for (int j = 0; j < step.after().size(); j++) {
                requireStep(step.after().get(j), "Step '" + step.name() + "' runs after", path + ".after[" + j + "]");
            }
            checkMapped(step, path);
            kinds.check(step, path);
            checkPolicy(step.name(), step.policy(), path);
            checkTransaction(step, path);
            checkUses("Step '" + step.name() + "'", step.rateLimits(), path);
            triggers.checkSharing("Step '" + step.name() + "'", step.sharing(), path + ".sharing");
            checkFallback("Step '" + step.name() + "'", step.fallback(), path);
        }
    }

    private void checkActions() {
        for (int i = 0; i < manifest.actions().size(); i++) {
            var action = manifest.actions().get(i);
            var path = "actions[" + i + "]";
            var owner = "Action '" + action.name() + "'";
            if (action.output().kind() == OutputSpec.Kind.LOOP) {
                report("KIND", path + ".output.kind", owner + " cannot be a loop; only steps can.");
            }
            refuseLater(action, owner, path);
            checkPolicy(action.name(), action.policy(), path);
            checkUses(owner, action.rateLimits(), path);
            triggers.checkSharing(owner, action.sharing(), path + ".sharing");
            checkFallback(owner, action.fallback(), path);
        }
    }

    /** What actions say and no worker does yet. */
    private void refuseLater(ActionSpec action, String owner, String path) {
        for (var later : LaterOfActions.of(action)) {
            report(
                    "NOT_SUPPORTED",
                    path + "." + later.path(),
                    owner + " uses " + later.word()
                            + ", which this control plane acts on for steps only. Put it on the step that calls it, or"
                            + " make the action a step.");
        }
    }

    private void checkFallback(String owner, String fallback, String path) {
        if (!fallback.isEmpty()
                && (!Character.isJavaIdentifierStart(fallback.charAt(0))
                        || !fallback.chars().allMatch(Character::isJavaIdentifierPart))) {
            report("POLICY", path + ".fallback", owner + " has the fallback \"" + fallback + "\", which is no method.");
        }
    }

    private void checkParameters(String owner, List<ParameterSpec> parameters, String path, boolean handler) {
        for (int j = 0; j < parameters.size(); j++) {
            var parameter = parameters.get(j);
            String at = path + ".parameters[" + j + "]";
            kinds.checkMode(owner, parameter, at);
            if (parameter.source() == ParameterSpec.Source.STEP) {
                var parent = requireStep(
                        parameter.step(),
                        "Parameter '" + parameter.name() + "' of '" + owner + "' takes the result of",
                        at + ".step");
                if (parent.isPresent() && parent.get().output().kind() == OutputSpec.Kind.NONE) {
                    report(
                            "NO_VALUE",
                            at + ".step",
                            "Parameter '" + parameter.name() + "' of '" + owner + "' takes the result of '"
                                    + parameter.step() + "', which has none. Use 'after' for order without data.");
                }
                if (handler && parameter.mode() == ParameterSpec.Mode.EACH) {
                    report("PARAMETER", at + ".mode", "Handler '" + owner + "' cannot have a task per element.");
                }
            }
        }
    }

    private Optional<StepSpec> requireStep(String name, String sentence, String path) {
        var number = numbers.get(name);
        if (number == null) {
            report("UNKNOWN_STEP", path, sentence + " '" + name + "', but there is no such step.");
            return Optional.empty();
        }
        return Optional.of(manifest.steps().get(number));
    }

    private void checkMapped(StepSpec step, String path) {
        int mapped = 0;
        for (int j = 0; j < step.parameters().size(); j++) {
            var parameter = step.parameters().get(j);
            if (parameter.mode() != ParameterSpec.Mode.EACH || parameter.source() != ParameterSpec.Source.STEP) {
                continue;
            }
            String at = path + ".parameters[" + j + "]";
            if (++mapped == 2) {
                report("MAPPED_STEP", at + ".mode", "Step '" + step.name() + "' is mapped over more than one list.");
            }
            if (numbers.containsKey(parameter.step()) && !lists.contains(parameter.step())) {
                report(
                        "MAPPED_STEP",
                        at + ".step",
                        "Step '" + step.name() + "' has a task per element of the result of '" + parameter.step()
                                + "', whose schema is no array.");
            }
        }
    }

    /** A transaction is committed when the method returns, with the value that it returned. */
    private void checkTransaction(StepSpec step, String path) {
        boolean atOnce = step.kind() == StepSpec.Kind.PLAIN
                && step.output().kind() != OutputSpec.Kind.LOOP
                && step.batch().isEmpty()
                && step.fallback().isEmpty();
        if (step.policy().delivery() == Delivery.TRANSACTIONAL && !atOnce) {
            report(
                    "POLICY",
                    path + ".policy.delivery",
                    "'" + step.name() + "' is delivered TRANSACTIONAL, so it can neither answer later, in turns or by a"
                            + " fallback, nor be durable, nor serve several runs with one call.");
        }
    }

    private void checkPolicy(String owner, StepPolicy policy, String path) {
        if (policy.delivery() == Delivery.AT_MOST_ONCE && policy.retries() > 0) {
            report(
                    "POLICY",
                    path + ".policy.retries",
                    "'" + owner + "' is delivered AT_MOST_ONCE and so cannot be retried, but asks for "
                            + policy.retries() + " retries.");
        }
        if (policy.slots() > MOST_SLOTS) {
            report(
                    "POLICY",
                    path + ".policy.slots",
                    "'" + owner + "' takes " + policy.slots() + " slots, but may take " + MOST_SLOTS + ".");
        }
        if (!policy.slotKind().isEmpty() && !Names.isName(policy.slotKind())) {
            report(
                    "POLICY",
                    path + ".policy.slotKind",
                    "'" + owner + "' takes slots of kind '" + policy.slotKind() + "', which is no name.");
        }
        placements.check(owner, policy.placement(), path + ".policy.placement");
        checkExceptionTypes(owner, policy.retryOn(), path + ".policy.retryOn");
        checkExceptionTypes(owner, policy.noRetryOn(), path + ".policy.noRetryOn");
    }

    private void checkExceptionTypes(String owner, List<String> types, String path) {
        if (types.size() > MOST_EXCEPTION_TYPES) {
            report(
                    "POLICY",
                    path,
                    "'" + owner + "' names " + types.size() + " exception types, but may name " + MOST_EXCEPTION_TYPES
                            + ".");
        }
        for (int j = 0; j < types.size(); j++) {
            if (types.get(j).isBlank() || types.get(j).length() > 512) {
                report(
                        "POLICY",
                        path + "[" + j + "]",
                        "'" + owner + "' names an exception type that is blank or too long.");
            }
        }
    }

    private void checkUses(String owner, List<RateLimitUse> uses, String path) {
        var used = new HashSet<String>();
        for (int j = 0; j < uses.size(); j++) {
            var use = uses.get(j);
            var limit = limits.get(use.name());
            String at = path + ".rateLimits[" + j + "]";
            if (limit == null) {
                report(
                        "RATE_LIMIT",
                        at + ".name",
                        owner + " takes from rate limit '" + use.name() + "', which the manifest does not have.");
            } else if (use.cost() > limit.burst()) {
                report(
                        "RATE_LIMIT",
                        at + ".cost",
                        owner + " takes " + use.cost() + " tokens of '" + use.name()
                                + "' at once, but the bucket holds " + limit.burst() + ", so it would wait for ever.");
            }
            if (!used.add(use.name())) {
                report("RATE_LIMIT", at + ".name", owner + " takes from '" + use.name() + "' twice.");
            }
        }
    }

    private void checkHandlers() {
        var undone = new HashSet<String>();
        for (int i = 0; i < manifest.compensations().size(); i++) {
            var compensation = manifest.compensations().get(i);
            String path = "compensations[" + i + "]";
            requireStep(
                    compensation.undoes(),
                    "Compensation '" + compensation.handler().name() + "' undoes",
                    path + ".undoes");
            if (!undone.add(compensation.undoes())) {
                report(
                        "DUPLICATE_COMPENSATION",
                        path + ".undoes",
                        "Step '" + compensation.undoes() + "' is undone twice; put both into one method.");
            }
            checkHandler(compensation.handler(), path + ".handler");
            refuseFailure(compensation.handler().name(), compensation.handler().parameters(), path + ".handler");
        }
        manifest.onFailure().ifPresent(handler -> checkHandler(handler, "onFailure"));
        for (int i = 0; i < manifest.steps().size(); i++) {
            refuseFailure(
                    manifest.steps().get(i).name(), manifest.steps().get(i).parameters(), "steps[" + i + "]");
        }
    }

    private void checkHandler(HandlerSpec handler, String path) {
        checkParameters(handler.name(), handler.parameters(), path, true);
        kinds.checkHandler(handler.name(), handler.parameters(), path);
        checkPolicy(handler.name(), handler.policy(), path);
        if (handler.policy().delivery() == Delivery.TRANSACTIONAL) {
            report(
                    "POLICY",
                    path + ".policy.delivery",
                    "Handler '" + handler.name() + "' is delivered TRANSACTIONAL, which steps alone can be.");
        }
    }

    private void refuseFailure(String owner, List<ParameterSpec> parameters, String path) {
        for (int j = 0; j < parameters.size(); j++) {
            if (parameters.get(j).source() == ParameterSpec.Source.FAILURE) {
                report(
                        "PARAMETER",
                        path + ".parameters[" + j + "].source",
                        "'" + owner + "' takes the run's failure, but only the on-failure handler is given it.");
            }
        }
    }

    private void checkRateLimits() {
        for (int i = 0; i < manifest.rateLimits().size(); i++) {
            var limit = manifest.rateLimits().get(i);
            // A bucket's level is counted in tokens times nanoseconds; both factors together must fit a long.
            if (limit.limit() > 1_000_000_000 || limit.burst() > 1_000_000_000) {
                report(
                        "RATE_LIMIT",
                        "rateLimits[" + i + "]",
                        "Rate limit '" + limit.name() + "' has limit " + limit.limit() + " and burst " + limit.burst()
                                + ", but neither may be over 1000000000.");
            }
        }
    }

    private void checkResult() {
        var named = new HashSet<String>();
        for (int i = 0; i < manifest.result().steps().size(); i++) {
            String name = manifest.result().steps().get(i);
            String path = "result.steps[" + i + "]";
            var step = requireStep(name, "The result is made of", path);
            if (step.isPresent() && step.get().output().kind() == OutputSpec.Kind.NONE) {
                report("NO_VALUE", path, "The result is made of '" + name + "', which has no value.");
            }
            if (!named.add(name)) {
                report("RESULT", path, "The result names step '" + name + "' twice.");
            }
        }
    }

    private void checkCycles() {
        for (var cycle : Cycles.of(manifest.steps(), numbers)) {
            report(
                    "CYCLE",
                    "steps[" + numbers.get(cycle.get(0)) + "]",
                    "Steps wait for each other in a circle: " + String.join(" → ", cycle)
                            + ". Read each arrow as 'waits for', and remove one.");
        }
    }

    private void report(String code, String path, String message) {
        problems.report(code, path, message);
    }
}
