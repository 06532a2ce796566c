package dev.millrace.processor.rule.shape;

import dev.millrace.manifest.LaterOfActions;
import dev.millrace.processor.model.Method;
import dev.millrace.processor.model.Mirror;
import dev.millrace.processor.model.Vocabulary;
import dev.millrace.processor.read.RateLimits;
import dev.millrace.processor.report.Problem;
import dev.millrace.processor.report.Report;
import dev.millrace.processor.report.Tag;
import dev.millrace.processor.rule.Rule;
import dev.millrace.processor.rule.Subject;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;
import javax.lang.model.element.Element;
import javax.lang.model.type.TypeMirror;

/** What is declared but has no effect in this version is refused: nothing is ignored in silence. */
final class LaterRule implements Rule {

    @Override
    public void check(Subject subject, Report report) {
        var workflow = subject.workflow();
        annotations(workflow.type(), "on " + workflow.label(), report);
        for (var method : workflow.methods()) {
            annotations(
                    method.element(),
                    "on " + method.label(),
                    mirror -> !PlacementRule.isMisplaced(method, mirror),
                    report);
            for (var parameter : method.parameters()) {
                annotations(parameter.element(), "on " + parameter.label(), report);
            }
        }
        for (var method : workflow.methods()) {
            var label = "of " + method.label();
            members("@Step(fallback)", method.annotation(), "fallback", Set.of(""), label, report);
            types(subject, method, report);
        }
        for (var action : workflow.actions()) {
            ofAction(action, report);
        }
        var limits = new HashSet<>(workflow.rateLimits());
        for (var method : workflow.stepsAndActions()) {
            limits.addAll(method.rateLimits());
        }
        for (var limit : limits) {
            var label = "of rate limit \"" + limit.text("value").orElse("") + "\"";
            members("@RateLimit(key)", limit, "key", Set.of(""), label, report);
            if (RateLimits.cost(limit).isEmpty()) {
                members("@RateLimit(cost)", limit, "cost", Set.of(), label, report);
            }
        }
    }

    /** What holds for steps, and not yet for what durable code calls itself. */
    private static void ofAction(Method action, Report report) {
        for (var later : LaterOfActions.values()) {
            switch (later) {
                // A transaction is refused by a rule of its own, which knows why there will never be one.
                case DELIVERY -> member(action, "delivery", Set.of("AT_LEAST_ONCE", "TRANSACTIONAL"), report);
                case SLOTS -> member(action, "slots", Set.of("1"), report);
                case FALLBACK -> member(action, "fallback", Set.of(""), report);
                case RATE_LIMIT -> annotation(action, Vocabulary.RATE_LIMIT, report);
                case CONCURRENCY -> annotation(action, Vocabulary.CONCURRENCY, report);
                case FAIR -> annotation(action, Vocabulary.FAIR, report);
                case CIRCUIT_BREAKER -> annotation(action, Vocabulary.CIRCUIT_BREAKER, report);
            }
        }
    }

    private static void annotation(Method action, String name, Report report) {
        for (var mirror : action.annotations(name)) {
            report.add(ofAction(
                    action,
                    Problem.at(
                            mirror.element(),
                            mirror.annotation(),
                            Tag.NOT_YET_SUPPORTED,
                            ofAction(action, "@" + mirror.simpleName()))));
        }
    }

    private static void member(Method action, String member, Set<String> supported, Report report) {
        var mirror = action.annotation();
        var written = mirror.constant(member)
                .or(() -> mirror.text(member))
                .or(() -> mirror.number(member).map(String::valueOf));
        written.filter(value -> !supported.contains(value))
                .ifPresent(value -> report.add(ofAction(
                        action,
                        Problem.at(
                                mirror.element(),
                                mirror.annotation(),
                                mirror.written(member).orElseThrow(),
                                Tag.NOT_YET_SUPPORTED,
                                ofAction(
                                        action,
                                        "@Action(" + member + " = "
                                                + (mirror.text(member).isPresent() ? "\"" + value + "\"" : value)
                                                + ")")))));
    }

    private static String ofAction(Method action, String what) {
        return what + " has no effect on actions in this version of Millrace yet (on " + action.label() + ").";
    }

    private static Problem ofAction(Method action, Problem problem) {
        return problem.fix("say it of the step that calls " + action.label() + ", or make the action a step.");
    }

    private static void annotations(Element element, String where, Report report) {
        annotations(element, where, mirror -> true, report);
    }

    /** What is told to be misplaced is not refused as well. */
    private static void annotations(Element element, String where, Predicate<Mirror> placed, Report report) {
        for (var mirror : Vocabulary.of(element)) {
            if (placed.test(mirror) && Vocabulary.LATER.contains(mirror.qualifiedName())) {
                var name = mirror.simpleName();
                report.add(Problem.at(
                                element,
                                mirror.annotation(),
                                Tag.NOT_YET_SUPPORTED,
                                "@" + name + " is not supported by this version of Millrace yet (" + where + ").")
                        .fix("remove it."));
            }
        }
    }

    /** @param word what stands for the member in the list of what control planes do not act on */
    private static void members(
            String word, Mirror mirror, String member, Set<String> supported, String where, Report report) {
        var constant = mirror.constant(member);
        var written = constant.isPresent() ? constant : mirror.text(member);
        if (Vocabulary.isLater(word) && written.isPresent() && !supported.contains(written.get())) {
            report.add(Problem.at(
                            mirror.element(),
                            mirror.annotation(),
                            mirror.written(member).orElseThrow(),
                            Tag.NOT_YET_SUPPORTED,
                            "@" + mirror.simpleName() + "(" + member + " = " + value(mirror, member, written.get())
                                    + ") is not supported by this version of Millrace yet (" + where + ").")
                    .fix("remove '" + member + "'."));
        }
    }

    private static String value(Mirror mirror, String member, String written) {
        return mirror.constant(member).isPresent() ? written : "\"" + written + "\"";
    }

    private static void types(Subject subject, Method method, Report report) {
        if (isLater(subject, method.returns())) {
            report.add(Problem.at(
                            method.element(),
                            Tag.NOT_YET_SUPPORTED,
                            "A result of type " + subject.types().shortName(method.returns())
                                    + " is not supported by this version of Millrace yet (" + method.label() + ").")
                    .fix("return the value itself."));
        }
        for (var parameter : method.parameters()) {
            if (isLater(subject, parameter.type())) {
                report.add(Problem.at(
                                parameter.element(),
                                Tag.NOT_YET_SUPPORTED,
                                "A parameter of type " + subject.types().shortName(parameter.type())
                                        + " is not supported by this version of Millrace yet (parameter '"
                                        + parameter.name() + "' of " + method.label() + ").")
                        .fix("remove the parameter, or take the value itself."));
            }
        }
    }

    private static boolean isLater(Subject subject, TypeMirror type) {
        for (var name : Vocabulary.LATER) {
            if (subject.types().isA(type, name)) {
                return true;
            }
        }
        return false;
    }
}
