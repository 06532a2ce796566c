package dev.millrace.manifest.compatibility;

import dev.millrace.manifest.Durations;
import dev.millrace.manifest.StepPolicy;
import java.time.Duration;
import java.util.Objects;

/** Compares the policies of one step or handler. No policy is seen by callers, so none breaks them. */
final class PolicyDiff {
    private final Findings findings;
    private final String path;

    private PolicyDiff(Findings findings, String path) {
        this.findings = findings;
        this.path = path;
    }

    static void compare(Findings findings, String path, StepPolicy older, StepPolicy newer) {
        var diff = new PolicyDiff(findings, path + ".policy");
        diff.limit("timeout", older.timeout(), newer.timeout(), "attempts that take longer now fail");
        diff.limit("queueTimeout", older.queueTimeout(), newer.queueTimeout(), "tasks that wait longer now fail");
        diff.retries(older.retries(), newer.retries());
        diff.changed("backoff", Verdict.SAFE, older.backoff(), newer.backoff());
        diff.changed("delivery", Verdict.RISKY, older.delivery(), newer.delivery());
        diff.changed("slots", Verdict.SAFE, older.slots(), newer.slots());
        diff.changed("retryOn", Verdict.RISKY, older.retryOn(), newer.retryOn());
        diff.changed("noRetryOn", Verdict.RISKY, older.noRetryOn(), newer.noRetryOn());
    }

    private void limit(String name, Duration older, Duration newer, String consequence) {
        int order = newer.compareTo(older);
        if (order != 0) {
            findings.add(
                    order < 0 ? Verdict.RISKY : Verdict.SAFE,
                    path + "." + name,
                    "It went from " + Durations.format(older) + " to " + Durations.format(newer)
                            + (order < 0 ? "; " + consequence + "." : "."));
        }
    }

    private void retries(int older, int newer) {
        if (older != newer) {
            findings.add(
                    newer < older ? Verdict.RISKY : Verdict.SAFE,
                    path + ".retries",
                    "Retries went from " + older + " to " + newer
                            + (newer < older ? "; failures are given up on sooner." : "."));
        }
    }

    private void changed(String name, Verdict verdict, Object older, Object newer) {
        if (!Objects.equals(older, newer)) {
            findings.add(verdict, path + "." + name, "It went from " + older + " to " + newer + ".");
        }
    }
}
