package dev.millrace.controlplane.shard.postgres;

import static dev.millrace.controlplane.shard.postgres.Instants.instant;
import static dev.millrace.controlplane.shard.postgres.Instants.micros;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.millrace.engine.LoopState;
import dev.millrace.engine.Passivity;
import dev.millrace.engine.Payload;
import dev.millrace.engine.Priority;
import dev.millrace.engine.RunFailure;
import dev.millrace.engine.RunId;
import dev.millrace.engine.RunImage;
import dev.millrace.engine.RunState;
import dev.millrace.engine.RunTerms;
import dev.millrace.engine.ShardImage;
import dev.millrace.engine.Signals;
import dev.millrace.engine.Spending;
import dev.millrace.engine.TaskState;
import dev.millrace.engine.TenantId;
import dev.millrace.engine.Terms;
import dev.millrace.engine.VersionRef;
import dev.millrace.engine.WorkerId;
import dev.millrace.protocol.journal.v1.Bucket;
import dev.millrace.protocol.journal.v1.History;
import dev.millrace.protocol.journal.v1.Seal;
import dev.millrace.protocol.journal.v1.TaskImage;
import dev.millrace.protocol.journal.v1.Transition;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Images to the bytes of their columns and back. */
final class ImageCodec {
    /** Up to so many tasks stand in the row of their run; more have rows of their own. */
    static final int PACKED_TASKS = 32;

    private ImageCodec() {}

    /** What the columns of a run's row hold beside its image. */
    record Row(TenantId tenant, RunId run, VersionRef version, RunState state, Optional<Passivity> passivity) {}

    static boolean hasTaskRows(RunImage image) {
        return image.tasks().size() > PACKED_TASKS;
    }

    /** The image without its history, and without its tasks if they are too many. */
    static dev.millrace.protocol.journal.v1.RunImage message(RunImage image) {
        return message(image, hasTaskRows(image));
    }

    /** The image with all its tasks, however many, and without its history. */
    static dev.millrace.protocol.journal.v1.RunImage whole(RunImage image) {
        return message(image, false);
    }

    private static dev.millrace.protocol.journal.v1.RunImage message(RunImage image, boolean hasTaskRows) {
        long started = micros(image.started());
        var message = dev.millrace.protocol.journal.v1.RunImage.newBuilder()
                .setGeneration(image.generation())
                .setIdempotencyKey(image.idempotencyKey())
                .setPriority(image.priority().code())
                .setStarted(started)
                .setDeadline(micros(image.deadline()) - started)
                .addAllCleanUp(image.cleanUp())
                .setCompensated(image.compensated())
                .setDeadlinePassed(image.deadlinePassed())
                .setCancelReason(image.cancelReason());
        if (image.input().isPresent()) {
            message.setInput(Messages.message(image.input()));
        }
        image.metadata().forEach((key, value) -> message.addMetadata(Messages.entry(key, value)));
        if (!image.ended().equals(Instant.MAX)) {
            message.setEnded(micros(image.ended()) - started);
        }
        if (hasTaskRows) {
            message.setTaskRows(image.tasks().size());
        } else {
            image.tasks().forEach(task -> message.addTasks(message(task, started)));
        }
        if (image.terms() != RunTerms.NONE) {
            message.setTerms(TermsCodec.message(image.terms()));
        }
        image.parent().ifPresent(parent -> message.setParent(ParentCodec.message(parent)));
        image.signals().kept().forEach(signal -> message.addSignals(CheckpointCodec.message(signal)));
        message.addAllKnownSignals(image.signals().known());
        image.heard().forEach((event, last) -> message.addHeard(Messages.entry(event, last)));
        message.setBuild(image.build());
        SpentCodec.message(image.allowance()).ifPresent(message::setAllowance);
        image.window().ifPresent(window -> message.setWindow(WindowCodec.message(window, started)));
        image.failure()
                .ifPresent(failure -> message.setFailure(dev.millrace.protocol.journal.v1.RunFailure.newBuilder()
                        .setStep(failure.step())
                        .setCause(Messages.message(failure.cause()))));
        return message.build();
    }

    static TaskImage message(RunImage.TaskImage task, RunImage run) {
        return message(task, micros(run.started()));
    }

