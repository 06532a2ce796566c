package dev.millrace.testing;

import dev.millrace.TypeRef;
import dev.millrace.client.StreamItem;
import dev.millrace.codec.Codec;
import dev.millrace.engine.RunId;
import dev.millrace.wire.protobuf.InvalidProtocolBufferException;
import dev.millrace.wire.streams.v1.Chunk;
import dev.millrace.wire.worker.v1.AttemptRef;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the steps of a test emit, as a control plane stores it: it survives whatever dies. For one thread at a time. */
final class EmittedItems {
    private record Emitted(AttemptRef attempt, long index, byte[] json, Instant at) {}

    private final Map<RunId, List<Emitted>> runs = new HashMap<>();

    /** Stores a {@code Chunk} of the stream protocol. Asynchronous steps emit on threads of their own. */
    synchronized void store(byte[] chunk, Instant now) {
        var parsed = parse(chunk);
        var items = runs.computeIfAbsent(Messages.attempt(parsed.getAttempt()).run(), any -> new ArrayList<>());
        for (int i = 0; i < parsed.getItemsCount(); i++) {
            items.add(new Emitted(
                    parsed.getAttempt(),
                    parsed.getFirst() + i,
                    parsed.getItems(i).toByteArray(),
                    now));
        }
    }

    private static Chunk parse(byte[] chunk) {
        try {
            return Chunk.parseFrom(chunk);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalArgumentException("This is no Chunk.", e);
        }
    }

    /** What a run emitted, in order. @param step the only one that is wanted; empty for all */
    synchronized <T> List<StreamItem<T>> of(RunId run, String step, TypeRef<T> type, Codec codec) {
        List<StreamItem<T>> found = new ArrayList<>();
        long position = 0;
        for (var item : runs.getOrDefault(run, List.of())) {
            position++;
            var attempt = item.attempt();
            if (step.isEmpty() || attempt.getStep().equals(step)) {
                found.add(new StreamItem<>(
                        codec.read(item.json(), type),
                        attempt.getStep(),
                        attempt.getElement(),
                        attempt.getGeneration(),
                        attempt.getAttempt(),
                        item.index(),
                        position,
                        item.at()));
            }
        }
        return found;
    }
}
