package dev.millrace.controlplane.shard.postgres;

import static dev.millrace.controlplane.shard.postgres.Instants.instant;
import static dev.millrace.controlplane.shard.postgres.Instants.micros;

import dev.millrace.engine.Checkpoint;
import dev.millrace.engine.CheckpointKey;
import dev.millrace.engine.CheckpointKind;
import dev.millrace.engine.Checkpoints;
import dev.millrace.engine.Fact;
import dev.millrace.engine.Payload;
import dev.millrace.engine.RunId;
import dev.millrace.engine.Signal;
import dev.millrace.engine.TenantId;
import dev.millrace.protocol.journal.v1.CheckpointSettled;
import dev.millrace.protocol.journal.v1.TaskImage;
import java.time.Instant;
import java.util.Optional;

/** Checkpoints of durable steps in the messages of the journal and back. */
final class CheckpointCodec {
    private CheckpointCodec() {}

    static dev.millrace.protocol.journal.v1.Checkpoint message(Checkpoint checkpoint) {
        var message = message(checkpoint.key())
                .setPlace(checkpoint.place())
                .setKind(checkpoint.kind().code())
                .setDigest(checkpoint.digest())
                .setState(checkpoint.state().code())
                .setOrder(checkpoint.order())
                .setSource(checkpoint.source());
        if (!checkpoint.until().equals(Instant.MAX)) {
            message.setUntil(micros(checkpoint.until()));
        }
        if (checkpoint.value().isPresent()) {
            message.setValue(Messages.message(checkpoint.value()));
        }
        checkpoint.failure().ifPresent(failure -> message.setFailure(Messages.message(failure)));
        return message.build();
    }

    private static dev.millrace.protocol.journal.v1.Checkpoint.Builder message(CheckpointKey key) {
        return dev.millrace.protocol.journal.v1.Checkpoint.newBuilder()
                .setBranch(key.branch())
                .setName(key.name())
                .setCount(key.count());
    }

    static Checkpoint checkpoint(dev.millrace.protocol.journal.v1.Checkpoint message) {
        return new Checkpoint(
                key(message),
                message.getPlace(),
                CheckpointKind.ofCode(message.getKind()),
                message.getDigest(),
                Checkpoint.State.ofCode(message.getState()),
                message.getOrder(),
                message.hasUntil() ? instant(message.getUntil()) : Instant.MAX,
                value(message),
                failure(message),
                message.getSource());
    }

    private static CheckpointKey key(dev.millrace.protocol.journal.v1.Checkpoint message) {
        return new CheckpointKey(message.getBranch(), message.getName(), message.getCount());
    }

    private static Payload value(dev.millrace.protocol.journal.v1.Checkpoint message) {
        return message.hasValue() ? Messages.payload(message.getValue()) : Payload.NONE;
    }

    private static Optional<dev.millrace.engine.Failure> failure(dev.millrace.protocol.journal.v1.Checkpoint message) {
        return message.hasFailure() ? Optional.of(Messages.failure(message.getFailure())) : Optional.empty();
    }

    static CheckpointSettled message(Fact.CheckpointSettled fact, int run) {
        var checkpoint = message(fact.key())
                .setState(fact.state().code())
                .setOrder(fact.order())
                .setSource(fact.source());
        if (fact.value().isPresent()) {
            checkpoint.setValue(Messages.message(fact.value()));
        }
        fact.failure().ifPresent(failure -> checkpoint.setFailure(Messages.message(failure)));
        return CheckpointSettled.newBuilder()
                .setRun(run)
                .setGeneration(fact.generation())
                .setNode(fact.node())
                .setElement(fact.element())
                .setCheckpoint(checkpoint)
                .build();
    }

    static Fact.CheckpointSettled settled(TenantId tenant, Instant at, RunId run, CheckpointSettled message) {
        var checkpoint = message.getCheckpoint();
        return new Fact.CheckpointSettled(
                tenant,
                at,
                run,
                message.getGeneration(),
                message.getNode(),
                message.getElement(),
                key(checkpoint),
                Checkpoint.State.ofCode(checkpoint.getState()),
                checkpoint.getOrder(),
                value(checkpoint),
                failure(checkpoint),
                checkpoint.getSource());
    }

    static dev.millrace.protocol.journal.v1.Signal message(Signal signal) {
        var message = dev.millrace.protocol.journal.v1.Signal.newBuilder()
                .setName(signal.name())
                .setRequest(signal.request());
        if (signal.payload().isPresent()) {
            message.setPayload(Messages.message(signal.payload()));
        }
        return message.build();
    }

    static Signal signal(dev.millrace.protocol.journal.v1.Signal message) {
        return new Signal(
                message.getName(),
                message.getRequest(),
                message.hasPayload() ? Messages.payload(message.getPayload()) : Payload.NONE);
    }

    /** Puts the checkpoints of a task into its image. */
    static void put(Checkpoints checkpoints, TaskImage.Builder message) {
        if (!checkpoints.end().equals(Instant.MAX)) {
            message.setEnd(micros(checkpoints.end()));
        }
        message.setWake(checkpoints.wake());
        checkpoints.all().forEach(checkpoint -> message.addCheckpoints(message(checkpoint)));
    }

    static Checkpoints checkpoints(TaskImage message) {
        if (!message.hasEnd() && message.getCheckpointsCount() == 0) {
            return Checkpoints.NONE;
        }
        return new Checkpoints(
                message.hasEnd() ? instant(message.getEnd()) : Instant.MAX,
                message.getWake(),
                message.getCheckpointsList().stream()
                        .map(CheckpointCodec::checkpoint)
                        .toList());
    }
}
