package dev.millrace.worker;

import dev.millrace.connection.Monitor;
import dev.millrace.wire.worker.v1.Accepted;
import dev.millrace.wire.worker.v1.AttemptRef;
import dev.millrace.wire.worker.v1.CheckpointMade;
import dev.millrace.wire.worker.v1.Completion;
import dev.millrace.wire.worker.v1.Extension;
import dev.millrace.wire.worker.v1.ReadChild;
import dev.millrace.wire.worker.v1.SpentSoFar;
import dev.millrace.wire.worker.v1.Suspended;
import dev.millrace.wire.worker.v1.WorkerFrame;
import dev.millrace.worker.durable.DurableAttempt;
import dev.millrace.worker.durable.NewAction;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Which attempts this worker has, and what the control plane has yet to be told of them. An attempt is live from its
 * assignment until it ends here; its completion is kept until it is acknowledged, so that it can be sent again on another
 * stream. Safe for use by many threads.
 */
final class AttemptBook {
    /** Together, and with what is never large, less than a control plane takes at once. */
    private static final int MOST_FRAME_BYTES = 2_000_000;

    private static final int MOST_CHECKPOINT_BYTES = 1_500_000;
    private static final int MOST_READS = 1_000;

    /**
     * An attempt that ends within this time needs no acceptance of its own, because its completion says as much: it saves the
     * control plane a decision and an entry in the journal per short step.
     */
    private static final long ACCEPT_LATER_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final Monitor monitor = new Monitor();
    /** Attempts that have something to say of what they spent; not guarded, because they say so under locks of their own. */
    private final Set<AttemptKey> spenders = ConcurrentHashMap.newKeySet();

    // All guarded by the monitor.
    private final Map<AttemptKey, LiveAttempt> live = new HashMap<>();
    private final Set<AttemptKey> acceptsNow = new LinkedHashSet<>();
    private final Map<AttemptKey, Long> acceptsDue = new LinkedHashMap<>();
    private final Deque<Completion> unacknowledged = new ArrayDeque<>();
    private final Deque<Completion> completionsToSend = new ArrayDeque<>();
    private final Map<AttemptKey, Wish> wishes = new LinkedHashMap<>();
    /** Live attempts that go on without their slots. */
    private final Set<AttemptKey> released = new LinkedHashSet<>();
    /** Those of them that the control plane has not been told of on this stream. */
    private final Set<AttemptKey> releasesToSay = new LinkedHashSet<>();

    private final List<AttemptRef> toReturn = new ArrayList<>();
    private final Deque<CheckpointMade> toStore = new ArrayDeque<>();
    private final Deque<ReadChild> toRead = new ArrayDeque<>();
    private final List<Suspended> suspended = new ArrayList<>();
    private final List<SpentSoFar> toSpend = new ArrayList<>();
    private long lastSequence;
    private boolean open;
    private boolean draining;
    private boolean drainingTold;

    // ---- what happens to attempts here

    /** An attempt was assigned. Returns whether it is to be run: while draining it is given back, and none is run twice. */
    boolean take(LiveAttempt attempt) {
        return monitor.locked(() -> {
            if (draining) {
                toReturn.add(attempt.assignment().getAttempt());
                return false;
            }
            if (live.putIfAbsent(attempt.key(), attempt) != null) {
                return false;
            }
            if (attempt.waiting()) {
                acceptsNow.add(attempt.key());
            }
            return true;
        });
    }

    /** An attempt is about to run. Returns whether it is still wanted. */
    boolean begin(LiveAttempt attempt) {
        return monitor.locked(() -> {
            if (live.get(attempt.key()) != attempt) {
                return false;
            }
            if (!attempt.assignment().getStartsWhenConfirmed()) {
                acceptsDue.put(attempt.key(), System.nanoTime() + ACCEPT_LATER_NANOS);
            }
            return true;
        });
    }

