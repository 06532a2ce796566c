package dev.millrace.controlplane.shard.postgres;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.millrace.engine.Failure;
import dev.millrace.engine.Payload;
import dev.millrace.engine.RunId;
import dev.millrace.engine.StartOutcome;
import dev.millrace.protocol.journal.v1.MetadataEntry;
import dev.millrace.protocol.journal.v1.Outcome;
import dev.millrace.protocol.journal.v1.Outcomes;
import dev.millrace.protocol.journal.v1.Refused;
import dev.millrace.protocol.journal.v1.StoredPayload;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** What facts and images share, to messages and back. */
final class Messages {
    private Messages() {}

    static ByteString bytes(UUID uuid) {
        byte[] bytes = new byte[16];
        ByteBuffer.wrap(bytes).putLong(uuid.getMostSignificantBits()).putLong(uuid.getLeastSignificantBits());
        return UnsafeByteOperations.unsafeWrap(bytes);
    }

    static UUID uuid(ByteString bytes) {
        var buffer = bytes.asReadOnlyByteBuffer();
        return new UUID(buffer.getLong(), buffer.getLong());
    }

    static MetadataEntry entry(String key, String value) {
        return MetadataEntry.newBuilder().setKey(key).setValue(value).build();
    }

    static Map<String, String> map(List<MetadataEntry> entries) {
        if (entries.isEmpty()) {
            return Map.of();
        }
        Map<String, String> map = new HashMap<>(entries.size() * 2);
        entries.forEach(entry -> map.put(entry.getKey(), entry.getValue()));
        return map;
    }

    /** Never called for no value: that is the absence of the message. */
    static dev.millrace.protocol.journal.v1.Payload message(Payload payload) {
        var message = dev.millrace.protocol.journal.v1.Payload.newBuilder();
        // Payload bytes are never changed, so they need not be copied.
        var data = UnsafeByteOperations.unsafeWrap(payload.data());
        if (payload.kind() == Payload.Kind.INLINE) {
            message.setInline(data);
        } else {
            message.setStored(StoredPayload.newBuilder().setSha256(data).setSize(payload.size()));
        }
        return message.build();
    }

    static Payload payload(dev.millrace.protocol.journal.v1.Payload message) {
        return switch (message.getValueCase()) {
            case INLINE -> Payload.inline(message.getInline().toByteArray());
            case STORED ->
                Payload.stored(
                        message.getStored().getSha256().toByteArray(),
                        message.getStored().getSize());
            case VALUE_NOT_SET -> Payload.NONE;
        };
    }

    static dev.millrace.protocol.journal.v1.Failure message(Failure failure) {
        return dev.millrace.protocol.journal.v1.Failure.newBuilder()
                .setType(failure.type())
                .setMessage(failure.message())
                .setStackTrace(failure.stackTrace())
                .setNonRetryable(failure.nonRetryable())
                .setRetryAfterMillis(failure.retryAfterMillis())
                .setRateLimit(failure.rateLimit())
                .build();
    }

    static Failure failure(dev.millrace.protocol.journal.v1.Failure message) {
        return new Failure(
                message.getType(),
                message.getMessage(),
                message.getStackTrace(),
                message.getNonRetryable(),
                message.getRetryAfterMillis(),
                message.getRateLimit());
    }

    static Outcomes message(List<StartOutcome> outcomes) {
        var message = Outcomes.newBuilder();
        for (var outcome : outcomes) {
            var one = Outcome.newBuilder();
            if (outcome instanceof StartOutcome.Started started) {
                var run = bytes(started.run().value());
                if (started.existing()) {
                    one.setExisting(run);
                } else {
                    one.setStarted(run);
                }
                one.setJoined(started.joined());
            } else if (outcome instanceof StartOutcome.Refused refused) {
                one.setRefused(Refused.newBuilder().setCode(refused.code()).setMessage(refused.message()));
            }
            message.addOutcomes(one);
        }
        return message.build();
    }

    static List<StartOutcome> outcomes(Outcomes message) {
        var outcomes = new ArrayList<StartOutcome>(message.getOutcomesCount());
        for (var one : message.getOutcomesList()) {
            outcomes.add(
                    switch (one.getKindCase()) {
                        case STARTED ->
                            new StartOutcome.Started(new RunId(uuid(one.getStarted())), false, one.getJoined());
                        case EXISTING ->
                            new StartOutcome.Started(new RunId(uuid(one.getExisting())), true, one.getJoined());
                        case REFUSED ->
                            new StartOutcome.Refused(
                                    one.getRefused().getCode(), one.getRefused().getMessage());
                        case KIND_NOT_SET -> throw new UnknownFormatException("an outcome of a start");
                    });
        }
        return outcomes;
    }
}
