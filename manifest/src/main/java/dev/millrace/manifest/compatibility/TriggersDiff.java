package dev.millrace.manifest.compatibility;

import dev.millrace.manifest.CronTrigger;
import dev.millrace.manifest.EventTrigger;
import dev.millrace.manifest.ThrottleSpec;
import dev.millrace.manifest.Triggers;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/** Compares what starts runs, and what becomes of starts before they are runs. */
final class TriggersDiff {
    private static final String OTHER_GROUPS = "starts are grouped in another way";

    private final Findings findings;
    private final MemberDiff diff;

    private TriggersDiff(Findings findings) {
        this.findings = findings;
        this.diff = new MemberDiff(findings, "triggers");
    }

    static void compare(Findings findings, Triggers older, Triggers newer) {
        var triggers = new TriggersDiff(findings);
        triggers.events(older.events(), newer.events());
        triggers.crons(older.crons(), newer.crons());
        triggers.collect(older, newer);
        triggers.debounce(older, newer);
        triggers.throttle(older, newer);
    }

    private void events(List<EventTrigger> older, List<EventTrigger> newer) {
        var gone = new ArrayList<>(older);
        gone.removeAll(newer);
        var added = new ArrayList<>(newer);
        added.removeAll(older);
        for (var before : gone) {
            var after = added.stream()
                    .filter(event -> event.event().equals(before.event()))
                    .findFirst();
            after.ifPresent(added::remove);
            var path = "triggers.events." + before.event();
            if (after.isPresent()) {
                new MemberDiff(findings, path)
                        .changed(
                                "where",
                                Verdict.RISKY,
                                before.where(),
                                after.get().where(),
                                "other events start runs than before");
            } else {
                findings.add(Verdict.RISKY, path, "The event '" + before.event() + "' no longer starts runs.");
            }
        }
        for (var event : added) {
            findings.add(
                    Verdict.SAFE,
                    "triggers.events." + event.event(),
                    "The event '" + event.event() + "' starts runs now.");
        }
    }

    private void crons(List<CronTrigger> older, List<CronTrigger> newer) {
        for (var before : older) {
            var path = "triggers.crons." + before.name();
            newer.stream()
                    .filter(cron -> cron.name().equals(before.name()))
                    .findFirst()
                    .ifPresentOrElse(
                            after -> cron(new MemberDiff(findings, path), before, after),
                            () -> findings.add(
                                    Verdict.RISKY,
                                    path,
                                    "The schedule '" + before.name() + "' no longer starts runs."));
        }
        for (var after : newer) {
            if (older.stream().noneMatch(cron -> cron.name().equals(after.name()))) {
                findings.add(
                        Verdict.SAFE,
                        "triggers.crons." + after.name(),
                        "The schedule '" + after.name() + "' starts runs now.");
            }
        }
    }

    private static void cron(MemberDiff diff, CronTrigger older, CronTrigger newer) {
        diff.changed("cron", Verdict.RISKY, older.cron(), newer.cron(), "runs start at other times");
        diff.changed("zone", Verdict.RISKY, older.zone(), newer.zone(), "runs start at other times");
        diff.changed("input", Verdict.RISKY, older.input(), newer.input(), "");
        diff.changed("overlap", Verdict.RISKY, older.overlap(), newer.overlap(), "");
        diff.changed("catchUp", Verdict.RISKY, older.catchUp(), newer.catchUp(), "");
        diff.atMost("jitter", older.jitter(), newer.jitter(), "runs may start later");
    }

    private void collect(Triggers older, Triggers newer) {
        if (diff.bothThere(
                "collect",
                older.collect(),
                newer.collect(),
                MemberDiff.breaking(
                        "Starts are no longer gathered; each is a run of its own, with an input of its own."),
                MemberDiff.breaking("Starts are gathered now; several share a run, its input and its result."))) {
            var before = older.collect().get();
            var after = newer.collect().get();
            var collect = diff.in("collect");
            collect.changed("maxSize", Verdict.SAFE, before.maxSize(), after.maxSize(), "");
            collect.atMost("maxWait", before.maxWait(), after.maxWait(), "starts may wait longer for others");
            collect.changed("key", Verdict.RISKY, before.key(), after.key(), OTHER_GROUPS);
        }
    }

    private void debounce(Triggers older, Triggers newer) {
        if (diff.bothThere(
                "debounce",
                older.debounce(),
                newer.debounce(),
                MemberDiff.risky("Starts no longer replace each other; each is a run."),
                MemberDiff.risky("Starts wait for quiet now; each replaces the one before."))) {
            var before = older.debounce().get();
            var after = newer.debounce().get();
            var debounce = diff.in("debounce");
            debounce.changed(
                    "quiet",
                    Verdict.RISKY,
                    before.quiet(),
                    after.quiet(),
                    "starts wait and replace each other otherwise");
            debounce.atMost("maxWait", before.maxWait(), after.maxWait(), "starts may wait longer");
            debounce.changed("key", Verdict.RISKY, before.key(), after.key(), OTHER_GROUPS);
        }
    }

    private void throttle(Triggers older, Triggers newer) {
        if (diff.bothThere(
                "throttle",
                older.throttle(),
                newer.throttle(),
                MemberDiff.safe("No start is refused for its rate any longer."),
                MemberDiff.risky("Starts beyond a rate are refused now."))) {
            var before = older.throttle().get();
            var after = newer.throttle().get();
            int order = rate(after, before).compareTo(rate(before, after));
            if (before.limit() != after.limit() || !before.per().equals(after.per())) {
                diff.changed(
                        "throttle",
                        order < 0 ? Verdict.RISKY : Verdict.SAFE,
                        RateLimitsDiff.rate(before.limit(), before.per()),
                        RateLimitsDiff.rate(after.limit(), after.per()),
                        order < 0 ? "more starts are refused" : "");
            }
            diff.in("throttle").changed("key", Verdict.RISKY, before.key(), after.key(), OTHER_GROUPS);
        }
    }

    /** The rate of one, times both periods: it compares without dividing. */
    private static BigInteger rate(ThrottleSpec throttle, ThrottleSpec other) {
        return RateLimitsDiff.scaled(throttle.limit(), other.per());
    }
}