    /** An attempt has ended. If it went stale meanwhile, nobody wants its outcome. */
    void end(LiveAttempt attempt, Outcome outcome) {
        monitor.change(() -> {
            acceptsDue.remove(attempt.key());
            acceptsNow.remove(attempt.key());
            forget(attempt.key());
            if (!live.remove(attempt.key(), attempt)) {
                return;
            }
            if (outcome instanceof Outcome.Ended ended) {
                var completion = ended.completion().setSequence(++lastSequence).build();
                unacknowledged.add(completion);
                if (open) {
                    completionsToSend.add(completion);
                }
            } else if (outcome instanceof Outcome.Suspended left) {
                // Without a stream there is nothing to say: the next hello does not claim it, so it goes on elsewhere.
                if (open) {
                    suspended.add(DurableWire.suspended(attempt, left));
                }
            } else if (outcome instanceof Outcome.GivenBack) {
                lastWords(attempt);
                toReturn.add(attempt.assignment().getAttempt());
            }
        });
    }

    /** An attempt needs so much time from now on; asked for until it is granted. */
    void extend(AttemptKey key, Duration fromNow) {
        monitor.change(() -> {
            if (live.containsKey(key)) {
                wishes.put(key, new Wish(System.nanoTime() + fromNow.toNanos(), false));
            }
        });
    }

    /** An attempt goes on without its slots. */
    void release(AttemptKey key) {
        monitor.change(() -> {
            if (live.containsKey(key) && released.add(key)) {
                releasesToSay.add(key);
            }
        });
    }

    /** An attempt has spent something; said with the next frame, which a heartbeat is at the latest. */
    void spends(AttemptKey key) {
        spenders.add(key);
    }

    /** Durable code has something stored; the attempt keeps it until it is. */
    void tell(AttemptKey key, NewAction action) {
        monitor.change(() -> {
            var attempt = live.get(key);
            if (attempt != null && open) {
                toStore.add(DurableWire.made(attempt.assignment().getAttempt(), action));
            }
        });
    }

    /** Durable code wants the result of a child; the attempt wants it until it has it. */
    void read(AttemptKey key, String child) {
        monitor.change(() -> {
            var attempt = live.get(key);
            if (attempt != null && open) {
                toRead.add(DurableWire.read(attempt.assignment().getAttempt(), child));
            }
        });
    }

    /** What an attempt spent before it is given back. */
    private void lastWords(LiveAttempt attempt) {
        attempt.purse()
                .close()
                .ifPresent(spent ->
                        toSpend.add(DurableWire.spentSoFar(attempt.assignment().getAttempt(), spent)));
    }

    /** Whether a slot that is held by code that only waits could be of use. */
    boolean crowded(int slots) {
        return monitor.locked(() -> draining || live.size() - released.size() >= slots);
    }

    /** The control plane has granted an attempt so much time from now on. */
    void extended(AttemptKey key, long millis) {
        monitor.change(() -> {
            Optional.ofNullable(live.get(key)).ifPresent(attempt -> attempt.extended(millis));
            wishes.computeIfPresent(key, (same, wish) -> wish.meets(millis) ? null : wish);
        });
    }

    /** The live attempt of this name. */
    Optional<LiveAttempt> find(AttemptKey key) {
        return monitor.locked(() -> Optional.ofNullable(live.get(key)));
    }

    /** All live attempts. */
    List<LiveAttempt> live() {
        return monitor.locked(() -> List.copyOf(live.values()));
    }

    /** Nothing new is taken from here on. */
    void drain() {
        monitor.change(() -> draining = true);
        live().forEach(attempt -> attempt.durable().ifPresent(DurableAttempt::hurry));
    }

    /** Gives back all that is live, though it may run on; returns how many those are. */
    int abandon() {
        return monitor.locked(() -> {
            int abandoned = live.size();
            live.values().forEach(attempt -> {
                lastWords(attempt);
                toReturn.add(attempt.assignment().getAttempt());
            });
            live.clear();
            acceptsDue.clear();
            acceptsNow.clear();
            wishes.clear();
            released.clear();
            releasesToSay.clear();
            return abandoned;
        });
    }

