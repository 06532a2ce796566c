package dev.millrace.controlplane.runs;

import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.controlplane.errors.Problems;
import dev.millrace.controlplane.runs.RunsDoor.Rooms;
import dev.millrace.controlplane.workflows.WorkflowVersion;
import dev.millrace.engine.Command;
import dev.millrace.engine.Reply;
import dev.millrace.engine.RunId;
import dev.millrace.engine.RunImage;
import dev.millrace.engine.TenantId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * The runs whose end one stream waits for. Each follow is told of once: the end, or why there will be no telling. Safe for use by
 * several threads; replies come on the shards'.
 */
final class Follows {
    private static final int MOST = 200_000;

    private final TenantId tenant;
    private final Rooms rooms;
    private final Consumer<Object> say;

    // Guarded by this.
    private final Map<Long, Following> follows = new HashMap<>();
    private boolean ended;

    /** A run whose end the client waits for. */
    private static final class Following {
        /** Number under which the shards tell it. */
        private long replyTo;
        /** Empty until the run has been started: nobody else knows of it before. */
        private Optional<RunId> run;

        private Following(Optional<RunId> run) {
            this.run = run;
        }
    }

    /** A follow of a run that is being started; reply number 0 is none. */
    record OfStart(long correlation, long replyTo) {}

    /** @param say sends frames' parts to the client */
    Follows(TenantId tenant, Rooms rooms, Consumer<Object> say) {
        this.tenant = tenant;
        this.rooms = rooms;
        this.say = say;
    }

    /** Follows a run that there is already. */
    void follow(long correlation, RunId run) {
        long replyTo;
        try {
            replyTo = listen(correlation, Optional.of(run));
        } catch (ApiException e) {
            say.accept(Wire.refusal(correlation, e));
            return;
        }
        rooms.shards().tell(tenant, new Command.FollowRun(replyTo, tenant, run));
    }

    /**
     * Gets ready to follow a run that is about to be started.
     *
     * @param correlation 0 for not following
     */
    OfStart starting(long correlation) {
        return new OfStart(correlation, correlation == 0 ? 0 : listen(correlation, Optional.empty()));
    }

    /** A follow of a start that was refused is over; the others know their run now, and can ask for it again. */
    void settle(OfStart follow, StartResult result) {
        if (result instanceof StartResult.Refused) {
            forget(follow);
        } else if (result instanceof StartResult.Started started && follow.replyTo() != 0) {
            synchronized (this) {
                var following = follows.get(follow.correlation());
                if (following != null && following.replyTo == follow.replyTo()) {
                    following.run = Optional.of(started.run());
                }
            }
        }
    }

    /** Nothing is told of a start any more. */
    void forget(OfStart follow) {
        if (follow.replyTo() == 0) {
            return;
        }
        synchronized (this) {
            var following = follows.get(follow.correlation());
            if (following == null || following.replyTo != follow.replyTo()) {
                return;
            }
            follows.remove(follow.correlation());
        }
        rooms.shards().forget(tenant, List.of(follow.replyTo()));
    }

    /** The client does not wait any more. */
    void stop(long correlation) {
        Following stopped;
        synchronized (this) {
            stopped = follows.remove(correlation);
        }
        if (stopped != null) {
            rooms.shards().forget(tenant, List.of(stopped.replyTo));
        }
    }

    /** The stream has ended: nobody is told anything. */
    void end() {
        List<Long> open;
        synchronized (this) {
            ended = true;
            open = follows.values().stream().map(following -> following.replyTo).toList();
            follows.clear();
        }
        if (!open.isEmpty()) {
            rooms.shards().forget(tenant, open);
        }
    }

    /** @param run the run, if it is known yet: a lost shard is asked for it again */
    private synchronized long listen(long correlation, Optional<RunId> run) {
        if (follows.size() >= MOST) {
            throw new ApiException(
                    ErrorCode.OVERLOADED,
                    "This stream follows " + MOST + " runs, which is the most. Wait for some of them.");
        }
        if (follows.containsKey(correlation)) {
            throw Wire.violation("a follow with correlation " + Long.toUnsignedString(correlation)
                    + ", which is in use on this stream");
        }
        if (ended) {
            throw new ApiException(ErrorCode.UNAVAILABLE, "The stream has ended.");
        }
        var following = new Following(run);
        following.replyTo = rooms.shards().listen(tenant, reply -> told(correlation, following, reply));
        follows.put(correlation, following);
        return following.replyTo;
    }

    /** On the shards' thread: what takes longer than a moment is left to the senders. */
    private void told(long correlation, Following following, Reply reply) {
        Optional<RunId> run;
        synchronized (this) {
            if (ended || !follows.remove(correlation, following)) {
                return;
            }
            run = following.run;
        }
        if (reply instanceof Reply.RunEnded end) {
            sayEnd(correlation, end.image());
        } else if (reply instanceof Reply.Refused refused
                && refused.code().equals("OWNER_CHANGED")
                && run.isPresent()) {
            follow(correlation, run.get());
        } else {
            say.accept(Wire.refusal(correlation, Refusals.of(reply)));
        }
    }

    /** Mostly the version is known and the result travels with the image: then there is nothing to ask anybody for. */
    private void sayEnd(long correlation, RunImage image) {
        var version = rooms.workflows().of(tenant, image.version()).toCompletableFuture();
        if (version.isDone() && !version.isCompletedExceptionally()) {
            var known = version.join();
            if (new RunValues(image, known).storedPayloads().isEmpty()) {
                say.accept(new RunFrames.Ended(correlation, image, known, Map.of()));
                return;
            }
        }
        rooms.streams().senders().execute(() -> sayStoredEnd(correlation, image, version));
    }

    private void sayStoredEnd(long correlation, RunImage image, CompletionStage<WorkflowVersion> asked) {
        asked.thenCompose(version -> rooms.payloads()
                        .load(tenant, new RunValues(image, version).storedPayloads())
                        .thenApply(stored -> new RunFrames.Ended(correlation, image, version, stored)))
                .whenComplete((ended, failure) ->
                        say.accept(failure == null ? ended : Wire.refusal(correlation, Problems.refusal(failure))));
    }
}
