package dev.millrace.controlplane.triggers.events;

import dev.millrace.controlplane.errors.Problems;
import dev.millrace.controlplane.shard.Shards;
import dev.millrace.controlplane.triggers.events.LogEntry.Outcome;
import dev.millrace.engine.Command;
import jakarta.inject.Singleton;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the run that published an event which was cut out of a chain: its history says what did not start. The event's own log says it in any
 * case. Safe for use by several threads; nothing blocks.
 */
@Singleton
final class CutChains {
    private static final Logger LOG = LoggerFactory.getLogger(CutChains.class);
    private static final Duration DEADLINE = Duration.ofSeconds(10);

    private final Shards shards;

    CutChains(Shards shards) {
        this.shards = shards;
    }

    void tell(StoredEvent event) {
        long cut = event.log().entries().stream()
                .filter(entry ->
                        entry.outcome() == Outcome.REFUSED && entry.code().equals(Chain.CODE))
                .count();
        if (cut == 0) {
            return;
        }
        Chain.of(event.metadata(), "$.metadata")
                .cause()
                .ifPresent(run -> shards.ask(
                                event.tenant(),
                                replyTo -> new Command.NoteRun(
                                        replyTo,
                                        event.tenant(),
                                        run,
                                        Chain.CODE,
                                        "event '" + event.name() + "' (" + event.id()
                                                + ") of this run would have started "
                                                + cut + (cut == 1 ? " run" : " runs")
                                                + " and was cut: its chain is longer than "
                                                + Chain.LONGEST),
                                DEADLINE)
                        .whenComplete((reply, failure) -> {
                            if (failure != null) {
                                LOG.warn(
                                        "Run {} could not be told that event {} was cut: {}",
                                        run,
                                        event.id(),
                                        Problems.refusal(Problems.unwrapped(failure))
                                                .getMessage());
                            }
                        }));
    }
}