    /** Waits until nothing is live. */
    boolean awaitIdle(Duration limit) {
        return monitor.await(limit, live::isEmpty);
    }

    /** Waits until the control plane has acknowledged all that ended and was told of all that is given back. */
    boolean awaitTold(Duration limit) {
        return monitor.await(limit, () -> unacknowledged.isEmpty() && toReturn.isEmpty() && suspended.isEmpty());
    }

    // ---- what is said to the control plane and heard from it

    /** What a new stream must claim: attempts that run, and completions that were not acknowledged. */
    List<AttemptRef> claims() {
        return monitor.locked(() -> {
            var claims = new ArrayList<AttemptRef>(live.size() + unacknowledged.size());
            live.values().forEach(attempt -> claims.add(attempt.assignment().getAttempt()));
            unacknowledged.forEach(completion -> claims.add(completion.getAttempt()));
            return claims;
        });
    }

    /**
     * The control plane has answered the claims: what is unacknowledged is to be sent again.
     *
     * @param stale what is no longer this worker's
     * @return the live ones of them, which are to be stopped
     */
    List<LiveAttempt> welcome(Set<AttemptKey> stale) {
        return monitor.locked(() -> {
            var stopped = new ArrayList<LiveAttempt>();
            for (var key : stale) {
                acceptsDue.remove(key);
                acceptsNow.remove(key);
                forget(key);
                Optional.ofNullable(live.remove(key)).ifPresent(stopped::add);
            }
            unacknowledged.removeIf(completion -> stale.contains(AttemptKey.of(completion.getAttempt())));
            completionsToSend.clear();
            completionsToSend.addAll(unacknowledged);
            // It is not known which of these arrived; saying them twice does no harm.
            live.values().stream().filter(LiveAttempt::waiting).forEach(attempt -> acceptsNow.add(attempt.key()));
            releasesToSay.addAll(released);
            wishes.replaceAll((key, wish) -> new Wish(wish.untilNanos(), false));
            toStore.clear();
            toRead.clear();
            live.values().forEach(this::tellAgain);
            suspended.clear();
            toSpend.clear();
            live.values().forEach(attempt -> attempt.purse().untold());
            drainingTold = false;
            open = true;
            return stopped;
        });
    }

    /** What its code wanted is not wanted any more. */
    private void forget(AttemptKey key) {
        wishes.remove(key);
        released.remove(key);
        releasesToSay.remove(key);
    }

    private void tellAgain(LiveAttempt attempt) {
        var ref = attempt.assignment().getAttempt();
        attempt.durable().ifPresent(code -> {
            code.untold().forEach(action -> toStore.add(DurableWire.made(ref, action)));
            code.unread().forEach(child -> toRead.add(DurableWire.read(ref, child)));
        });
    }

    /** There is no stream any more. */
    void lost() {
        monitor.change(() -> open = false);
    }

    /** Completions up to this number are stored, or refused for good. */
    void acknowledge(long upTo) {
        monitor.change(() -> {
            while (!unacknowledged.isEmpty() && unacknowledged.peek().getSequence() <= upTo) {
                unacknowledged.poll();
            }
        });
    }

    /** Puts into a frame what is to be said; returns whether there is something. */
    boolean fill(WorkerFrame.Builder frame) {
        return monitor.locked(() -> {
            if (!open) {
                return false;
            }
            boolean anything = addSpent(frame)
                    | addCheckpoints(frame)
                    | addReads(frame)
                    | addCompletions(frame)
                    | addAccepts(frame)
                    | addWishes(frame)
                    | !releasesToSay.isEmpty()
                    | !suspended.isEmpty()
                    | !toReturn.isEmpty();
            releasesToSay.forEach(
                    key -> frame.addReleased(live.get(key).assignment().getAttempt()));
            releasesToSay.clear();
            frame.addAllSuspended(suspended);
            suspended.clear();
            frame.addAllReturned(toReturn);
            toReturn.clear();
            if (draining && !drainingTold) {
                frame.setDraining(true);
                drainingTold = true;
                return true;
            }
            return anything;
        });
    }

