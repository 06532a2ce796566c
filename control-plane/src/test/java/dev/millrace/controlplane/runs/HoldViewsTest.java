package dev.millrace.controlplane.runs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.controlplane.workflows.WorkflowVersion;
import dev.millrace.engine.Hold;
import dev.millrace.engine.Hold.Gate;
import dev.millrace.engine.Hold.Outlook;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What holds a task back is told over REST in sentences, whatever it is. */
class HoldViewsTest {
    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00.123456Z");
    /** Not asked for: nobody holds anything here. */
    private static final WorkflowVersion NO_VERSION = null;

    private static Hold hold(Gate gate, Outlook outlook) {
        return new Hold(
                gate,
                "it",
                "k",
                NOON,
                NOON.plusSeconds(60),
                3,
                1,
                2,
                List.of(),
                "Goes on.",
                "ada",
                Optional.ofNullable(outlook));
    }

    private static dev.millrace.controlplane.api.model.Hold view(Gate gate, Outlook outlook) {
        return HoldViews.view(hold(gate, outlook), NO_VERSION);
    }

    @ParameterizedTest
    @EnumSource
    void everyGateIsToldOfInASentence(Gate gate) {
        var view = view(gate, null);
        assertThat(view.getGate()).hasToString(gate.name());
        assertThat(view.getSentence()).contains(" ").endsWith(".").doesNotContain(gate.name(), "123456");
        assertThat(view.getBy()).isEqualTo("ada");
    }

    @Test
    void anOutlookSaysWhenTheQueueIsEmptyAndWhatRaisingTheLimitWouldDo() {
        var outlook = new Outlook(8, Duration.ofSeconds(20), NOON.plusSeconds(80), NOON.plusSeconds(40));
        assertThat(view(Gate.CONCURRENCY, outlook).getOutlook().getSentence())
                .isEqualTo(
                        "8 wait. If nobody else comes, the queue is empty at about 2026-11-21T12:01:20Z, going by the"
                                + " 20s that each took on average lately; with twice the limit, at about"
                                + " 2026-11-21T12:00:40Z.");
        var never = new Outlook(1, Duration.ZERO, Instant.MAX, Instant.MAX);
        assertThat(view(Gate.NO_TOKENS, never).getOutlook().getSentence())
                .isEqualTo("It is the only one that waits, and at this rate the queue will never be empty.");
    }
}
