package dev.millrace.expression;

import dev.millrace.expression.Expressions.Purpose;
import dev.millrace.manifest.BatchSpec;
import dev.millrace.manifest.InvalidManifestException;
import dev.millrace.manifest.JsonValue;
import dev.millrace.manifest.RateLimitUse;
import dev.millrace.manifest.Sharing;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;

/** The expressions of one step, or of a workflow as a whole, compiled. Immutable; safe for use by many threads. */
final class PlaceExpressions {

    /** A key, a cost or a weight; without an expression it is what the manifest says. */
    private record Part(String what, Optional<Expression> expression) {}

    private final String owner;
    private final Expressions expressions;
    private final Optional<Expression> when;
    private final List<Part> concurrency = new ArrayList<>();
    private final Optional<Part> fairness;
    private final Optional<Part> weight;
    private final List<Part> limitKeys = new ArrayList<>();
    private final List<Part> costs = new ArrayList<>();
    private final Part batch;
    private final List<Long> fixedCosts = new ArrayList<>();
    /** All of them, the condition first. */
    private final List<Expression> all = new ArrayList<>();

    /**
     * Compiles them.
     *
     * @param owner who has them, for people: {@code step 'charge'}
     * @param path where they stand in the manifest, with a dot at the end if that is not its top
     * @throws InvalidManifestException at the first that cannot be evaluated
     */
    PlaceExpressions(
            String owner,
            String path,
            Scope scope,
            String when,
            Sharing sharing,
            List<RateLimitUse> rateLimits,
            Optional<BatchSpec> batch) {
        this.owner = owner;
        this.expressions = new Expressions(scope);
        this.when = compile(path + "when", when, Purpose.CONDITION);
        for (int i = 0; i < sharing.concurrency().size(); i++) {
            var limit = sharing.concurrency().get(i);
            var name = limit.name().isEmpty() ? "a concurrency limit" : "concurrency limit '" + limit.name() + "'";
            concurrency.add(new Part(
                    "key of " + name, compile(path + "sharing.concurrency[" + i + "].key", limit.key(), Purpose.KEY)));
        }
        fairness = sharing.fairness()
                .map(fair -> new Part(
                        "key of its fair turns", compile(path + "sharing.fairness.key", fair.key(), Purpose.KEY)));
        weight = sharing.fairness()
                .map(fair -> new Part(
                        "weight of its fair turns",
                        compile(path + "sharing.fairness.weight", fair.weight(), Purpose.WEIGHT)));
        for (int i = 0; i < rateLimits.size(); i++) {
            var use = rateLimits.get(i);
            var at = path + "rateLimits[" + i + "].";
            limitKeys.add(
                    new Part("key of rate limit '" + use.name() + "'", compile(at + "key", use.key(), Purpose.KEY)));
            costs.add(new Part(
                    "cost at rate limit '" + use.name() + "'",
                    compile(at + "costExpression", use.costExpression(), Purpose.COST)));
            fixedCosts.add(use.cost());
        }
        this.batch = new Part(
                "key of the batch",
                compile(path + "batch.key", batch.map(BatchSpec::key).orElse(""), Purpose.KEY));
    }

    private Optional<Expression> compile(String path, String source, Purpose purpose) {
        if (source.isEmpty()) {
            return Optional.empty();
        }
        try {
            var expression = expressions.compile(source, purpose);
            all.add(expression);
            return Optional.of(expression);
        } catch (InvalidExpressionException e) {
            throw new InvalidManifestException(
                    path, "An expression of " + owner + " cannot be evaluated: " + e.getMessage());
        }
    }

    /** The variables that some of them name. */
    Set<String> names() {
        var names = new HashSet<String>();
        all.forEach(expression -> names.addAll(expression.names()));
        return names;
    }

    /** The variables that the condition names. */
    Set<String> namesOfCondition() {
        return when.map(Expression::names).orElse(Set.of());
    }

    /** Those of the variables that are named, ready for evaluation. */
    Map<String, Object> bind(Map<String, JsonValue> variables) {
        var bound = new HashMap<String, Object>();
        for (var expression : all) {
            if (!bound.keySet().containsAll(expression.names())) {
                bound.putAll(expression.bind(variables));
            }
        }
        return bound;
    }

    Answer answer(Map<String, Object> bound, Purse purse) {
        var verdict = condition(bound, purse);
        return verdict.isPresent() ? verdict.get() : terms(bound, purse);
    }

    /** What the condition says, unless it holds. */
    Optional<Answer> condition(Map<String, Object> bound, Purse purse) {
        if (when.isEmpty()) {
            return Optional.empty();
        }
        try {
            return when.get().condition(when.get().evaluate(bound, purse))
                    ? Optional.empty()
                    : Optional.of(new Answer.Left());
        } catch (EvaluationException e) {
            return Optional.of(
                    new Answer.Untold(true, "The condition of " + owner + " cannot be told: " + e.getMessage()));
        }
    }

    Answer terms(Map<String, Object> bound, Purse purse) {
        try {
            var groups = new ArrayList<String>();
            for (var limit : concurrency) {
                groups.add(key(limit, bound, purse));
            }
            var group = fairness.isEmpty() ? "" : key(fairness.get(), bound, purse);
            double turns = weight.isEmpty() ? 1 : value(weight.get(), bound, purse, Expression::weight, 1.0);
            var keys = new ArrayList<String>();
            var tokens = new ArrayList<Long>();
            for (int i = 0; i < limitKeys.size(); i++) {
                keys.add(key(limitKeys.get(i), bound, purse));
                tokens.add(value(costs.get(i), bound, purse, Expression::cost, fixedCosts.get(i)));
            }
            return new Answer.Ahead(groups, group, turns, keys, tokens, key(batch, bound, purse));
        } catch (UntoldException e) {
            return new Answer.Untold(
                    false,
                    "The " + e.part.what() + " of " + owner
                            + " cannot be told, so nobody knows whom it would share with: "
                            + e.getCause().getMessage());
        }
    }

    private static String key(Part part, Map<String, Object> bound, Purse purse) {
        return value(part, bound, purse, Expression::key, "");
    }

    /**
     * What a part says.
     *
     * @param without what it is without an expression
     */
    private static <T> T value(
            Part part, Map<String, Object> bound, Purse purse, BiFunction<Expression, Object, T> as, T without) {
        if (part.expression().isEmpty()) {
            return without;
        }
        var expression = part.expression().get();
        try {
            return as.apply(expression, expression.evaluate(bound, purse));
        } catch (EvaluationException e) {
            throw new UntoldException(part, e);
        }
    }

    /** A part has no value. */
    private static final class UntoldException extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final transient Part part;

        UntoldException(Part part, EvaluationException cause) {
            super(cause);
            this.part = part;
        }
    }
}