    private boolean addSpent(WorkerFrame.Builder frame) {
        frame.addAllSpent(toSpend);
        toSpend.clear();
        for (var spender = spenders.iterator(); spender.hasNext(); ) {
            var attempt = live.get(spender.next());
            spender.remove();
            if (attempt != null) {
                attempt.purse()
                        .news()
                        .ifPresent(spent -> frame.addSpent(
                                DurableWire.spentSoFar(attempt.assignment().getAttempt(), spent)));
            }
        }
        return frame.getSpentCount() > 0;
    }

    private boolean addCheckpoints(WorkerFrame.Builder frame) {
        int bytes = 0;
        while (!toStore.isEmpty()) {
            int size = toStore.peek().getSerializedSize();
            if (bytes > 0 && bytes + size > MOST_CHECKPOINT_BYTES) {
                break;
            }
            bytes += size;
            frame.addCheckpoints(toStore.poll());
        }
        return bytes > 0;
    }

    private boolean addReads(WorkerFrame.Builder frame) {
        for (int i = 0; i < MOST_READS && !toRead.isEmpty(); i++) {
            frame.addChildReads(toRead.poll());
        }
        return frame.getChildReadsCount() > 0;
    }

    private boolean addCompletions(WorkerFrame.Builder frame) {
        int bytes = 0;
        while (!completionsToSend.isEmpty()) {
            int size = completionsToSend.peek().getSerializedSize();
            if (bytes > 0 && bytes + size > MOST_FRAME_BYTES) {
                break;
            }
            bytes += size;
            frame.addCompletions(completionsToSend.poll());
        }
        return bytes > 0;
    }

    private boolean addAccepts(WorkerFrame.Builder frame) {
        long now = System.nanoTime();
        boolean anything = !acceptsNow.isEmpty();
        acceptsNow.forEach(key -> frame.addAccepted(accepted(live.get(key))));
        acceptsNow.clear();
        for (var due = acceptsDue.entrySet().iterator(); due.hasNext(); ) {
            var accept = due.next();
            if (accept.getValue() - now > 0) {
                break;
            }
            due.remove();
            frame.addAccepted(accepted(live.get(accept.getKey())));
            anything = true;
        }
        return anything;
    }

    private boolean addWishes(WorkerFrame.Builder frame) {
        boolean anything = false;
        for (var wish : wishes.entrySet()) {
            if (!wish.getValue().said()) {
                frame.addExtensions(Extension.newBuilder()
                        .setAttempt(live.get(wish.getKey()).assignment().getAttempt())
                        .setTimeoutMillis(wish.getValue().restMillis()));
                wish.setValue(new Wish(wish.getValue().untilNanos(), true));
                anything = true;
            }
        }
        return anything;
    }

    /** More time that an attempt asked for. */
    private record Wish(long untilNanos, boolean said) {
        /** Clocks and the way there and back take their share. */
        private static final long TOLERANCE_MILLIS = 1_000;

        long restMillis() {
            return Math.max(1, TimeUnit.NANOSECONDS.toMillis(untilNanos - System.nanoTime()));
        }

        boolean meets(long grantedMillis) {
            return grantedMillis + TOLERANCE_MILLIS >= restMillis();
        }
    }

    private static Accepted.Builder accepted(LiveAttempt attempt) {
        // It may still be reading its arguments; then it enters the method about now.
        var started = attempt.started().equals(Instant.EPOCH) ? Instant.now() : attempt.started();
        return Accepted.newBuilder()
                .setAttempt(attempt.assignment().getAttempt())
                .setStartedMicros(AttemptRunner.micros(started));
    }

    /** In how many nanoseconds there will be something to say that is not said now; {@code Long.MAX_VALUE} if unknown. */
    long nanosToNext() {
        return monitor.locked(() -> {
            var first = acceptsDue.values().iterator();
            return open && first.hasNext() ? Math.max(0, first.next() - System.nanoTime()) : Long.MAX_VALUE;
        });
    }
}
