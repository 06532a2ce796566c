package dev.millrace.controlplane.triggers.events;

import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.controlplane.errors.Problems;
import dev.millrace.controlplane.payloads.Payloads;
import dev.millrace.controlplane.runs.TriggeredStarts;
import dev.millrace.controlplane.triggers.events.LogEntry.Outcome;
import jakarta.inject.Singleton;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Starts what a stored event is to start, once each: the request of a start is named after the event and the filter, so that one
 * that is sent again after a crash is known to the engine. Safe for use by several threads; no method blocks.
 */
@Singleton
final class EventStarts {
    /** Labels that a run gets beside those of its event. */
    static final String EVENT_LABEL = "millrace.event";

    private final TriggeredStarts starts;
    private final EventWriter writer;
    private final EventWaiters waiters;

    EventStarts(TriggeredStarts starts, EventWriter writer, EventWaiters waiters) {
        this.starts = starts;
        this.writer = writer;
        this.waiters = waiters;
    }

    /**
     * Starts what is pending, tells those who wait, and stores what became of it.
     *
     * @param again whether it may have been tried before
     * @return once that is stored; fails when something could not be started now and may be later: then the event stays open
     */
    CompletionStage<Void> start(StoredEvent event, boolean again) {
        List<CompletableFuture<LogEntry>> entries = new ArrayList<>();
        for (var entry : event.log().entries()) {
            entries.add(
                    entry.outcome() == Outcome.PENDING
                            ? start(event, entry, again)
                            : CompletableFuture.completedFuture(entry));
        }
        var told = waiters.tell(Occurrence.of(event));
        return CompletableFuture.allOf(entries.toArray(CompletableFuture[]::new))
                .thenCombine(told, (done, satisfied) -> satisfied)
                .thenCompose(satisfied -> writer.end(
                        event.tenant(),
                        event.id(),
                        new EventLog(
                                entries.stream().map(CompletableFuture::join).toList(),
                                event.log().unlisted(),
                                false,
                                satisfied)));
    }

    private CompletableFuture<LogEntry> start(StoredEvent event, LogEntry entry, boolean again) {
        Map<String, String> metadata = new HashMap<>(event.metadata());
        metadata.put(EVENT_LABEL, event.id().toString());
        CompletionStage<LogEntry> started;
        try {
            started = starts.start(new TriggeredStarts.Wanted(
                            event.tenant(),
                            entry.service(),
                            entry.workflow(),
                            request(event.id(), entry.filter()),
                            again,
                            Optional.empty(),
                            event.data(),
                            metadata))
                    .thenApply(begun -> begun.joined()
                            ? entry.joined(begun.run().value())
                            : entry.started(begun.run().value()));
        } catch (ApiException e) {
            started = CompletableFuture.failedFuture(e);
        }
        return started.exceptionally(failure -> refused(entry, failure)).toCompletableFuture();
    }

    private static LogEntry refused(LogEntry entry, Throwable failure) {
        var refusal = Problems.refusal(Problems.unwrapped(failure));
        if (refusal.code().isTemporary() || refusal.code() == ErrorCode.INTERNAL) {
            throw refusal;
        }
        return entry.refused(refusal.code().name(), refusal.getMessage());
    }

    /** The same for the same event and filter, with the time of the event in front, as the engine wants it of new requests. */
    static UUID request(UUID event, UUID filter) {
        var names = ByteBuffer.allocate(32)
                .putLong(event.getMostSignificantBits())
                .putLong(event.getLeastSignificantBits())
                .putLong(filter.getMostSignificantBits())
                .putLong(filter.getLeastSignificantBits());
        var hash = ByteBuffer.wrap(Payloads.sha256(names.array()));
        return new UUID(
                event.getMostSignificantBits() & ~0xFFFFL | 0x7000L | hash.getLong() & 0xFFFL,
                hash.getLong() & 0x3FFF_FFFF_FFFF_FFFFL | 0x8000_0000_0000_0000L);
    }
}
