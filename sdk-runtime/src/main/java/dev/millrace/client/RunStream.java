package dev.millrace.client;

import dev.millrace.connection.ControlPlane;
import dev.millrace.connection.Loss;
import dev.millrace.connection.MillraceException;
import dev.millrace.connection.Pace;
import dev.millrace.connection.StreamLoop;
import dev.millrace.connection.StreamUser;
import dev.millrace.connection.UnavailableException;
import dev.millrace.connection.Uuids;
import dev.millrace.wire.runs.v1.CancelReply;
import dev.millrace.wire.runs.v1.CancelRun;
import dev.millrace.wire.runs.v1.ClientFrame;
import dev.millrace.wire.runs.v1.Follow;
import dev.millrace.wire.runs.v1.Refusal;
import dev.millrace.wire.runs.v1.RunEnded;
import dev.millrace.wire.runs.v1.RunsGrpc;
import dev.millrace.wire.runs.v1.ServerFrame;
import dev.millrace.wire.runs.v1.StartBatch;
import dev.millrace.wire.runs.v1.StartBatchReply;
import dev.millrace.wire.runs.v1.StartItem;
import dev.millrace.wire.runs.v1.StartedItem;
import io.grpc.MethodDescriptor;
import java.time.Duration;
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
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All starts, follows and cancels of a process, over one stream. What is asked while a frame is being written travels in the
 * next one together.
 *
 * <p>Nothing is forgotten before it is answered: after a reconnect unanswered batches are sent again with their request ids,
 * by which the control plane knows what it has done already, and every run that is followed is followed again. Safe for use
 * by many threads.
 */
