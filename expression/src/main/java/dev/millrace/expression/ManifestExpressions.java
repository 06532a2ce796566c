package dev.millrace.expression;

import dev.millrace.expression.Expressions.Purpose;
import dev.millrace.manifest.Manifest;
import dev.millrace.manifest.ManifestProblem;
import dev.millrace.manifest.ParameterSpec;
import dev.millrace.manifest.RateLimitUse;
import dev.millrace.manifest.Sharing;
import dev.millrace.manifest.StepSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Checks every expression of a manifest against the schemas of what it names. The compiler has done so for manifests that it
 * wrote; registration asks again, because a manifest may come from anywhere. A manifest without expressions costs nothing;
 * one with them a few milliseconds for each place where they stand. It must have passed {@link
 * dev.millrace.manifest.ManifestRules}.
 */
public final class ManifestExpressions {
    private final Manifest manifest;
    private final ManifestScopes scopes;
    private final List<ManifestProblem> problems = new ArrayList<>();

    private ManifestExpressions(Manifest manifest) {
        this.manifest = manifest;
        this.scopes = new ManifestScopes(manifest);
    }

    /** What is wrong, with code {@code EXPRESSION}, in the order of the manifest; empty if all can be evaluated. */
    public static List<ManifestProblem> check(Manifest manifest) {
        var check = new ManifestExpressions(manifest);
        check.workflow();
        for (int i = 0; i < manifest.steps().size(); i++) {
            check.step(manifest.steps().get(i), "steps[" + i + "]");
        }
        for (int i = 0; i < manifest.actions().size(); i++) {
            var action = manifest.actions().get(i);
            var path = "actions[" + i + "]";
            // What an action is called with is known to the worker alone.
            var place = check.new Place(check.scopes::ofRun);
            place.uses(path, action.rateLimits());
            place.sharing(path + ".sharing", action.sharing());
        }
        return List.copyOf(check.problems);
    }

    private void workflow() {
        new Place(scopes::ofRun).sharing("sharing", manifest.sharing());
        var triggers = manifest.triggers();
        var event = new Place(scopes::ofEvent);
        for (int i = 0; i < triggers.events().size(); i++) {
            event.check(
                    "triggers.events[" + i + "].where", triggers.events().get(i).where(), Purpose.CONDITION);
        }
        var start = new Place(scopes::ofStart);
        triggers.collect().ifPresent(collect -> start.check("triggers.collect.key", collect.key(), Purpose.KEY));
        triggers.debounce().ifPresent(debounce -> start.check("triggers.debounce.key", debounce.key(), Purpose.KEY));
        triggers.throttle().ifPresent(throttle -> start.check("triggers.throttle.key", throttle.key(), Purpose.KEY));
    }

    private void step(StepSpec step, String path) {
        var place = new Place(() -> scopes.ofTask(step));
        place.check(path + ".when", step.when(), Purpose.CONDITION);
        for (int j = 0; j < step.parameters().size(); j++) {
            awaited(step.parameters().get(j), path + ".parameters[" + j + "].awaits.where");
        }
        place.uses(path, step.rateLimits());
        place.sharing(path + ".sharing", step.sharing());
        step.batch().ifPresent(batch -> place.check(path + ".batch.key", batch.key(), Purpose.KEY));
    }

    private void awaited(ParameterSpec parameter, String path) {
        parameter
                .awaits()
                .ifPresent(
                        wait -> new Place(() -> scopes.ofAwaited(wait)).check(path, wait.where(), Purpose.CONDITION));
    }

    /** A place where expressions stand that may name the same; its scope is made for the first of them. */
    private final class Place {
        private final Supplier<Scope> scope;
        private final List<Expressions> made = new ArrayList<>(1);

        Place(Supplier<Scope> scope) {
            this.scope = scope;
        }

        void uses(String path, List<RateLimitUse> uses) {
            for (int i = 0; i < uses.size(); i++) {
                var at = path + ".rateLimits[" + i + "].";
                check(at + "key", uses.get(i).key(), Purpose.KEY);
                check(at + "costExpression", uses.get(i).costExpression(), Purpose.COST);
            }
        }

        void sharing(String path, Sharing sharing) {
            for (int i = 0; i < sharing.concurrency().size(); i++) {
                check(
                        path + ".concurrency[" + i + "].key",
                        sharing.concurrency().get(i).key(),
                        Purpose.KEY);
            }
            sharing.fairness().ifPresent(fairness -> {
                check(path + ".fairness.key", fairness.key(), Purpose.KEY);
                check(path + ".fairness.weight", fairness.weight(), Purpose.WEIGHT);
            });
        }

        /** What names nothing has its value already: a weight of 0 would never have a turn, whatever comes. */
        private static void requireConstant(Expression expression, Purpose purpose) {
            if (expression.names().isEmpty()) {
                var value = expression.evaluate(Map.of());
                switch (purpose) {
                    case KEY -> expression.key(value);
                    case COST -> expression.cost(value);
                    case WEIGHT -> expression.weight(value);
                    case CONDITION, ANY -> {
                        // any value will do
                    }
                }
            }
        }

        void check(String path, String source, Purpose purpose) {
            if (source.isEmpty()) {
                return;
            }
            if (made.isEmpty()) {
                made.add(new Expressions(scope.get()));
            }
            try {
                if (purpose == Purpose.CONDITION) {
                    made.get(0).check(source, purpose);
                } else {
                    requireConstant(made.get(0).compile(source, purpose), purpose);
                }
            } catch (InvalidExpressionException | EvaluationException e) {
                problems.add(new ManifestProblem("EXPRESSION", path, e.getMessage()));
            }
        }
    }
}
