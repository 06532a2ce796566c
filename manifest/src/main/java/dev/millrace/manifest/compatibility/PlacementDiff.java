package dev.millrace.manifest.compatibility;

import dev.millrace.manifest.placement.PlacementSpec;
import dev.millrace.manifest.placement.Stickiness;
import java.util.List;

/** Compares which workers may be given a task. Callers do not see it, so nothing here breaks them. */
final class PlacementDiff {
    private PlacementDiff() {}

    static void compare(MemberDiff placement, PlacementSpec older, PlacementSpec newer) {
        placement.changed(
                "requires",
                Verdict.RISKY,
                listed(older.requires()),
                listed(newer.requires()),
                newer.requires().isEmpty()
                        ? "any worker may be given it"
                        : "other workers may be given it, and it waits while none of them is connected");
        placement.changed("prefers", Verdict.SAFE, listed(older.prefers()), listed(newer.prefers()), "");
        placement.changed(
                "sticky",
                newer.sticky() == Stickiness.SOFT ? Verdict.SAFE : Verdict.RISKY,
                older.sticky(),
                newer.sticky(),
                switch (newer.sticky()) {
                    case NONE -> "what a run left on its worker may be missed";
                    case SOFT -> "";
                    case HARD -> "it may wait longer, for the worker where its run was";
                });
    }

    private static Object listed(List<?> asked) {
        return asked.isEmpty() ? "" : asked;
    }
}
