package dev.millrace.manifest.compatibility;

import dev.millrace.manifest.CompensationSpec;
import dev.millrace.manifest.HandlerSpec;
import dev.millrace.manifest.Manifest;
import java.util.LinkedHashMap;
import java.util.Map;

/** Compares what runs when a run fails. */
final class HandlersDiff {
    private final Findings findings;

    private HandlersDiff(Findings findings) {
        this.findings = findings;
    }

    static void compare(Findings findings, Manifest older, Manifest newer) {
        var diff = new HandlersDiff(findings);
        diff.compensations(byStep(older), byStep(newer));
        diff.onFailure(older, newer);
    }

    private static Map<String, HandlerSpec> byStep(Manifest manifest) {
        var handlers = new LinkedHashMap<String, HandlerSpec>();
        for (CompensationSpec compensation : manifest.compensations()) {
            handlers.put(compensation.undoes(), compensation.handler());
        }
        return handlers;
    }

    private void compensations(Map<String, HandlerSpec> older, Map<String, HandlerSpec> newer) {
        older.forEach((step, handler) -> {
            if (newer.containsKey(step)) {
                handler("compensations." + step, handler, newer.get(step));
            } else {
                findings.add(
                        Verdict.RISKY,
                        "compensations." + step,
                        "Nothing undoes the step '" + step + "' any longer when a run fails after it.");
            }
        });
        newer.forEach((step, handler) -> {
            if (!older.containsKey(step)) {
                findings.add(
                        Verdict.SAFE,
                        "compensations." + step,
                        "'" + handler.name() + "' now undoes the step '" + step + "' when a run fails after it.");
            }
        });
    }

    private void onFailure(Manifest older, Manifest newer) {
        if (older.onFailure().isPresent() && newer.onFailure().isPresent()) {
            handler("onFailure", older.onFailure().get(), newer.onFailure().get());
        } else if (older.onFailure().isPresent()) {
            findings.add(Verdict.RISKY, "onFailure", "No handler is called any longer when a run fails.");
        } else if (newer.onFailure().isPresent()) {
            findings.add(
                    Verdict.SAFE,
                    "onFailure",
                    "'" + newer.onFailure().get().name() + "' is now called when a run fails.");
        }
    }

    private void handler(String path, HandlerSpec older, HandlerSpec newer) {
        if (!older.name().equals(newer.name())) {
            findings.add(Verdict.RISKY, path, "The handler '" + older.name() + "' gave way to '" + newer.name() + "'.");
        }
        if (!ArgumentsDiff.same(older.parameters(), newer.parameters())) {
            findings.add(Verdict.RISKY, path + ".parameters", "The handler takes other arguments.");
        }
        PolicyDiff.compare(findings, path, older.policy(), newer.policy());
    }
}
