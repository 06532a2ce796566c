package dev.millrace.controlplane.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.controlplane.testing.Workflow;
import dev.millrace.engine.Command.Decision;
import dev.millrace.engine.Effect;
import dev.millrace.engine.Payload;
import dev.millrace.engine.RunId;
import dev.millrace.engine.TaskState;
import dev.millrace.engine.TenantId;
import dev.millrace.engine.Verdict;
import dev.millrace.engine.VersionRef;
import dev.millrace.expression.WorkflowExpressions;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class DecisionsTest {
    /** What the second of two steps is decided to do, given what became of the first. */
    private static Verdict verdict(String when, TaskState state, Payload first, Map<Payload, byte[]> stored) {
        var manifest = Workflow.conditional("conditional", when);
        var argument = new Effect.Argument(0, Effect.Form.WHOLE, List.of(first), 0, state, Optional.empty());
        var question = new Effect.DecideStep(
                new TenantId(UUID.randomUUID()),
                new RunId(UUID.randomUUID()),
                1,
                new VersionRef("conditional", "hash"),
                1,
                1,
                List.of(argument),
                inline("{\"cents\":5}"),
                Map.of("region", "eu"));
        var decision = Decisions.decision(
                question, new WorkflowExpressions(manifest), manifest.steps().get(1), stored);
        return ((Decision.Whole) decision).verdict();
    }

    private static Payload inline(String json) {
        return Payload.inline(json.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aConditionSeesTheInputTheLabelsAndWhatTheParametersGet() {
        var when = "input.cents == 5 && metadata.region == 'eu' && given.ok";
        assertThat(verdict(when, TaskState.SUCCEEDED, inline("{\"ok\":true}"), Map.of()))
                .isEqualTo(Verdict.PLAIN);
        assertThat(verdict(when, TaskState.SUCCEEDED, inline("{\"ok\":false}"), Map.of()))
                .isEqualTo(new Verdict.HoldsNot());
    }

    @Test
    void valuesThatAreStoredApartAreSeenToo() {
        var large = "{\"ok\":true}".getBytes(StandardCharsets.UTF_8);
        var stored = Payload.stored(new byte[32], large.length);
        assertThat(verdict("given.ok", TaskState.SUCCEEDED, stored, Map.of(stored, large)))
                .isEqualTo(Verdict.PLAIN);
    }

    @Test
    void whatCannotBeEvaluatedSaysWhy() {
        assertThat(verdict("given == null", TaskState.SKIPPED, Payload.NONE, Map.of()))
                .isEqualTo(Verdict.PLAIN);
        assertThat(verdict("given.ok", TaskState.SUCCEEDED, inline("{}"), Map.of()))
                .isInstanceOfSatisfying(
                        Verdict.Unknown.class,
                        unknown -> assertThat(unknown.message()).contains("given.ok"));
    }
}