final class RunStream implements StreamUser<ClientFrame, ServerFrame>, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RunStream.class);

    /** The control plane takes frames of 4 MiB; the rest is room for what stands around the inputs. */
    static final int MOST_FRAME_BYTES = 3_500_000;

    static final int MOST_ITEMS = 1000;

    private static final long SHORTEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1000);

    private final StreamLoop<ClientFrame, ServerFrame> loop;
    private final Uuids uuids = new Uuids();
    private final ReentrantLock lock = new ReentrantLock();

    // All under the lock.
    private boolean begun;
    private boolean closed;
    private boolean open;
    private boolean complained;
    private long streams;
    private boolean heard;
    private long lastCorrelation;
    private final Deque<Start> waiting = new ArrayDeque<>();
    private final Map<Long, Batch> unanswered = new LinkedHashMap<>();
    private final Deque<Batch> batchesToRepeat = new ArrayDeque<>();
    private final Map<Long, Followed> followed = new HashMap<>();
    private final Deque<Follow> followsToSend = new ArrayDeque<>();
    private final Map<Long, Cancelling> cancelling = new LinkedHashMap<>();
    private final Deque<Cancelling> cancelsToSend = new ArrayDeque<>();
    private final PriorityQueue<Later> later = new PriorityQueue<>();

    RunStream(ControlPlane controlPlane, Pace pace) {
        this.loop = new StreamLoop<>(controlPlane, this, pace, "millrace-runs", false);
    }

    /** One start on its way. */
    static final class Start {
        private final StartItem item;
        private final int bytes;
        private final CompletableFuture<UUID> started = new CompletableFuture<>();
        private final CompletableFuture<RunEnded> ended;
        private boolean abandoned;

        private Start(StartItem item, CompletableFuture<RunEnded> ended) {
            this.item = item;
            this.ended = ended;
            this.bytes = item.getSerializedSize() + 8;
        }

        /** The id of the run, once it is stored. */
        CompletableFuture<UUID> started() {
            return started;
        }

        /** The end of the run, if it is followed from its start. */
        CompletableFuture<RunEnded> ended() {
            return ended;
        }

        private long follow() {
            return item.getFollow();
        }
    }

    /**
     * A run that is followed.
     *
     * @param number by which to stop that
     * @param ended its end
     */
    record Following(long number, CompletableFuture<RunEnded> ended) {}

    /**
     * Starts that travel under one request id.
     *
     * @param stream number of the stream on which they were first sent
     */
    private record Batch(long correlation, UUID request, long stream, List<Start> starts) {
        StartBatch frame(boolean again) {
            var frame = StartBatch.newBuilder()
                    .setCorrelation(correlation)
                    .setRequestId(Uuids.bytes(request))
                    .setResend(again);
            starts.forEach(start -> frame.addItems(start.item));
            return frame.build();
        }

        int bytes() {
            return starts.stream().mapToInt(start -> start.bytes).sum();
        }

        boolean abandoned() {
            return starts.stream().allMatch(start -> start.abandoned);
        }
    }

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

    // ---- for callers

    /** Asks for a run to be started. */
    Start start(StartItem.Builder item, boolean follow) {
        return locked(() -> {
            var entry = new Followed(Optional.empty());
            if (follow) {
                item.setFollow(++lastCorrelation);
                followed.put(item.getFollow(), entry);
            }
            var start = new Start(item.build(), entry.ended);
            waiting.add(start);
            return start;
        });
    }

    /** Nobody waits for the answer any more. Returns whether the start never left, so that no run can come of it. */
    boolean abandon(Start start) {
        return locked(() -> {
            start.abandoned = true;
            followed.remove(start.follow());
            return waiting.remove(start);
        });
    }

    /** Follows a run to its end. */
    Following follow(UUID run) {
        return locked(() -> {
            long correlation = ++lastCorrelation;
            var entry = new Followed(Optional.of(run));
            followed.put(correlation, entry);
            followsToSend.add(followFrame(correlation, run));
            return new Following(correlation, entry.ended);
        });
    }

    /** Nobody waits for the end any more. */
    void unfollow(long correlation) {
        locked(() -> {
            var entry = followed.remove(correlation);
            if (entry != null && open && entry.run.isPresent()) {
                followsToSend.add(followFrame(correlation, entry.run.get()).toBuilder()
                        .setStop(true)
                        .build());
            }
            return entry;
        });
    }

    /** Asks for a run to be cancelled; the answer is {@code CANCELLING} or the state that the run had ended in. */
    CompletableFuture<String> cancel(UUID run, String reason) {
        return locked(() -> {
            var cancel = new Cancelling(++lastCorrelation, run, reason, new CompletableFuture<>());
            cancelling.put(cancel.correlation(), cancel);
            cancelsToSend.add(cancel);
            return cancel.state();
        });
    }

    @Override
    public void close() {
        boolean running;
        lock.lock();
        try {
            closed = true;
            running = begun;
        } finally {
            lock.unlock();
        }
        if (running) {
            loop.close();
        }
        failAll(new MillraceException("CLOSED", "The connection was closed by this process before the answer came."));
    }

    /** Runs something under the lock and tells the loop that there may be something to send. */
    private <T> T locked(Supplier<T> body) {
        T result;
        lock.lock();
        try {
            if (closed) {
                throw new IllegalStateException("This Millrace is closed; connect again.");
            }
            if (!begun) {
                begun = true;
                loop.start();
            }
            result = body.get();
        } finally {
            lock.unlock();
        }
        loop.signal();
        return result;
    }

    // ---- for the loop

    @Override
    public MethodDescriptor<ClientFrame, ServerFrame> method() {
        return RunsGrpc.getSessionMethod();
    }

    @Override
    public boolean wanted() {
        lock.lock();
        try {
            return !waiting.isEmpty() || !unanswered.isEmpty() || !followed.isEmpty() || !cancelling.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void prepare() {
        // a client needs nothing of its own
    }

    @Override
    public Optional<ClientFrame> opened() {
        lock.lock();
        try {
            open = true;
            streams++;
            heard = false;
            batchesToRepeat.clear();
            unanswered.values().removeIf(Batch::abandoned);
            batchesToRepeat.addAll(unanswered.values());
            followsToSend.clear();
            followed.forEach((correlation, entry) ->
                    entry.run.ifPresent(run -> followsToSend.add(followFrame(correlation, run))));
            cancelsToSend.clear();
            cancelsToSend.addAll(cancelling.values());
            later.clear();
            return Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Optional<ClientFrame> next(boolean room, boolean proof) {
        var frame = ClientFrame.newBuilder();
        boolean filled = false;
        if (room) {
            lock.lock();
            try {
                filled = fill(frame);
            } finally {
                lock.unlock();
            }
        }
        return filled || proof ? Optional.of(frame.setHeartbeat(!filled).build()) : Optional.empty();
    }

    private boolean fill(ClientFrame.Builder frame) {
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
        while (!waiting.isEmpty() && (bytes == 0 || bytes + waiting.peek().bytes <= MOST_FRAME_BYTES)) {
            var batch = nextBatch(MOST_FRAME_BYTES - bytes);
            bytes += batch.bytes();
            unanswered.put(batch.correlation(), batch);
            frame.addStarts(batch.frame(false));
        }
        for (int i = 0; i < MOST_ITEMS && !followsToSend.isEmpty(); i++) {
            frame.addFollows(followsToSend.poll());
        }
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
            entry.run.ifPresent(run -> followsToSend.add(followFrame(correlation, run)));
        }
        var cancel = cancelling.get(correlation);
        if (cancel != null) {
            cancelsToSend.add(cancel);
        }
    }

    private Batch nextBatch(int room) {
        var starts = new ArrayList<Start>();
        int bytes = 0;
        while (!waiting.isEmpty()
                && starts.size() < MOST_ITEMS
                && (starts.isEmpty() || bytes + waiting.peek().bytes <= room)) {
            var start = waiting.poll();
            bytes += start.bytes;
            starts.add(start);
        }
        return new Batch(++lastCorrelation, uuids.next(), streams, starts);
    }

    @Override
    public long nanosToNext() {
        lock.lock();
        try {
            return later.isEmpty() ? Long.MAX_VALUE : Math.max(0, later.peek().dueNanos() - System.nanoTime());
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void received(ServerFrame frame) {
        var completions = new ArrayList<Runnable>();
        lock.lock();
        try {
            heard = true;
            complained = false;
            frame.getStartedList().forEach(reply -> started(reply, completions));
            frame.getEndedList().forEach(end -> ended(end, completions));
            frame.getCancelledList().forEach(reply -> cancelled(reply, completions));
            frame.getRefusalsList().forEach(refusal -> refused(refusal, completions));
        } finally {
            lock.unlock();
        }
        completions.forEach(Runnable::run);
        if (frame.getDrainReconnectAfterMillis() > 0) {
            loop.reconnectWithin(Duration.ofMillis(frame.getDrainReconnectAfterMillis()));
        }
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
                    completions.add(() -> start.started.complete(run));
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
                                    "The control plane did not say what became of the start of '"
                                            + start.item.getWorkflow() + "'; the run may have been started."),
                            completions);
            }
        }
    }

    private void notStarted(Start start, MillraceException reason, List<Runnable> completions) {
        followed.remove(start.follow());
        completions.add(() -> start.started.completeExceptionally(reason));
    }

    private void ended(RunEnded end, List<Runnable> completions) {
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
        if (code.equals("UNAVAILABLE")) {
            // Nothing was decided, or nobody knows: asked again, the control plane will know. Callers give up by
            // themselves.
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

    @Override
    public void lost(Loss loss) {
        boolean complain;
        lock.lock();
        try {
            open = false;
            complain = !complained && loss.kind() == Loss.Kind.BROKEN;
            complained |= complain;
        } finally {
            lock.unlock();
        }
        switch (loss.kind()) {
            case ENDED -> LOG.debug("{} Connecting again.", loss.reason().getMessage());
            case BROKEN -> {
                if (complain) {
                    LOG.warn(
                            "{} Connecting again; what is unanswered is sent again then.",
                            loss.reason().getMessage());
                } else {
                    LOG.debug("{} Connecting again.", loss.reason().getMessage());
                }
            }
            case REFUSED -> failAll(loss.reason());
        }
    }

    private void failAll(MillraceException reason) {
        var completions = new ArrayList<Runnable>();
        lock.lock();
        try {
            waiting.forEach(start -> completions.add(() -> start.started.completeExceptionally(reason)));
            waiting.clear();
            var unknown = new UnavailableException(
                    reason.getMessage()
                            + " Whether the run was started is unknown; start it again with the same idempotency"
                            + " key to be sure of one.",
                    reason);
            for (var batch : unanswered.values()) {
                // A stream that was refused before it said a word has not taken what was sent on it.
                var why = batch.stream() == streams && !heard ? reason : unknown;
                batch.starts().forEach(start -> completions.add(() -> start.started.completeExceptionally(why)));
            }
            unanswered.clear();
            followed.values().forEach(entry -> completions.add(() -> entry.ended.completeExceptionally(reason)));
            followed.clear();
            cancelling
                    .values()
                    .forEach(cancel -> completions.add(() -> cancel.state().completeExceptionally(reason)));
            cancelling.clear();
        } finally {
            lock.unlock();
        }
        completions.forEach(Runnable::run);
    }

    private static Follow followFrame(long correlation, UUID run) {
        return Follow.newBuilder()
                .setCorrelation(correlation)
                .setRunId(Uuids.bytes(run))
                .build();
    }
}
