package dev.millrace.processor.rule.literal;

import dev.millrace.expression.Expressions.Purpose;
import dev.millrace.expression.SchemaTypes.Variable;
import dev.millrace.processor.model.Method;
import dev.millrace.processor.model.Mirror;
import dev.millrace.processor.model.Source;
import dev.millrace.processor.model.Vocabulary;
import dev.millrace.processor.model.Workflow;
import dev.millrace.processor.read.RateLimits;
import dev.millrace.processor.report.Problem;
import dev.millrace.processor.report.Report;
import dev.millrace.processor.report.Tag;
import dev.millrace.processor.rule.Rule;
import dev.millrace.processor.rule.Subject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import javax.lang.model.element.Element;

/** Every expression names what there is, and gives what its place needs. */
final class ExpressionRule implements Rule {

    /** The annotations that may have an expression, on a class, a method or a parameter. */
    private static final Set<String> WITH_EXPRESSIONS = Set.of(
            Vocabulary.CONCURRENCY,
            Vocabulary.FAIR,
            Vocabulary.RATE_LIMIT,
            Vocabulary.COLLECT,
            Vocabulary.DEBOUNCE,
            Vocabulary.THROTTLE,
            Vocabulary.ON_EVENT,
            Vocabulary.WHEN,
            Vocabulary.BATCH);

    @Override
    public void check(Subject subject, Report report) {
        var scopes = new ExpressionScopes(subject);
        var workflow = subject.workflow();
        if (mayHave(workflow.type())) {
            ofClass(workflow, scopes, report);
        }
        for (var method : workflow.stepsAndActions()) {
            if (mayHave(method.element())) {
                ofMethod(method, new Place(() -> scopes.ofTask(method), report), report, subject);
            }
        }
        for (var method : workflow.methods()) {
            for (var parameter : method.parameters()) {
                if (subject.wiring().source(parameter) instanceof Source.Event awaited) {
                    new Place(() -> scopes.ofAwaited(awaited), report)
                            .where(parameter.await().orElseThrow());
                }
            }
        }
    }

    private static boolean mayHave(Element element) {
        for (var name : WITH_EXPRESSIONS) {
            if (!Vocabulary.all(element, name).isEmpty()) {
                return true;
            }
        }
        return false;
    }

    private static void ofClass(Workflow workflow, ExpressionScopes scopes, Report report) {
        var run = new Place(scopes::ofRun, report);
        workflow.annotations(Vocabulary.CONCURRENCY).forEach(run::key);
        workflow.annotations(Vocabulary.FAIR).forEach(run::fair);
        workflow.rateLimits().forEach(run::rateLimit);
        var start = new Place(scopes::ofStart, report);
        for (var name : List.of(Vocabulary.COLLECT, Vocabulary.DEBOUNCE, Vocabulary.THROTTLE)) {
            workflow.annotations(name).forEach(start::key);
        }
        var event = new Place(scopes::ofEvent, report);
        workflow.annotations(Vocabulary.ON_EVENT).forEach(event::where);
    }

    private static void ofMethod(Method method, Place task, Report report, Subject subject) {
        method.when().ifPresent(task::condition);
        method.annotations(Vocabulary.CONCURRENCY).forEach(task::key);
        method.annotations(Vocabulary.FAIR).forEach(task::fair);
        method.annotations(Vocabulary.BATCH).forEach(task::key);
        method.rateLimits().forEach(task::rateLimit);
        if (task.used) {
            hidden(method, report, subject);
        }
    }

    /** In an expression, the run's input and labels win over parameters of the same name. */
    private static void hidden(Method method, Report report, Subject subject) {
        for (var parameter : method.parameters()) {
            var name = parameter.name();
            boolean isInput = subject.wiring().source(parameter) instanceof Source.Input;
            if (name.equals(ExpressionScopes.METADATA) || name.equals(ExpressionScopes.INPUT) && !isInput) {
                report.add(Problem.at(
                                parameter.element(),
                                Tag.RESERVED_NAME,
                                "Parameter '" + name + "' of " + method.label()
                                        + " is called as what expressions call the "
                                        + (name.equals(ExpressionScopes.INPUT) ? "run's input" : "run's labels")
                                        + ", so those of " + method.label() + " could not name it.")
                        .fix("rename the parameter."));
            }
        }
    }

    /** A place where expressions stand that may name the same. */
    private static final class Place {
        private final Supplier<Map<String, Variable>> variables;
        private final Report report;
        private final Map<String, ExpressionChecks> checks = new HashMap<>();
        private boolean used;

        Place(Supplier<Map<String, Variable>> variables, Report report) {
            this.variables = variables;
            this.report = report;
        }

        void key(Mirror mirror) {
            expression(mirror, "key", Purpose.KEY);
        }

        void condition(Mirror mirror) {
            if (mirror.text("value").filter(String::isBlank).isPresent()) {
                report.add(Problem.at(
                                mirror.element(),
                                mirror.annotation(),
                                mirror.written("value").orElseThrow(),
                                Tag.BAD_CEL,
                                "@When says no condition, so nobody knows when the step is skipped.")
                        .fix(fix(Purpose.CONDITION)));
            } else {
                expression(mirror, "value", Purpose.CONDITION);
            }
        }

        void where(Mirror mirror) {
            expression(mirror, "where", Purpose.CONDITION);
        }

        void fair(Mirror mirror) {
            key(mirror);
            expression(mirror, "weight", Purpose.WEIGHT);
        }

        void rateLimit(Mirror mirror) {
            key(mirror);
            // A number is checked without CEL, which takes a cold compiler half a second to load.
            if (RateLimits.cost(mirror).isEmpty()) {
                expression(mirror, "cost", Purpose.COST);
            }
        }

        void expression(Mirror mirror, String member, Purpose purpose) {
            var source = mirror.text(member).orElse("");
            if (source.isEmpty()) {
                return;
            }
            used = true;
            var check = checks.computeIfAbsent("", unused -> new ExpressionChecks(variables.get()));
            for (var problem : check.problems(source, purpose)) {
                report.add(Problem.at(
                                mirror.element(),
                                mirror.annotation(),
                                mirror.written(member).orElseThrow(),
                                Tag.BAD_CEL,
                                "\"" + source.replaceAll("\\s+", " ") + "\" column " + problem.column() + ": "
                                        + problem.message())
                        .fix(fix(purpose)));
            }
        }

        private static String fix(Purpose purpose) {
            return switch (purpose) {
                case CONDITION -> "write a condition that is true or false, such as \"input.cents > 1000\".";
                case KEY -> "write what tells apart, as text or a whole number, such as \"input.customerId\".";
                case COST -> "write a whole number, or what counts them, such as \"size(input.lines)\".";
                case WEIGHT -> "write a number above 0, or where to find it, such as \"input.weight\".";
                case ANY -> "";
            };
        }
    }
}
