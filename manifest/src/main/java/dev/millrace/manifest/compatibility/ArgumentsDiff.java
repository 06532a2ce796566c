package dev.millrace.manifest.compatibility;

import dev.millrace.manifest.ParameterSpec;
import dev.millrace.manifest.WaitSpec;
import java.util.ArrayList;
import java.util.List;

/** Compares where the arguments of a step or handler come from, and what it waits for. */
final class ArgumentsDiff {

    /** A parameter without what is for people only, and without how what it waits for looks. */
    private record Argument(ParameterSpec.Source source, String step, ParameterSpec.Mode mode) {}

    private ArgumentsDiff() {}

    /** Whether the arguments are the same but for what people call them and what is waited for. */
    static boolean same(List<ParameterSpec> older, List<ParameterSpec> newer) {
        return arguments(older).equals(arguments(newer));
    }

    private static List<Argument> arguments(List<ParameterSpec> parameters) {
        return parameters.stream()
                .map(parameter -> new Argument(parameter.source(), parameter.step(), parameter.mode()))
                .toList();
    }

    /** Compares what a step waits for; what is not compared here is the order of its parameters. */
    static void waits(Findings findings, String path, List<ParameterSpec> older, List<ParameterSpec> newer) {
        var added = new ArrayList<>(waiting(newer));
        for (var before : waiting(older)) {
            var after =
                    added.stream().filter(parameter -> same(before, parameter)).findFirst();
            after.ifPresent(added::remove);
            var wait = before.awaits().orElseThrow();
            if (after.isPresent()) {
                wait(
                        findings,
                        path + ".awaits." + wait.name(),
                        before,
                        after.get().awaits().orElseThrow());
            } else {
                findings.add(
                        Verdict.RISKY,
                        path + ".awaits." + wait.name(),
                        "The step no longer waits for " + words(before) + ".");
            }
        }
        for (var after : added) {
            findings.add(
                    Verdict.RISKY,
                    path + ".awaits." + after.awaits().orElseThrow().name(),
                    "The step waits for " + words(after) + " now; without it, it does not run.");
        }
    }

    private static List<ParameterSpec> waiting(List<ParameterSpec> parameters) {
        return parameters.stream()
                .filter(parameter -> parameter.awaits().isPresent())
                .toList();
    }

    private static boolean same(ParameterSpec older, ParameterSpec newer) {
        return older.source() == newer.source()
                && older.awaits().map(WaitSpec::name).equals(newer.awaits().map(WaitSpec::name));
    }

    private static String words(ParameterSpec parameter) {
        var name = parameter.awaits().orElseThrow().name();
        return parameter.source() == ParameterSpec.Source.EVENT
                ? "the event '" + name + "'"
                : "an answer to \"" + name + "\"";
    }

    private static void wait(Findings findings, String path, ParameterSpec parameter, WaitSpec after) {
        var before = parameter.awaits().orElseThrow();
        var diff = new MemberDiff(findings, path);
        diff.changed("where", Verdict.RISKY, before.where(), after.where(), "other events end the wait than before");
        diff.atLeast("timeout", before.timeout(), after.timeout(), "what comes later is no longer waited for");
        diff.changed("role", Verdict.RISKY, before.role(), after.role(), "others may answer than before");
        // Those who publish the event or answer the form write the value, as callers write the input.
        new SchemaDiff(findings, Direction.INPUT, before.schema(), after.schema()).compare(path + ".schema");
    }
}