    static TaskImage message(RunImage.TaskImage task, long runStarted) {
        long queued = micros(task.queued());
        var message = TaskImage.newBuilder()
                .setNode(task.node())
                .setElement(task.element())
                .setState(task.state().code())
                .setAttempt(task.attempt())
                .setCharged(task.charged())
                .setElements(task.elements())
                .setQueued(queued - runStarted);
        if (task.result().isPresent()) {
            message.setResult(Messages.message(task.result()));
        }
        task.failure().ifPresent(failure -> message.setFailure(Messages.message(failure)));
        task.worker().ifPresent(worker -> message.setWorker(Messages.bytes(worker.value())));
        if (!task.due().equals(Instant.MIN)) {
            message.setDue(micros(task.due()) - queued);
        }
        if (!task.started().equals(Instant.MIN)) {
            message.setStarted(micros(task.started()) - queued);
        }
        if (!task.ended().equals(Instant.MAX)) {
            message.setEnded(micros(task.ended()) - queued);
        }
        if (task.terms() != Terms.NONE) {
            message.setTerms(TermsCodec.message(task.terms()));
        }
        message.setCall(task.call());
        message.setReleased(task.released());
        CheckpointCodec.put(task.checkpoints(), message);
        SpentCodec.put(task.spent(), message);
        task.seal()
                .ifPresent(seal -> message.setSeal(
                        Seal.newBuilder().setEnd(seal.end().code()).setSince(micros(seal.since()))));
        task.held().ifPresent(held -> message.setHeld(SpentCodec.message(held)));
        message.setTurns(task.loop().turns());
        if (task.loop().state().isPresent()) {
            message.setTurnState(Messages.message(task.loop().state()));
        }
        return message.build();
    }

    /** A stored image, before its tasks and history are read. */
    static final class Stored {
        private final Row row;
        private final dev.millrace.protocol.journal.v1.RunImage message;
        private final List<RunImage.TaskImage> tasks = new ArrayList<>();
        private final List<RunImage.Transition> history = new ArrayList<>();

        Stored(Row row, byte[] image) {
            this.row = row;
            try {
                message = dev.millrace.protocol.journal.v1.RunImage.parseFrom(image);
            } catch (InvalidProtocolBufferException e) {
                throw new UnknownFormatException("the image of run " + row.run(), e);
            }
            message.getTasksList().forEach(task -> tasks.add(task(task, message.getStarted())));
        }

        Row row() {
            return row;
        }

        boolean hasTaskRows() {
            return message.getTaskRows() > 0;
        }

        /** Adds a row of core.run_task; rows come ordered by node and element. */
        void addTask(byte[] image) {
            try {
                tasks.add(task(TaskImage.parseFrom(image), message.getStarted()));
            } catch (InvalidProtocolBufferException e) {
                throw new UnknownFormatException("a task of run " + row.run(), e);
            }
        }

        /** Adds a piece of the history; pieces come in order. */
        void addHistory(byte[] body) {
            try {
                var piece = History.parseFrom(body);
                long at = piece.getBase();
                for (var transition : piece.getTransitionsList()) {
                    at += transition.getAt();
                    history.add(new RunImage.Transition(
                            instant(at),
                            transition.getNode() - 1,
                            transition.getElement(),
                            transition.getAttempt(),
                            transition.getState(),
                            transition.getDetail(),
                            SpentCodec.usage(transition.getUsedList())));
                }
            } catch (InvalidProtocolBufferException e) {
                throw new UnknownFormatException("the history of run " + row.run(), e);
            }
        }

        RunImage image() {
            if (hasTaskRows() && tasks.size() != message.getTaskRows()) {
                throw new UnknownFormatException(
                        "run " + row.run() + " with " + tasks.size() + " of its " + message.getTaskRows() + " tasks");
            }
            long started = message.getStarted();
            return new RunImage(
                    row.tenant(),
                    row.run(),
                    false,
                    message.getGeneration(),
                    row.version(),
                    row.state(),
                    message.hasInput() ? Messages.payload(message.getInput()) : Payload.NONE,
                    message.getIdempotencyKey(),
                    Priority.ofCode(message.getPriority()),
                    Messages.map(message.getMetadataList()),
                    instant(started),
                    instant(started + message.getDeadline()),
                    tasks,
                    message.getCleanUpList(),
                    message.hasFailure()
                            ? Optional.of(new RunFailure(
                                    message.getFailure().getStep(),
                                    Messages.failure(message.getFailure().getCause())))
                            : Optional.empty(),
                    message.getCompensated(),
                    message.getDeadlinePassed(),
                    message.getCancelReason(),
                    message.hasEnded() ? instant(started + message.getEnded()) : Instant.MAX,
                    message.hasTerms() ? TermsCodec.terms(message.getTerms()) : RunTerms.NONE,
                    message.hasParent() ? Optional.of(ParentCodec.parent(message.getParent())) : Optional.empty(),
                    signals(),
                    Messages.map(message.getHeardList()),
                    message.getBuild(),
                    SpentCodec.allowance(message.getAllowance()),
                    Spending.NONE,
                    message.hasWindow()
                            ? Optional.of(WindowCodec.window(message.getWindow(), started))
                            : Optional.empty(),
                    RunImage.since(history),
                    row.passivity(),
                    List.of());
        }

