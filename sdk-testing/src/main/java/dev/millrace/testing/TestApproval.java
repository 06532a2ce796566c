package dev.millrace.testing;

import dev.millrace.TypeRef;
import dev.millrace.codec.Codec;
import dev.millrace.connection.MillraceException;
import dev.millrace.engine.Checkpoint;
import dev.millrace.engine.CheckpointKind;
import dev.millrace.engine.Command;
import dev.millrace.engine.Effect;
import dev.millrace.engine.OpenWait;
import dev.millrace.engine.Payload;
import dev.millrace.engine.Reply;
import dev.millrace.manifest.Json;
import dev.millrace.manifest.JsonValue;
import dev.millrace.manifest.SchemaCheck;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Collectors;

/** An answer that a run of a test waits for. For one thread. */
public final class TestApproval {
    private final Plane plane;
    private final Codec codec;
    private final Effect.Awaits run;
    private final OpenWait asked;
    private final Map<String, JsonValue> ask;

    TestApproval(Plane plane, Codec codec, Occurrences.Asked question) {
        this.plane = plane;
        this.codec = codec;
        this.run = question.run();
        this.asked = question.open();
        this.ask = ((JsonValue.Object) Json.read(question.ask())).members();
    }

    /** Who is asked now; empty for whoever may. */
    public String role() {
        if (ask.get("escalate") instanceof JsonValue.Object then) {
            var left = ((JsonValue.Number) then.members().get("leftMillis")).value();
            if (!plane.now().isBefore(expiresAt().minusMillis(left.longValue()))) {
                return ((JsonValue.Text) then.members().get("to")).value();
            }
        }
        return ((JsonValue.Text) ask.get("role")).value();
    }

    /** What is asked: the heading of an {@code @Approval}; of durable code the role. */
    public String title() {
        return asked.checkpoint().key().name();
    }

    /** The run that asks. */
    public String runId() {
        return run.run().toString();
    }

    /** When nobody can answer any more. */
    public Instant expiresAt() {
        return asked.checkpoint().until();
    }

    /**
     * Answers, and runs of the run what can be run then.
     *
     * @throws MillraceException with code {@code SCHEMA_MISMATCH} if it is no such answer, {@code APPROVAL_OVER} if it was answered before
     *     or nobody waits for it any more
     */
    public void answer(Object answer) {
        var json = codec.write(answer, TypeRef.of(answer.getClass()));
        var problems = SchemaCheck.of(ask.get("schema")).check(json);
        if (!problems.isEmpty()) {
            throw new MillraceException(
                    "SCHEMA_MISMATCH",
                    "This is no answer to '" + title() + "': "
                            + problems.stream()
                                    .map(problem -> problem.path() + " " + problem.message())
                                    .collect(Collectors.joining("; "))
                            + ".");
        }
        settle(Checkpoint.State.DONE, Payload.inline(json));
    }

    /** Nobody answers: the run goes on without. */
    public void expire() {
        settle(Checkpoint.State.TIMED_OUT, Payload.NONE);
    }

    private void settle(Checkpoint.State state, Payload value) {
        var reply = plane.ask(replyTo -> new Command.SettleWait(
                replyTo,
                run.tenant(),
                run.run(),
                run.generation(),
                asked.node(),
                asked.element(),
                asked.checkpoint().key(),
                CheckpointKind.APPROVAL,
                state,
                value,
                "test-" + replyTo + " a test"));
        if (!(reply instanceof Reply.WaitSettled settled) || !settled.accepted()) {
            throw new MillraceException(
                    "APPROVAL_OVER", "What run " + runId() + " asked as '" + title() + "' is over already.");
        }
    }

    @Override
    public String toString() {
        return "'" + title() + "' is asked by run " + runId() + " until " + expiresAt();
    }
}
