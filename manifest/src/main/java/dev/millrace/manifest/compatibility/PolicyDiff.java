package dev.millrace.manifest.compatibility;

import dev.millrace.manifest.Backoff;
import dev.millrace.manifest.Durations;
import dev.millrace.manifest.StepPolicy;

/** Compares the policies of one step, action or handler. No policy is seen by callers, so none breaks them. */
final class PolicyDiff {

    private PolicyDiff() {}

    static void compare(Findings findings, String path, StepPolicy older, StepPolicy newer) {
        var diff = new MemberDiff(findings, path + ".policy");
        diff.atLeast("timeout", older.timeout(), newer.timeout(), "attempts that take longer now fail");
        diff.atLeast("queueTimeout", older.queueTimeout(), newer.queueTimeout(), "tasks that wait longer now fail");
        diff.atLeast("retries", older.retries(), newer.retries(), "failures are given up on sooner");
        diff.changed("backoff", Verdict.SAFE, show(older.backoff()), show(newer.backoff()), "");
        diff.changed(
                "delivery",
                Verdict.RISKY,
                older.delivery(),
                newer.delivery(),
                switch (newer.delivery()) {
                    case AT_LEAST_ONCE -> "after a crash the method may be entered again";
                    case AT_MOST_ONCE -> "a task whose worker is lost now fails";
                    case TRANSACTIONAL -> "the effect must now be in the transaction that it is given";
                });
        diff.changed("slots", Verdict.SAFE, older.slots(), newer.slots(), "");
        diff.changed(
                "slotKind",
                Verdict.RISKY,
                older.slotKind(),
                newer.slotKind(),
                "tasks wait until a worker has slots of that kind");
        diff.changed(
                "retryOn", Verdict.RISKY, older.retryOn(), newer.retryOn(), "other exceptions are retried than before");
        diff.changed(
                "noRetryOn",
                Verdict.RISKY,
                older.noRetryOn(),
                newer.noRetryOn(),
                "other exceptions are retried than before");
        PlacementDiff.compare(diff.in("placement"), older.placement(), newer.placement());
    }

    private static String show(Backoff backoff) {
        return Durations.format(backoff.initial()) + " times " + backoff.multiplier() + " up to "
                + Durations.format(backoff.max());
    }
}
