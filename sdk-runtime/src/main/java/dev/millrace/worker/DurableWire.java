package dev.millrace.worker;

import dev.millrace.Priority;
import dev.millrace.connection.Uuids;
import dev.millrace.wire.protobuf.ByteString;
import dev.millrace.wire.worker.v1.AttemptRef;
import dev.millrace.wire.worker.v1.Checkpoint;
import dev.millrace.wire.worker.v1.CheckpointKind;
import dev.millrace.wire.worker.v1.CheckpointMade;
import dev.millrace.wire.worker.v1.CheckpointNews;
import dev.millrace.wire.worker.v1.ChildResult;
import dev.millrace.wire.worker.v1.ChildStart;
import dev.millrace.wire.worker.v1.Failure;
import dev.millrace.wire.worker.v1.ReadChild;
import dev.millrace.wire.worker.v1.Spent;
import dev.millrace.wire.worker.v1.SpentSoFar;
import dev.millrace.wire.worker.v1.Suspended;
import dev.millrace.worker.durable.Action;
import dev.millrace.worker.durable.ActionFailure;
import dev.millrace.worker.durable.DurableAttempt;
import dev.millrace.worker.durable.NewAction;
import dev.millrace.worker.durable.NewAction.Content;
import dev.millrace.worker.durable.StoredAction;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;

/** Actions of durable code as messages of the worker protocol, and back. Stateless. */
final class DurableWire {
    private DurableWire() {}

    static CheckpointMade made(AttemptRef attempt, NewAction made) {
        var action = made.action();
        var message = CheckpointMade.newBuilder()
                .setAttempt(attempt)
                .setNumber(made.number())
                .setBranch(action.branch())
                .setName(action.name())
                .setCount(action.count())
                .setPlace(action.place())
                .setKind(CheckpointKind.valueOf(action.kind().name()))
                .setDigest(action.digest());
        if (made.content() instanceof Content.Value value) {
            message.setValue(ByteString.copyFrom(value.json()));
        } else if (made.content() instanceof Content.Failed failed) {
            message.setFailure(failure(failed.failure()));
        } else if (made.content() instanceof Content.Wait wait) {
            message.setWaitMicros(micros(wait.atMost())).setAsk(ByteString.copyFrom(wait.ask()));
        } else if (made.content() instanceof Content.WaitUntil wait) {
            message.setWaitUntilMicros(ChronoUnit.MICROS.between(Instant.EPOCH, wait.until()));
        } else if (made.content() instanceof Content.Child child) {
            message.setChild(child(child));
        }
        return message.build();
    }

    private static ChildStart child(Content.Child child) {
        var options = child.options();
        return ChildStart.newBuilder()
                .setWorkflow(child.workflow())
                .setShape(child.shape())
                .setInput(ByteString.copyFrom(child.input()))
                .setPriority(options.priority().map(Priority::level).orElse(0))
                .putAllMetadata(options.metadata())
                .setDeadlineMillis(options.deadline().map(Duration::toMillis).orElse(0L))
                .setAbandoned(options.abandoned())
                .build();
    }

    /** The result of a child is wanted. */
    static ReadChild read(AttemptRef attempt, String child) {
        return ReadChild.newBuilder()
                .setAttempt(attempt)
                .setRunId(Uuids.bytes(UUID.fromString(child)))
                .build();
    }

    /** Lets code hear what a child resulted in. */
    static void tell(DurableAttempt code, ChildResult result) {
        code.result(
                runId(result.getRunId()),
                result.getValue().toByteArray(),
                result.hasFailure() ? Optional.of(result.getFailure().getMessage()) : Optional.empty());
    }

    private static String runId(ByteString bytes) {
        if (bytes.isEmpty()) {
            return "";
        }
        var id = bytes.asReadOnlyByteBuffer();
        return new UUID(id.getLong(), id.getLong()).toString();
    }

    private static long micros(Duration duration) {
        return duration.getSeconds() * 1_000_000 + duration.getNano() / 1_000;
    }

    private static Failure failure(ActionFailure failure) {
        return Failure.newBuilder()
                .setType(failure.type())
                .setMessage(failure.message())
                .setStackTrace(failure.stackTrace())
                .build();
    }

    static StoredAction stored(Checkpoint message) {
        var action = new Action(
                message.getName(),
                message.getCount(),
                message.getPlace(),
                Action.Kind.valueOf(message.getKind().name()),
                message.getDigest());
        return new StoredAction(
                action,
                state(message.getState()),
                message.getOrder(),
                message.getValue().toByteArray(),
                message.hasFailure()
                        ? Optional.of(new ActionFailure(
                                message.getFailure().getType(),
                                message.getFailure().getMessage(),
                                message.getFailure().getStackTrace()))
                        : Optional.empty(),
                runId(message.getChildRunId()),
                message.getSource());
    }

    /** Lets code hear news of what it did, or waits for. */
    static void tell(DurableAttempt code, CheckpointNews news) {
        if (news.hasSettled()) {
            code.settled(stored(news.getSettled()));
        } else {
            var stored = news.getStored();
            code.stored(stored.getNumber(), stored.getOrder(), runId(stored.getChildRunId()));
        }
    }

    private static StoredAction.State state(Checkpoint.State state) {
        return switch (state) {
            case OPEN -> StoredAction.State.OPEN;
            case DONE -> StoredAction.State.DONE;
            case FAILED -> StoredAction.State.FAILED;
            case TIMED_OUT -> StoredAction.State.TIMED_OUT;
            case STATE_UNSPECIFIED, UNRECOGNIZED ->
                throw new IllegalArgumentException("A checkpoint has no state that this SDK knows.");
        };
    }

    /** Its code has left. */
    static Suspended suspended(LiveAttempt attempt, Outcome.Suspended left) {
        var suspended = Suspended.newBuilder()
                .setAttempt(attempt.assignment().getAttempt())
                .setSeen(left.seen())
                .setNeeds(left.needs() == 1 ? 0 : left.needs());
        attempt.purse().close().ifPresent(suspended::setSpent);
        return suspended.build();
    }

    /** What an attempt that goes on has spent. */
    static SpentSoFar spentSoFar(AttemptRef attempt, Spent spent) {
        return SpentSoFar.newBuilder().setAttempt(attempt).setSpent(spent).build();
    }
}
