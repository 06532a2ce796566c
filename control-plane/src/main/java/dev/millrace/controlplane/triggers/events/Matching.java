package dev.millrace.controlplane.triggers.events;

import dev.millrace.controlplane.triggers.events.LogEntry.Outcome;
import dev.millrace.controlplane.triggers.filters.Candidate;
import dev.millrace.controlplane.triggers.filters.FilterIndex;
import dev.millrace.expression.EvaluationException;
import dev.millrace.expression.InvalidExpressionException;
import dev.millrace.manifest.Json;
import java.util.ArrayList;
import java.util.List;

/** Holds an event against the filters of its name. Stateless. */
final class Matching {
    private Matching() {}

    /** What each filter makes of the event; what it starts is still to be started. */
    static EventLog decide(FilterIndex filters, NewEvent event) {
        var candidates = filters.of(event.name(), event.scope());
        if (candidates.isEmpty()) {
            return EventLog.NOTHING;
        }
        var chain = event.chain();
        List<LogEntry> entries = new ArrayList<>();
        int idle = 0;
        Candidate.Subject subject = null;
        for (var candidate : candidates) {
            if (subject == null && !candidate.filter().condition().isEmpty()) {
                subject = new Candidate.Subject(
                        Json.read(event.data()), StoredEvent.metadataValue(event.metadata()), event.name());
            }
            var entry = decide(candidate, subject);
            if (entry.outcome() == Outcome.NOT_MATCHED || entry.outcome() == Outcome.DISABLED) {
                idle++;
                if (idle > EventLog.MOST_IDLE) {
                    continue;
                }
            }
            entries.add(
                    entry.outcome() == Outcome.PENDING && chain.isTooLong()
                            ? entry.refused(Chain.CODE, chain.message())
                            : entry);
        }
        return new EventLog(entries, Math.max(0, idle - EventLog.MOST_IDLE));
    }

    private static LogEntry decide(Candidate candidate, Candidate.Subject subject) {
        var filter = candidate.filter();
        if (!filter.enabled()) {
            return LogEntry.of(filter, Outcome.DISABLED);
        }
        try {
            return LogEntry.of(filter, candidate.holds(subject) ? Outcome.PENDING : Outcome.NOT_MATCHED);
        } catch (EvaluationException e) {
            return LogEntry.failed(filter, "EXPRESSION_FAILED", String.valueOf(e.getMessage()));
        } catch (InvalidExpressionException e) {
            return LogEntry.failed(filter, "EXPRESSION_INVALID", String.valueOf(e.getMessage()));
        }
    }
}
