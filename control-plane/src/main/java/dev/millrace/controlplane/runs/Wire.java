package dev.millrace.controlplane.runs;

import com.google.protobuf.ByteString;
import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.controlplane.streams.WireIds;
import dev.millrace.engine.KeyLife;
import dev.millrace.engine.Priority;
import dev.millrace.engine.RunFailure;
import dev.millrace.engine.RunId;
import dev.millrace.protocol.runs.v1.Error;
import dev.millrace.protocol.runs.v1.Refusal;
import dev.millrace.protocol.runs.v1.StartBatchReply;
import dev.millrace.protocol.runs.v1.StartItem;
import dev.millrace.protocol.runs.v1.Started;
import dev.millrace.protocol.runs.v1.StartedItem;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Values of the clients' protocol and our own, both ways. What cannot be is refused as a breach of the protocol. */
final class Wire {
    private Wire() {}

    static RunId run(ByteString bytes) {
        return new RunId(uuid(bytes, "run_id"));
    }

    /** @param what names the field, for the message of a refusal */
    static UUID uuid(ByteString bytes, String what) {
        return WireIds.uuid(bytes).orElseThrow(() -> violation(what + " has " + bytes.size() + " bytes; an id has 16"));
    }

    static ApiException violation(String what) {
        return new ApiException(
                ErrorCode.PROTOCOL_VIOLATION, "The client broke the protocol: " + what + ". The stream is closed.");
    }

    /**
     * A start.
     *
     * @param replyTo where the run's end is told; 0 for nowhere
     * @param path where in the batch it stands
     * @throws ApiException when it asks for what cannot be; the other starts of its batch are not concerned
     */
    static StartRequest start(StartItem item, long replyTo, String path) {
        if (item.getPriority() < 0 || item.getPriority() > Priority.values().length) {
            throw new ApiException(
                    ErrorCode.FIELD_INVALID,
                    path + ".priority is " + Integer.toUnsignedString(item.getPriority())
                            + "; it is 1 (lowest) to 4 (highest), or 0 for the default.",
                    path + ".priority");
        }
        if (item.getDeadlineMillis() < 0) {
            throw new ApiException(
                    ErrorCode.DURATION_INVALID,
                    path + ".deadline_millis is " + item.getDeadlineMillis() + "; it must not be negative.",
                    path + ".deadline");
        }
        return new StartRequest(
                item.getWorkflow(),
                "",
                item.getShape(),
                item.getInput().toByteArray(),
                item.getIdempotencyKey().isEmpty() ? Optional.empty() : Optional.of(item.getIdempotencyKey()),
                keyLife(item, path),
                item.getPriority() == 0 ? Priority.NORMAL : Priority.ofCode(item.getPriority()),
                item.getMetadataMap(),
                item.getRequiresMap(),
                item.getDeadlineMillis() == 0
                        ? Optional.empty()
                        : Optional.of(Duration.ofMillis(item.getDeadlineMillis())),
                replyTo,
                path);
    }

    private static KeyLife keyLife(StartItem item, String path) {
        if (item.getKeyUntilFinished()) {
            return new KeyLife.UntilFinished();
        }
        long millis = item.getKeyLifeMillis();
        if (millis == 0) {
            return KeyLife.KEPT;
        }
        if (millis < 1_000 || millis > KeyLife.For.LONGEST.toMillis()) {
            throw new ApiException(
                    ErrorCode.DURATION_INVALID,
                    path + ".key_life_millis is " + millis + "; it must be 1 second to 366 days.",
                    path + ".idempotencyKeyLife");
        }
        return new KeyLife.For(Duration.ofMillis(millis));
    }

    /** The answer to a batch, in the order of its items. @param unreadable for each item why it was not even tried, if so */
    static StartBatchReply reply(long correlation, List<Optional<ApiException>> unreadable, List<StartResult> results) {
        var reply = StartBatchReply.newBuilder().setCorrelation(correlation);
        var next = results.iterator();
        for (var refused : unreadable) {
            var result = refused.<StartResult>map(StartResult.Refused::new).orElseGet(next::next);
            if (result instanceof StartResult.Started started) {
                reply.addItems(StartedItem.newBuilder()
                        .setStarted(Started.newBuilder()
                                .setRunId(WireIds.bytes(started.run().value()))
                                .setExisting(started.existing())
                                .setJoined(started.joined())));
            } else if (result instanceof StartResult.Refused refusal) {
                reply.addItems(StartedItem.newBuilder().setRefused(error(refusal.refusal())));
            }
        }
        return reply.build();
    }

    static Refusal refusal(long correlation, ApiException why) {
        return Refusal.newBuilder()
                .setCorrelation(correlation)
                .setError(error(why))
                .build();
    }

    private static Error error(ApiException refusal) {
        return Error.newBuilder()
                .setCode(refusal.code().name())
                .setMessage(refusal.getMessage())
                .build();
    }

    /** Codes of ours stay what they are; what user code threw is {@code STEP_FAILED}. */
    static Error error(RunFailure failure) {
        var view = RunViews.failure(failure);
        var message = view.getType() == null ? view.getMessage() : view.getType() + ": " + view.getMessage();
        return Error.newBuilder().setCode(view.getCode()).setMessage(message).build();
    }
}
