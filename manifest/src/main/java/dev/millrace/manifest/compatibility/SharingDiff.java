package dev.millrace.manifest.compatibility;

import dev.millrace.manifest.ConcurrencySpec;
import dev.millrace.manifest.Sharing;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Compares how many go on at once, and whose turn it is. Callers see neither, so nothing here breaks them. */
final class SharingDiff {
    private final MemberDiff diff;

    private SharingDiff(MemberDiff diff) {
        this.diff = diff;
    }

    static void compare(MemberDiff part, Sharing older, Sharing newer) {
        var sharing = new SharingDiff(part.in("sharing"));
        sharing.concurrency(older.concurrency(), newer.concurrency());
        sharing.fairness(older, newer);
    }

    /** Limits of the same name and key are the same limit; of several the first with the first. */
    private void concurrency(List<ConcurrencySpec> older, List<ConcurrencySpec> newer) {
        var added = new ArrayList<>(newer);
        for (var before : older) {
            var after = added.stream().filter(limit -> same(before, limit)).findFirst();
            after.ifPresent(added::remove);
            limit(Optional.of(before), after);
        }
        added.forEach(limit -> limit(Optional.empty(), Optional.of(limit)));
    }

    private static boolean same(ConcurrencySpec older, ConcurrencySpec newer) {
        return older.name().equals(newer.name()) && older.key().equals(newer.key());
    }

    private void limit(Optional<ConcurrencySpec> older, Optional<ConcurrencySpec> newer) {
        var words = words(older.or(() -> newer).get());
        var limit = diff.in("concurrency");
        if (limit.bothThere(
                "",
                older,
                newer,
                MemberDiff.risky("The limit " + words + " is gone; more may go on at once than it allowed."),
                MemberDiff.risky("The limit " + words + " is new; those beyond it "
                        + newer.map(SharingDiff::fate).orElse("") + "."))) {
            limit.atLeast(
                    "",
                    older.get().limit(),
                    newer.get().limit(),
                    "those beyond the limit " + words + " " + fate(newer.get()));
            limit.changed(
                    "",
                    Verdict.RISKY,
                    older.get().strategy(),
                    newer.get().strategy(),
                    "those beyond the limit " + words + " " + fate(newer.get()));
        }
    }

    private static String words(ConcurrencySpec limit) {
        return (limit.name().isEmpty() ? "of its own" : "'" + limit.name() + "'")
                + (limit.key().isEmpty() ? "" : " per \"" + limit.key() + "\"");
    }

    private static String fate(ConcurrencySpec limit) {
        return switch (limit.strategy()) {
            case QUEUE -> "wait";
            case CANCEL_RUNNING -> "take the place of one that goes on, which is cancelled";
            case CANCEL_NEW -> "are cancelled";
        };
    }

    private void fairness(Sharing older, Sharing newer) {
        if (diff.bothThere(
                "fairness",
                older.fairness(),
                newer.fairness(),
                MemberDiff.safe("Those that wait no longer take turns by group."),
                MemberDiff.safe("Those that wait take turns by group now."))) {
            var before = older.fairness().get();
            var after = newer.fairness().get();
            var fairness = diff.in("fairness");
            fairness.changed("key", Verdict.SAFE, before.key(), after.key(), "the groups that take turns are others");
            fairness.changed("weight", Verdict.SAFE, before.weight(), after.weight(), "");
        }
    }
}
