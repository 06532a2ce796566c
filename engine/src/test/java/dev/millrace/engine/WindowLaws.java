package dev.millrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.manifest.Manifest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What holds of windows in front of starts: an accepted start is in exactly one run, in the order in which it came; a run in its window does
 * nothing until that closes, and closes once; who joined nothing was not told so.
 */
final class WindowLaws {
    private final Map<RunId, List<Payload>> open = new HashMap<>();
    private final Map<RunId, Manifest> manifests = new HashMap<>();
    private final Set<RunId> begun = new HashSet<>();
    /** By input, which is another one for every start. */
    private final Map<Payload, RunId> runs = new HashMap<>();

    void watch(Fact fact, Map<VersionRef, Manifest> known) {
        if (fact instanceof Fact.RunStarted started) {
            started(started, known.get(started.version()));
        } else if (fact instanceof Fact.StartJoined joined) {
            assertThat(open).as("S-W: only an open window is joined: %s", fact).containsKey(joined.run());
            open.get(joined.run()).add(joined.input());
            runs.put(joined.input(), joined.run());
        } else if (fact instanceof Fact.WindowClosed closed) {
            closed(closed);
        } else if (fact instanceof Fact.OfAttempt attempt) {
            assertThat(open)
                    .as("S-W: nothing of a run begins in its window: %s", fact)
                    .doesNotContainKey(attempt.run());
        } else if (fact instanceof Fact.RunEnded ended) {
            open.remove(ended.run());
        }
    }

    private void started(Fact.RunStarted fact, Manifest manifest) {
        var triggers = manifest.triggers();
        boolean waits = triggers.collect().isPresent() || triggers.debounce().isPresent();
        if (waits && fact.parent().isEmpty() && fact.terms().failure().isEmpty()) {
            open.put(fact.run(), new ArrayList<>(List.of(fact.input())));
            manifests.put(fact.run(), manifest);
        }
        runs.put(fact.input(), fact.run());
    }

    private void closed(Fact.WindowClosed fact) {
        var came = open.remove(fact.run());
        assertThat(came).as("S-W: an open window closes: %s", fact).isNotNull();
        assertThat(begun.add(fact.run()))
                .as("S-W: a window closes once: %s", fact)
                .isTrue();
        var collect = manifests.get(fact.run()).triggers().collect();
        if (collect.isEmpty()) {
            assertThat(fact.input()).as("S-W: the last start runs").isEqualTo(came.get(came.size() - 1));
            return;
        }
        assertThat(came.size())
                .as("S-W: no more than fit")
                .isLessThanOrEqualTo(collect.get().maxSize());
        var list = new ArrayList<String>();
        came.forEach(input -> list.add(new String(input.data(), StandardCharsets.UTF_8)));
        assertThat(new String(fact.input().data(), StandardCharsets.UTF_8))
                .as("S-W: every start that came is in the input, in order")
                .isEqualTo("[" + String.join(",", list) + "]");
    }

    void answered(Payload input, StartOutcome outcome) {
        if (outcome instanceof StartOutcome.Started started) {
            assertThat(runs.get(input))
                    .as("S-W: an accepted start is in the run that it was told")
                    .isEqualTo(started.run());
        } else {
            assertThat(runs).as("S-W: what was refused left nothing").doesNotContainKey(input);
        }
    }
}
