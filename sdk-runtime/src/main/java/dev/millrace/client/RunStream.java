package dev.millrace.client;

import dev.millrace.connection.ControlPlane;
import dev.millrace.connection.Loss;
import dev.millrace.connection.MillraceException;
import dev.millrace.connection.Monitor;
import dev.millrace.connection.Pace;
import dev.millrace.connection.StreamLoop;
import dev.millrace.connection.StreamUser;
import dev.millrace.wire.runs.v1.ClientFrame;
import dev.millrace.wire.runs.v1.RunsGrpc;
import dev.millrace.wire.runs.v1.ServerFrame;
import dev.millrace.wire.runs.v1.StartItem;
import io.grpc.MethodDescriptor;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All starts, follows and cancels of a process, over one stream that is opened with the first of them. What is asked while a
 * frame is being written travels in the next one together. Safe for use by many threads.
 */
final class RunStream implements StreamUser<ClientFrame, ServerFrame>, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RunStream.class);

    private final RunBook book = new RunBook();
    private final StreamLoop<ClientFrame, ServerFrame> loop;
    private final Monitor monitor = new Monitor();

    // Guarded by the monitor.
    private boolean begun;
    private boolean closed;

    private volatile boolean complained;

    RunStream(ControlPlane controlPlane, Pace pace) {
        this.loop = new StreamLoop<>(controlPlane, this, pace, "millrace-runs", false);
    }

    // ---- for callers

    /** Asks for runs to be started. */
    List<Start> start(List<StartItem.Builder> items, boolean follow) {
        return ask(() -> book.start(items, follow));
    }

    /** Nobody waits for the answer any more. Returns whether the start never left, so that no run can come of it. */
    boolean abandon(Start start) {
        return book.abandon(start);
    }

    /** Follows a run to its end. */
    RunBook.Following follow(UUID run) {
        return ask(() -> book.follow(run));
    }

    /** Nobody waits for the end any more. */
    void unfollow(long number) {
        book.unfollow(number);
        loop.signal();
    }

    /** Asks for a run to be cancelled; the answer is {@code CANCELLING} or the state that the run had ended in. */
    CompletableFuture<String> cancel(UUID run, String reason) {
        return ask(() -> book.cancel(run, reason));
    }

    private <T> T ask(Supplier<T> question) {
        T answer = monitor.locked(() -> {
            if (closed) {
                throw new IllegalStateException("This Millrace is closed; connect again.");
            }
            if (!begun) {
                begun = true;
                loop.start();
            }
            return question.get();
        });
        loop.signal();
        return answer;
    }

    @Override
    public void close() {
        boolean running = monitor.locked(() -> {
            closed = true;
            return begun;
        });
        if (running) {
            loop.close();
        }
        book.fail(new MillraceException("CLOSED", "The connection was closed by this process before the answer came."));
    }

    // ---- for the loop

    @Override
    public MethodDescriptor<ClientFrame, ServerFrame> method() {
        return RunsGrpc.getSessionMethod();
    }

    @Override
    public boolean wanted() {
        return book.anything();
    }

    @Override
    public void prepare() {
        // a client needs nothing of its own
    }

    @Override
    public Optional<ClientFrame> opened() {
        book.opened();
        return Optional.empty();
    }

    @Override
    public Optional<ClientFrame> next(boolean room, boolean proof) {
        var frame = ClientFrame.newBuilder();
        boolean filled = room && book.fill(frame);
        return filled || proof ? Optional.of(frame.setHeartbeat(!filled).build()) : Optional.empty();
    }

    @Override
    public long nanosToNext() {
        return book.nanosToNext();
    }

    @Override
    public void received(ServerFrame frame) {
        complained = false;
        book.received(frame);
        if (book.moreFollows()) {
            loop.signal();
        }
        if (frame.getDrainReconnectAfterMillis() > 0) {
            loop.reconnectWithin(Duration.ofMillis(frame.getDrainReconnectAfterMillis()));
        }
    }

    @Override
    public void lost(Loss loss) {
        book.lost();
        switch (loss.kind()) {
            case ENDED -> LOG.debug("{} Connecting again.", loss.reason().getMessage());
            case BROKEN -> {
                if (complained) {
                    LOG.debug("{} Connecting again.", loss.reason().getMessage());
                } else {
                    LOG.warn(
                            "{} Connecting again; what is unanswered is sent again then.",
                            loss.reason().getMessage());
                }
                complained = true;
            }
            case REFUSED -> book.fail(loss.reason());
        }
    }
}
