package dev.millrace.manifest.compatibility;

import dev.millrace.manifest.ActionSpec;
import dev.millrace.manifest.CircuitBreakerSpec;
import dev.millrace.manifest.Durations;
import dev.millrace.manifest.Manifest;
import dev.millrace.manifest.OutputSpec;
import dev.millrace.manifest.RateLimitUse;
import java.util.List;
import java.util.Optional;

/** Compares the methods that durable steps call, and what steps and actions have in common. */
final class ActionsDiff {
    private ActionsDiff() {}

    static void compare(Findings findings, Manifest older, Manifest newer) {
        for (var before : older.actions()) {
            var path = "actions." + before.name();
            newer.actions().stream()
                    .filter(action -> action.name().equals(before.name()))
                    .findFirst()
                    .ifPresentOrElse(
                            after -> action(findings, path, before, after),
                            () -> findings.add(
                                    Verdict.RISKY,
                                    path,
                                    "The action '" + before.name() + "' is gone; runs under way may have it stored."));
        }
        for (var after : newer.actions()) {
            if (older.actions().stream().noneMatch(action -> action.name().equals(after.name()))) {
                findings.add(Verdict.SAFE, "actions." + after.name(), "The action '" + after.name() + "' is new.");
            }
        }
    }

    private static void action(Findings findings, String path, ActionSpec older, ActionSpec newer) {
        if (differ(older.output(), newer.output())) {
            findings.add(
                    Verdict.RISKY,
                    path + ".output",
                    "What the action returns changed; runs under way have results in the old form stored.");
        }
        PolicyDiff.compare(findings, path, older.policy(), newer.policy());
        var diff = new MemberDiff(findings, path);
        uses(diff, older.rateLimits(), newer.rateLimits());
        SharingDiff.compare(diff, older.sharing(), newer.sharing());
        circuitBreaker(diff, older.circuitBreaker(), newer.circuitBreaker());
        fallback(diff, older.fallback(), newer.fallback());
    }

    /** Whether what comes out has another form; a mended description is none. */
    static boolean differ(OutputSpec older, OutputSpec newer) {
        var findings = new Findings();
        new SchemaDiff(findings, Direction.RESULT, older.schema(), newer.schema()).compare("output");
        return older.kind() != newer.kind() || !findings.changes().isEmpty();
    }

    static void uses(MemberDiff diff, List<RateLimitUse> older, List<RateLimitUse> newer) {
        diff.changed(
                "rateLimits", Verdict.RISKY, tokens(older), tokens(newer), "tasks may wait longer for their tokens");
    }

    private static Object tokens(List<RateLimitUse> uses) {
        var tokens = uses.stream()
                .map(use -> (use.costExpression().isEmpty() ? use.cost() : "\"" + use.costExpression() + "\"") + " of '"
                        + use.name() + "'" + (use.key().isEmpty() ? "" : " per \"" + use.key() + "\""))
                .toList();
        return tokens.isEmpty() ? "" : tokens;
    }

    static void circuitBreaker(
            MemberDiff diff, Optional<CircuitBreakerSpec> older, Optional<CircuitBreakerSpec> newer) {
        if (diff.bothThere(
                "circuitBreaker",
                older,
                newer,
                MemberDiff.safe("No circuit breaker stops attempts any longer."),
                MemberDiff.risky("A circuit breaker may stop attempts now, before they are made."))) {
            diff.changed(
                    "circuitBreaker",
                    Verdict.RISKY,
                    show(older.get()),
                    show(newer.get()),
                    "attempts are stopped in other situations");
        }
    }

    private static String show(CircuitBreakerSpec breaker) {
        return (breaker.name().isEmpty() ? "" : breaker.name() + " at ") + breaker.failureRate() + " of "
                + breaker.window() + " failed, open for " + Durations.format(breaker.openFor());
    }

    static void fallback(MemberDiff diff, String older, String newer) {
        diff.changed(
                "fallback",
                Verdict.RISKY,
                older,
                newer,
                newer.isEmpty() ? "what it answered for fails now" : "it answers now when attempts are used up");
    }
}
