package dev.millrace.controlplane.items;

import dev.millrace.controlplane.api.model.RunState;
import dev.millrace.controlplane.api.model.StreamEntry;
import dev.millrace.controlplane.api.model.StreamPage;
import dev.millrace.controlplane.items.PageReader.Read;
import dev.millrace.controlplane.runs.Refusals;
import dev.millrace.controlplane.shard.Shards;
import dev.millrace.engine.Command;
import dev.millrace.engine.Reply;
import dev.millrace.engine.RunId;
import dev.millrace.engine.RunImage;
import dev.millrace.engine.TenantId;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** Streams of runs, page by page. Safe for use by several threads; nothing blocks. */
@Singleton
final class RunStreams {
    private static final Duration DEADLINE = Duration.ofSeconds(10);

    private final Following.Rooms rooms;
    private final Shards shards;

    RunStreams(FollowerRooms followers, Shards shards) {
        this.rooms = followers.rooms();
        this.shards = shards;
    }

    /**
     * What of a run's stream is wanted.
     *
     * @param step the only one; empty for all
     * @param after position behind which it begins
     */
    record Wanted(TenantId tenant, RunId run, String step, long after) {}

    /** What there is now, or what comes first within the time. */
    CompletionStage<StreamPage> page(Wanted wanted, int limit, Duration wait) {
        return (wait.isZero() ? now(wanted) : first(wanted, wait)).thenApply(read -> page(wanted, read, limit));
    }

    private CompletionStage<Read> first(Wanted wanted, Duration wait) {
        var reader = new PageReader();
        var following = follow(wanted, reader);
        following.begin();
        return reader.read()
                .completeOnTimeout(Read.NOTHING, wait.toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((read, failure) -> following.stop());
    }

    private CompletionStage<Read> now(Wanted wanted) {
        return shards.ask(
                        wanted.tenant(),
                        replyTo -> new Command.ReadRun(replyTo, wanted.tenant(), wanted.run()),
                        DEADLINE)
                .thenApplyAsync(
                        reply -> {
                            if (reply instanceof Reply.RunRead found) {
                                return read(wanted, found.image());
                            }
                            throw Refusals.of(reply);
                        },
                        rooms.reading());
    }

    private Read read(Wanted wanted, RunImage image) {
        var ended = Optional.of(image.state()).filter(state -> state.isFinal());
        if (ended.isPresent()) {
            rooms.rows().seal(wanted.tenant(), wanted.run(), image.generation());
        }
        var chunks =
                rooms.rows().read(wanted.tenant(), wanted.run(), wanted.step(), wanted.after(), ItemRows.READ_AT_ONCE);
        return new Read(chunks, chunks.isEmpty() ? ended : Optional.empty());
    }

    private static StreamPage page(Wanted wanted, Read read, int limit) {
        List<StreamEntry> entries = read.chunks().stream()
                .flatMap(chunk -> StreamViews.entries(chunk).stream())
                .limit(limit)
                .toList();
        long next = entries.isEmpty()
                ? wanted.after()
                : entries.get(entries.size() - 1).getPosition();
        var page =
                new StreamPage(wanted.run().value(), entries, next, read.ended().isPresent());
        read.ended().ifPresent(state -> page.setState(RunState.fromValue(state.name())));
        return page;
    }

    /** Somebody who reads on and on. Has not begun. */
    Following follow(Wanted wanted, Following.Reader reader) {
        return new Following(rooms, wanted.tenant(), wanted.run(), wanted.step(), wanted.after(), reader);
    }
}
