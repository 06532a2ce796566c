package dev.millrace.client;

import dev.millrace.connection.MillraceException;
import dev.millrace.connection.Monitor;
import dev.millrace.connection.UnavailableException;
import dev.millrace.connection.Uuids;
import dev.millrace.wire.runs.v1.CancelReply;
import dev.millrace.wire.runs.v1.CancelRun;
import dev.millrace.wire.runs.v1.ClientFrame;
import dev.millrace.wire.runs.v1.Refusal;
import dev.millrace.wire.runs.v1.RunEnded;
import dev.millrace.wire.runs.v1.ServerFrame;
import dev.millrace.wire.runs.v1.StartBatchReply;
import dev.millrace.wire.runs.v1.StartItem;
import dev.millrace.wire.runs.v1.StartedItem;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * What this process has asked about runs, and what of it is unanswered. Nothing is forgotten before it is answered: a new
 * stream is told all of it again, starts under the request ids that they had, by which the control plane knows what it has
 * done already. Safe for use by many threads; answers are completed outside the lock.
 */
final class RunBook {
    /** The control plane takes frames of 4 MiB; the rest is room for what stands around the inputs. */
    static final int MOST_FRAME_BYTES = 3_500_000;

    static final int MOST_ITEMS = 1000;

    private static final long SHORTEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1000);

    private final Uuids uuids = new Uuids();
    private final Monitor monitor = new Monitor();

    // All guarded by the monitor.
    private boolean open;
    private boolean heard;
    private long streams;
    private long lastCorrelation;
    private final Deque<Start> waiting = new ArrayDeque<>();
    private final Map<Long, Start.Batch> unanswered = new LinkedHashMap<>();
    private final Deque<Start.Batch> batchesToRepeat = new ArrayDeque<>();
    private final Map<Long, Followed> followed = new HashMap<>();
    private final FollowLine line = new FollowLine(FollowLine.MOST_SAID);
    private final Map<Long, Cancelling> cancelling = new LinkedHashMap<>();
    private final Deque<Cancelling> cancelsToSend = new ArrayDeque<>();
    private final PriorityQueue<Later> later = new PriorityQueue<>();

    /**
     * A run that is followed.
     *
     * @param number by which to stop that
     * @param ended its end
     */
    record Following(long number, CompletableFuture<RunEnded> ended) {}

    private static final class Followed {
        private Optional<UUID> run;
        private final CompletableFuture<RunEnded> ended = new CompletableFuture<>();

        Followed(Optional<UUID> run) {
            this.run = run;
        }
    }

    /** Something to be sent again after a pause, because the control plane could not answer it at that moment. */
    private record Later(long dueNanos, long correlation) implements Comparable<Later> {
        @Override
        public int compareTo(Later other) {
            return Long.signum(dueNanos - other.dueNanos);
        }
    }

    private record Cancelling(long correlation, UUID run, String reason, CompletableFuture<String> state) {}

    // ---- what is asked

    /** Asks for runs to be started. */
    List<Start> start(List<StartItem.Builder> items, boolean follow) {
        return monitor.locked(() -> {
            var starts = new ArrayList<Start>(items.size());
            for (var item : items) {
                var entry = new Followed(Optional.empty());
                if (follow) {
                    item.setFollow(++lastCorrelation);
                    followed.put(item.getFollow(), entry);
                }
                starts.add(new Start(item.build(), entry.ended));
            }
            waiting.addAll(starts);
            return starts;
        });
    }

    /** Nobody waits for the answer any more. Returns whether the start never left, so that no run can come of it. */
    boolean abandon(Start start) {
        return monitor.locked(() -> {
            start.abandon();
            followed.remove(start.follow());
            return waiting.remove(start);
        });
    }

    /** Follows a run to its end. */
    Following follow(UUID run) {
        return monitor.locked(() -> {
            long correlation = ++lastCorrelation;
            var entry = new Followed(Optional.of(run));
            followed.put(correlation, entry);
            line.add(correlation, run);
            return new Following(correlation, entry.ended);
        });
    }

    /** Nobody waits for the end any more. */
    void unfollow(long correlation) {
        monitor.change(() -> {
            var entry = followed.remove(correlation);
            if (entry != null && open && entry.run.isPresent()) {
                line.stop(correlation, entry.run.get());
            }
        });
    }

    /** Asks for a run to be cancelled; the answer is {@code CANCELLING} or the state that the run had ended in. */
    CompletableFuture<String> cancel(UUID run, String reason) {
        return monitor.locked(() -> {
            var cancel = new Cancelling(++lastCorrelation, run, reason, new CompletableFuture<>());
            cancelling.put(cancel.correlation(), cancel);
            cancelsToSend.add(cancel);
            return cancel.state();
        });
    }

    // ---- what is said to the control plane

    /** Whether there is anything that is unanswered. */
    boolean anything() {
        return monitor.locked(
                () -> !waiting.isEmpty() || !unanswered.isEmpty() || !followed.isEmpty() || !cancelling.isEmpty());
    }

    /** There is a new stream: all that is unanswered is to be said on it. */
    void opened() {
        monitor.change(() -> {
            open = true;
            streams++;
            heard = false;
            later.clear();
            unanswered.values().removeIf(Start.Batch::abandoned);
            batchesToRepeat.clear();
            batchesToRepeat.addAll(unanswered.values());
            line.clear();
            followed.forEach((correlation, entry) -> entry.run.ifPresent(run -> line.add(correlation, run)));
            cancelsToSend.clear();
            cancelsToSend.addAll(cancelling.values());
        });
    }

    /** There is no stream any more. */
    void lost() {
        monitor.change(() -> open = false);
    }

    /** Puts into a frame what is to be said; returns whether there is something. */
    boolean fill(ClientFrame.Builder frame) {
        return monitor.locked(() -> fillUp(frame));
    }

    private boolean fillUp(ClientFrame.Builder frame) {
        long now = System.nanoTime();
        while (!later.isEmpty() && later.peek().dueNanos() - now <= 0) {
            sendAgain(later.poll().correlation());
        }
        int bytes = 0;
        while (!batchesToRepeat.isEmpty()) {
            int size = batchesToRepeat.peek().bytes();
            if (bytes > 0 && bytes + size > MOST_FRAME_BYTES) {
                return true;
            }
            bytes += size;
            frame.addStarts(batchesToRepeat.poll().frame(true));
        }
        while (!waiting.isEmpty() && (bytes == 0 || bytes + waiting.peek().bytes() <= MOST_FRAME_BYTES)) {
            var batch = nextBatch(MOST_FRAME_BYTES - bytes);
            bytes += batch.bytes();
            unanswered.put(batch.correlation(), batch);
            frame.addStarts(batch.frame(false));
        }
        line.fill(frame, followed::containsKey);
        for (int i = 0; i < MOST_ITEMS && !cancelsToSend.isEmpty(); i++) {
            var cancel = cancelsToSend.poll();
            frame.addCancels(CancelRun.newBuilder()
                    .setCorrelation(cancel.correlation())
                    .setRunId(Uuids.bytes(cancel.run()))
                    .setReason(cancel.reason()));
        }
        return frame.getStartsCount() + frame.getFollowsCount() + frame.getCancelsCount() > 0;
    }

    private void sendAgain(long correlation) {
        var batch = unanswered.get(correlation);
        if (batch != null && batch.abandoned()) {
            unanswered.remove(correlation);
        } else if (batch != null) {
            batchesToRepeat.add(batch);
        }
        var entry = followed.get(correlation);
        if (entry != null) {
            entry.run.ifPresent(run -> line.add(correlation, run));
        }
        var cancel = cancelling.get(correlation);
        if (cancel != null) {
            cancelsToSend.add(cancel);
        }
    }

    private Start.Batch nextBatch(int room) {
        var starts = new ArrayList<Start>();
        int bytes = 0;
        while (!waiting.isEmpty()
                && starts.size() < MOST_ITEMS
                && (starts.isEmpty() || bytes + waiting.peek().bytes() <= room)) {
            var start = waiting.poll();
            bytes += start.bytes();
            starts.add(start);
        }
        return new Start.Batch(++lastCorrelation, uuids.next(), streams, starts);
    }

    /** Whether more follows can be told of, now that an answer came. */
    boolean moreFollows() {
        return monitor.locked(line::ready);
    }

    /** In how many nanoseconds there will be something to say that is not said now; {@code Long.MAX_VALUE} if unknown. */
    long nanosToNext() {
        return monitor.locked(() ->
                later.isEmpty() ? Long.MAX_VALUE : Math.max(0, later.peek().dueNanos() - System.nanoTime()));
    }

    // ---- what is heard from it

    /** Takes the answers of a frame. */
    void received(ServerFrame frame) {
        var completions = new ArrayList<Runnable>();
        monitor.change(() -> {
            heard = true;
            frame.getStartedList().forEach(reply -> started(reply, completions));
            frame.getEndedList().forEach(end -> ended(end, completions));
            frame.getCancelledList().forEach(reply -> cancelled(reply, completions));
            frame.getRefusalsList().forEach(refusal -> refused(refusal, completions));
        });
        completions.forEach(Runnable::run);
    }

    private void started(StartBatchReply reply, List<Runnable> completions) {
        var batch = unanswered.remove(reply.getCorrelation());
        if (batch == null) {
            return; // answered already: a repeated batch overtook its own answer
        }
        for (int i = 0; i < batch.starts().size(); i++) {
            var start = batch.starts().get(i);
            var item = i < reply.getItemsCount() ? reply.getItems(i) : StartedItem.getDefaultInstance();
            switch (item.getOutcomeCase()) {
                case STARTED -> {
                    var run = Uuids.of(item.getStarted().getRunId());
                    var entry = followed.get(start.follow());
                    if (entry != null) {
                        entry.run = Optional.of(run);
                    }
                    completions.add(() -> start.started().complete(run));
                }
                case REFUSED ->
                    notStarted(
                            start,
                            new StartRefusedException(
                                    item.getRefused().getCode(),
                                    item.getRefused().getMessage()),
                            completions);
                case OUTCOME_NOT_SET ->
                    notStarted(
                            start,
                            new MillraceException(
                                    "PROTOCOL_VIOLATION",
                                    "The control plane did not say what became of the start of '" + start.workflow()
                                            + "'; the run may have been started."),
                            completions);
            }
        }
    }

    private void notStarted(Start start, MillraceException reason, List<Runnable> completions) {
        followed.remove(start.follow());
        completions.add(() -> start.started().completeExceptionally(reason));
    }

    private void ended(RunEnded end, List<Runnable> completions) {
        line.answered(end.getCorrelation());
        var entry = followed.remove(end.getCorrelation());
        if (entry != null) {
            completions.add(() -> entry.ended.complete(end));
        }
    }

    private void cancelled(CancelReply reply, List<Runnable> completions) {
        var cancel = cancelling.remove(reply.getCorrelation());
        if (cancel != null) {
            completions.add(() -> cancel.state().complete(reply.getState()));
        }
    }

    private void refused(Refusal refusal, List<Runnable> completions) {
        String code = refusal.getError().getCode();
        String message = refusal.getError().getMessage();
        line.answered(refusal.getCorrelation());
        // Nothing was decided, or nobody knows: asked again, the control plane will know. Callers give up by
        // themselves. A start
        // that finds too much before it is told to its caller, who alone can make fewer; a question is asked again.
        boolean again = code.equals("UNAVAILABLE")
                || code.equals("OVERLOADED") && !unanswered.containsKey(refusal.getCorrelation());
        if (again) {
            long pause = ThreadLocalRandom.current().nextLong(SHORTEST_PAUSE_NANOS, LONGEST_PAUSE_NANOS);
            later.add(new Later(System.nanoTime() + pause, refusal.getCorrelation()));
            return;
        }
        var batch = unanswered.remove(refusal.getCorrelation());
        if (batch != null) {
            batch.starts().forEach(start -> notStarted(start, new StartRefusedException(code, message), completions));
        }
        var entry = followed.remove(refusal.getCorrelation());
        if (entry != null) {
            completions.add(() -> entry.ended.completeExceptionally(new MillraceException(code, message)));
        }
        var cancel = cancelling.remove(refusal.getCorrelation());
        if (cancel != null) {
            completions.add(() -> cancel.state().completeExceptionally(new MillraceException(code, message)));
        }
    }

    /** There will be no answers: everybody who waits is told why. */
    void fail(MillraceException reason) {
        var completions = new ArrayList<Runnable>();
        monitor.change(() -> {
            waiting.forEach(start -> completions.add(() -> start.started().completeExceptionally(reason)));
            waiting.clear();
            var unknown = new UnavailableException(
                    reason.getMessage()
                            + " Whether the run was started is unknown; start it again with the same idempotency"
                            + " key to be sure of one.",
                    reason);
            for (var batch : unanswered.values()) {
                // A stream that was refused before it said a word has not taken what was sent on it.
                var why = batch.stream() == streams && !heard ? reason : unknown;
                batch.starts()
                        .forEach(start -> completions.add(() -> start.started().completeExceptionally(why)));
            }
            unanswered.clear();
            followed.values().forEach(entry -> completions.add(() -> entry.ended.completeExceptionally(reason)));
            followed.clear();
            cancelling
                    .values()
                    .forEach(cancel -> completions.add(() -> cancel.state().completeExceptionally(reason)));
            cancelling.clear();
        });
        completions.forEach(Runnable::run);
    }
}