        private Signals signals() {
            return message.getKnownSignalsCount() == 0
                    ? Signals.NONE
                    : new Signals(
                            message.getSignalsList().stream()
                                    .map(CheckpointCodec::signal)
                                    .toList(),
                            message.getKnownSignalsList());
        }

        static RunImage.TaskImage task(TaskImage message, long runStarted) {
            long queued = runStarted + message.getQueued();
            return new RunImage.TaskImage(
                    message.getNode(),
                    message.getElement(),
                    TaskState.ofCode(message.getState()),
                    message.getAttempt(),
                    message.getCharged(),
                    message.hasResult() ? Messages.payload(message.getResult()) : Payload.NONE,
                    message.getElements(),
                    message.hasFailure() ? Optional.of(Messages.failure(message.getFailure())) : Optional.empty(),
                    message.getWorker().isEmpty()
                            ? Optional.empty()
                            : Optional.of(new WorkerId(Messages.uuid(message.getWorker()))),
                    instant(queued),
                    message.hasDue() ? instant(queued + message.getDue()) : Instant.MIN,
                    message.hasStarted() ? instant(queued + message.getStarted()) : Instant.MIN,
                    message.hasEnded() ? instant(queued + message.getEnded()) : Instant.MAX,
                    message.hasTerms() ? TermsCodec.terms(message.getTerms()) : Terms.NONE,
                    CheckpointCodec.checkpoints(message),
                    message.getCall(),
                    message.getReleased(),
                    SpentCodec.spent(message),
                    seal(message),
                    SpentCodec.held(message),
                    loop(message));
        }

        private static LoopState loop(TaskImage message) {
            return message.getTurns() == 0
                    ? LoopState.NONE
                    : new LoopState(
                            message.getTurns(),
                            message.hasTurnState() ? Messages.payload(message.getTurnState()) : Payload.NONE);
        }

        private static Optional<dev.millrace.engine.Seal> seal(TaskImage message) {
            return message.hasSeal()
                    ? Optional.of(new dev.millrace.engine.Seal(
                            TaskState.ofCode(message.getSeal().getEnd()),
                            instant(message.getSeal().getSince())))
                    : Optional.empty();
        }
    }

    /** A piece of a history; empty for none. */
    static History message(List<RunImage.Transition> transitions) {
        if (transitions.isEmpty()) {
            return History.getDefaultInstance();
        }
        long before = micros(transitions.get(0).at());
        var message = History.newBuilder().setBase(before);
        for (var transition : transitions) {
            long at = micros(transition.at());
            message.addTransitions(Transition.newBuilder()
                    .setAt(at - before)
                    .setNode(transition.node() + 1)
                    .setElement(transition.element())
                    .setAttempt(transition.attempt())
                    .setState(transition.state())
                    .setDetail(transition.detail())
                    .addAllUsed(SpentCodec.message(transition.used())));
            before = at;
        }
        return message.build();
    }

    static byte[] encode(ShardImage image) {
        var message = dev.millrace.protocol.journal.v1.ShardImage.newBuilder().setClock(micros(image.clock()));
        for (var bucket : image.buckets()) {
            message.addBuckets(Bucket.newBuilder()
                    .setTenant(Messages.bytes(bucket.tenant().value()))
                    .setLimit(bucket.limit())
                    .setKey(bucket.key())
                    .setAt(micros(bucket.at()))
                    .setLevel(bucket.level())
                    .setClosedUntil(micros(bucket.closedUntil())));
        }
        image.throttles().forEach(period -> message.addThrottles(WindowCodec.message(period)));
        return message.build().toByteArray();
    }

    static ShardImage shard(byte[] bytes) {
        try {
            var message = dev.millrace.protocol.journal.v1.ShardImage.parseFrom(bytes);
            var buckets = new ArrayList<ShardImage.BucketImage>();
            for (var bucket : message.getBucketsList()) {
                buckets.add(new ShardImage.BucketImage(
                        new TenantId(Messages.uuid(bucket.getTenant())),
                        bucket.getLimit(),
                        bucket.getKey(),
                        instant(bucket.getAt()),
                        bucket.getLevel(),
                        instant(bucket.getClosedUntil())));
            }
            return new ShardImage(
                    instant(message.getClock()),
                    buckets,
                    message.getThrottlesList().stream().map(WindowCodec::period).toList());
        } catch (InvalidProtocolBufferException e) {
            throw new UnknownFormatException("the image of a shard", e);
        }
    }
}
