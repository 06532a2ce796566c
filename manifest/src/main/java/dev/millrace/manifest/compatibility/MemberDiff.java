package dev.millrace.manifest.compatibility;

import dev.millrace.manifest.Durations;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * Compares members of one part of the manifest, each by what it means that it changed.
 *
 * @param path where the part is, such as {@code steps.charge.policy}
 */
record MemberDiff(Findings findings, String path) {

    /** Any change is this risky. */
    void changed(String member, Verdict verdict, Object older, Object newer, String consequence) {
        if (!Objects.equals(older, newer)) {
            add(member, verdict, show(older), show(newer), consequence);
        }
    }

    /** Less is risky, more is safe. */
    void atLeast(String member, double older, double newer, String consequenceOfLess) {
        if (older != newer) {
            boolean less = newer < older;
            add(member, risky(less), number(older), number(newer), less ? consequenceOfLess : "");
        }
    }

    /** More is risky, less is safe. */
    void atMost(String member, double older, double newer, String consequenceOfMore) {
        if (older != newer) {
            boolean more = newer > older;
            add(member, risky(more), number(older), number(newer), more ? consequenceOfMore : "");
        }
    }

    /** Shorter is risky, longer is safe; none is the longest. */
    void atLeast(String member, Optional<Duration> older, Optional<Duration> newer, String consequenceOfShorter) {
        int order = order(older, newer);
        if (order != 0) {
            add(member, risky(order < 0), show(older), show(newer), order < 0 ? consequenceOfShorter : "");
        }
    }

    /** Longer is risky, shorter is safe; none is the longest. */
    void atMost(String member, Optional<Duration> older, Optional<Duration> newer, String consequenceOfLonger) {
        int order = order(older, newer);
        if (order != 0) {
            add(member, risky(order > 0), show(older), show(newer), order > 0 ? consequenceOfLonger : "");
        }
    }

    void atLeast(String member, Duration older, Duration newer, String consequenceOfShorter) {
        atLeast(member, Optional.of(older), Optional.of(newer), consequenceOfShorter);
    }

    void atMost(String member, Duration older, Duration newer, String consequenceOfLonger) {
        atMost(member, Optional.of(older), Optional.of(newer), consequenceOfLonger);
    }

    /**
     * Compares what may be there or not.
     *
     * @return whether it is there on both sides, so that its members can be compared
     */
    boolean bothThere(String member, Optional<?> older, Optional<?> newer, Presence gone, Presence added) {
        if (older.isPresent() != newer.isPresent()) {
            var presence = older.isPresent() ? gone : added;
            findings.add(presence.verdict(), at(member), presence.sentence());
        }
        return older.isPresent() && newer.isPresent();
    }

    /** What it means that something is there now, or no longer. */
    record Presence(Verdict verdict, String sentence) {}

    static Presence safe(String sentence) {
        return new Presence(Verdict.SAFE, sentence);
    }

    static Presence risky(String sentence) {
        return new Presence(Verdict.RISKY, sentence);
    }

    static Presence breaking(String sentence) {
        return new Presence(Verdict.BREAKING, sentence);
    }

    MemberDiff in(String member) {
        return new MemberDiff(findings, at(member));
    }

    private void add(String member, Verdict verdict, String older, String newer, String consequence) {
        findings.add(
                verdict,
                at(member),
                "It went from " + older + " to " + newer + (consequence.isEmpty() ? "." : "; " + consequence + "."));
    }

    private String at(String member) {
        return member.isEmpty() ? path : path.isEmpty() ? member : path + "." + member;
    }

    private static Verdict risky(boolean risky) {
        return risky ? Verdict.RISKY : Verdict.SAFE;
    }

    private static int order(Optional<Duration> older, Optional<Duration> newer) {
        var longest = Duration.ofSeconds(Long.MAX_VALUE);
        return newer.orElse(longest).compareTo(older.orElse(longest));
    }

    private static String show(Optional<Duration> duration) {
        return duration.map(Durations::format).orElse("no bound");
    }

    private static String show(Object value) {
        return value instanceof String text
                ? text.isEmpty() ? "none" : "\"" + text + "\""
                : value instanceof Duration duration ? Durations.format(duration) : String.valueOf(value);
    }

    private static String number(double number) {
        return number == Math.rint(number) ? String.valueOf((long) number) : String.valueOf(number);
    }
}
