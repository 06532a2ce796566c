package dev.millrace.testing;

import dev.millrace.engine.Checkpoint;
import dev.millrace.engine.CheckpointKey;
import dev.millrace.engine.CheckpointKind;
import dev.millrace.engine.Command;
import dev.millrace.engine.Command.Content;
import dev.millrace.engine.Effect;
import dev.millrace.engine.Failure;
import dev.millrace.engine.Payload;
import dev.millrace.expression.EventQuestion;
import dev.millrace.expression.EventQuestions;
import dev.millrace.wire.protobuf.ByteString;
import dev.millrace.wire.protobuf.InvalidProtocolBufferException;
import dev.millrace.wire.worker.v1.CheckpointMade;
import dev.millrace.wire.worker.v1.CheckpointNews;
import dev.millrace.wire.worker.v1.ChildStart;
import dev.millrace.wire.worker.v1.StoredCheckpoint;
import dev.millrace.wire.worker.v1.Suspended;
import dev.millrace.wire.worker.v1.Trail;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/** Checkpoints between the engine's words and those of the worker protocol. Stateless. */
final class Checkpoints {
    private static final EventQuestions QUESTIONS = new EventQuestions();

    private Checkpoints() {}

    static CheckpointMade made(byte[] bytes) {
        try {
            return CheckpointMade.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("This is no CheckpointMade.", e);
        }
    }

    static Suspended suspended(byte[] bytes) {
        try {
            return Suspended.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("This is no Suspended.", e);
        }
    }

    /** @param children makes ready what code wants to start */
    static Command.NewCheckpoint made(CheckpointMade made, Function<ChildStart, Content> children) {
        return new Command.NewCheckpoint(
                made.getNumber(),
                new CheckpointKey(made.getBranch(), made.getName(), made.getCount()),
                made.getPlace(),
                CheckpointKind.valueOf(made.getKind().name()),
                made.getDigest(),
                made.hasChild() ? children.apply(made.getChild()) : content(made));
    }

    private static Content content(CheckpointMade made) {
        return switch (made.getContentCase()) {
            case VALUE -> new Content.Value(payload(made.getValue().toByteArray()));
            case FAILURE -> new Content.Failed(Messages.failure(made.getFailure()));
            case WAIT_MICROS -> waits(made);
            case WAIT_UNTIL_MICROS ->
                new Content.WaitUntil(Instant.EPOCH.plus(made.getWaitUntilMicros(), ChronoUnit.MICROS));
            case CHILD -> throw new IllegalStateException("A child was not made ready: " + made);
            case CONTENT_NOT_SET -> throw new IllegalStateException("A worker told nothing of an action: " + made);
        };
    }

    /** What cannot be waited for is told to the step, as a control plane does it. */
    private static Content waits(CheckpointMade made) {
        var ask = made.getAsk().toByteArray();
        if (made.getKind() == dev.millrace.wire.worker.v1.CheckpointKind.EVENT) {
            try {
                QUESTIONS.require(EventQuestion.read(ask));
            } catch (IllegalArgumentException e) {
                return new Content.Failed(Failure.of("EXPRESSION_INVALID", e.getMessage()));
            }
        }
        return new Content.Wait(Duration.of(made.getWaitMicros(), ChronoUnit.MICROS), payload(ask));
    }

    private static Payload payload(byte[] json) {
        return json.length == 0 ? Payload.NONE : Payload.inline(json);
    }

    static Trail trail(Effect.Assignment assignment) {
        var trail = Trail.newBuilder().setAttempt(Messages.attempt(assignment.attempt(), assignment.step()));
        assignment.checkpoints().all().forEach(checkpoint -> trail.addCheckpoints(checkpoint(checkpoint)));
        return trail.build();
    }

    private static dev.millrace.wire.worker.v1.Checkpoint checkpoint(Checkpoint from) {
        var checkpoint = dev.millrace.wire.worker.v1.Checkpoint.newBuilder()
                .setBranch(from.key().branch())
                .setName(from.key().name())
                .setCount(from.key().count())
                .setPlace(from.place())
                .setKind(dev.millrace.wire.worker.v1.CheckpointKind.valueOf(
                        from.kind().name()))
                .setDigest(from.digest())
                .setState(dev.millrace.wire.worker.v1.Checkpoint.State.valueOf(
                        from.state().name()))
                .setOrder(from.order())
                .setSource(from.source());
        if (!from.isOpen()) {
            checkpoint.setValue(ByteString.copyFrom(from.value().data()));
        }
        if (from.kind() == CheckpointKind.CHILD) {
            checkpoint.setChildRunId(child(from.source()));
        }
        from.failure().ifPresent(failure -> checkpoint.setFailure(Messages.failure(failure)));
        return checkpoint.build();
    }

    private static ByteString child(String source) {
        return source.isEmpty() ? ByteString.EMPTY : Messages.bytes(UUID.fromString(source));
    }

    /** Whether it is about what durable code did or waits for. */
    static boolean isNews(Effect.OfSession effect) {
        return effect instanceof Effect.CheckpointsStored || effect instanceof Effect.CheckpointSettled;
    }

    /** What the code is told; one checkpoint is stored at a time here. */
    static Optional<CheckpointNews> news(Effect.OfSession effect, String step) {
        if (effect instanceof Effect.CheckpointsStored stored) {
            var one = stored.stored().get(0);
            return Optional.of(CheckpointNews.newBuilder()
                    .setAttempt(Messages.attempt(stored.attempt(), step))
                    .setStored(StoredCheckpoint.newBuilder()
                            .setNumber(one.number())
                            .setOrder(one.order())
                            .setChildRunId(child(one.source())))
                    .build());
        }
        if (effect instanceof Effect.CheckpointSettled settled) {
            return Optional.of(CheckpointNews.newBuilder()
                    .setAttempt(Messages.attempt(settled.attempt(), step))
                    .setSettled(checkpoint(settled.checkpoint()))
                    .build());
        }
        return Optional.empty();
    }
}
