package dev.millrace.connection;

import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one stream open, with a thread of its own that runs nothing of the application's: however busy the steps are, this
 * thread proves life. Frames leave as soon as something is ready; while one is being written the next ones gather, so frames
 * grow under load and nobody ever waits to fill one.
 *
 * <p>{@link #signal} and the settings may be called from any thread; {@link #close} ends the thread and the stream.
 *
 * @param <Q> frames that are sent
 * @param <R> frames that are received
 */
public final class StreamLoop<Q, R> implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StreamLoop.class);

    /** A stream that lasted this long was a good one: the next failure is the first again. */
    private static final Duration GOOD = Duration.ofSeconds(10);

    /** How long the peer has to close a stream that we have closed. */
    private static final Duration FAREWELL = Duration.ofSeconds(2);

    private static final int FRAMES_IN_ADVANCE = 32;

    /** While nothing is asked a proof of life only keeps the connection open, on its way through others too. */
    private static final int SELDOM = 15;

    private final ControlPlane controlPlane;
    private final StreamUser<Q, R> user;
    private final Pace pace;
    private final Thread thread;
    private final AtomicBoolean signalled = new AtomicBoolean();
    private volatile boolean closing;
    private volatile Liveness liveness;
    private volatile Optional<Duration> leaveWithin = Optional.empty();

    /**
     * How a dead peer is told from a silent one.
     *
     * @param proof after how long without a frame of ours a proof of life is sent
     * @param dead after how long without a frame of theirs the peer is taken for dead
     */
    public record Liveness(Duration proof, Duration dead) {}

    /**
     * Does not start yet.
     *
     * @param name of the thread
     * @param keepsProcess whether the process must not end while the loop runs
     */
    public StreamLoop(ControlPlane controlPlane, StreamUser<Q, R> user, Pace pace, String name, boolean keepsProcess) {
        this.controlPlane = controlPlane;
        this.user = user;
        this.pace = pace;
        this.liveness = pace.liveness();
        this.thread = new Thread(this::run, name);
        this.thread.setDaemon(!keepsProcess);
    }

    /** Begins. */
    public void start() {
        thread.start();
    }

    /** Something may be ready to be sent. */
    public void signal() {
        if (!signalled.getAndSet(true)) {
            LockSupport.unpark(thread);
        }
    }

    /** The peer has said how it wants to be kept informed. */
    public void liveness(Liveness liveness) {
        this.liveness = liveness;
        signal();
    }

    /** The peer goes away: the stream is closed and another one opened after a random time up to this. */
    public void reconnectWithin(Duration bound) {
        leaveWithin = Optional.of(bound);
        signal();
    }

    /** Closes the stream and ends the thread; waits for that a few seconds at most. */
    @Override
    public void close() {
        closing = true;
        signal();
        if (Thread.currentThread() == thread || !thread.isAlive()) {
            return;
        }
        boolean interrupted = !joined(FAREWELL.plusSeconds(1));
        if (thread.isAlive()) {
            thread.interrupt(); // it is in a call to the REST API
            interrupted |= !joined(FAREWELL);
        }
        if (interrupted && thread.isAlive()) {
            LOG.warn("The connection thread {} does not end; the process may end without it.", thread.getName());
        }
    }

    private boolean joined(Duration limit) {
        try {
            thread.join(limit.toMillis());
            return !thread.isAlive();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void run() {
        int failures = 0;
        while (!closing) {
            if (!user.wanted()) {
                await(Long.MAX_VALUE);
                continue;
            }
            leaveWithin = Optional.empty();
            long began = System.nanoTime();
            Loss loss = serve();
            if (closing) {
                break;
            }
            controlPlane.forgetAddress();
            user.lost(loss);
            if (System.nanoTime() - began > GOOD.toNanos()) {
                failures = 0;
            }
            pause(leaveWithin.map(Pace::upTo).orElse(pace.beforeTry(failures)));
            failures++;
        }
    }

    /** Opens a stream and serves it to its end. */
    private Loss serve() {
        try {
            user.prepare();
            var address = controlPlane.grpcAddress();
            var channel = controlPlane.channel(address);
            try {
                var stream = new Stream(channel, address);
                return stream.serve();
            } finally {
                channel.shutdownNow();
            }
        } catch (UnavailableException e) {
            return new Loss(Loss.Kind.BROKEN, e);
        } catch (MillraceException e) {
            return new Loss(Loss.Kind.REFUSED, e);
        } catch (RuntimeException e) {
            LOG.error("The connection to the control plane failed in an unforeseen way; it is opened again.", e);
            return new Loss(
                    Loss.Kind.BROKEN, new UnavailableException("The connection failed in an unforeseen way: " + e, e));
        }
    }

    private void pause(Duration duration) {
        long end = System.nanoTime() + duration.toNanos();
        for (long rest = duration.toNanos(); rest > 0 && !closing; rest = end - System.nanoTime()) {
            LockSupport.parkNanos(this, rest);
            if (Thread.interrupted() && closing) {
                return;
            }
        }
    }

    /** Waits for a signal. */
    private void await(long nanos) {
        if (nanos > 0 && !signalled.get()) {
            LockSupport.parkNanos(this, nanos);
        }
        signalled.set(false);
    }

    /** One stream from its opening to its end. */
    private final class Stream extends ClientCall.Listener<R> {
        private final GrpcAddress address;
        private final ClientCall<Q, R> call;
        private volatile long lastReceived = System.nanoTime();
        private volatile Optional<Loss> ended = Optional.empty();
        private long lastSent = System.nanoTime();
        private long lastLooked = System.nanoTime();
        private boolean needed = true;
        /** Somewhat less than is allowed, so that clients that paused together do not prove their lives together for ever after. */
        private double early = early();

        Stream(ManagedChannel channel, GrpcAddress address) {
            this.address = address;
            this.call = controlPlane.open(channel, user.method(), this);
            call.request(FRAMES_IN_ADVANCE);
        }

        @Override
        public void onReady() {
            signal();
        }

        @Override
        public void onMessage(R frame) {
            lastReceived = System.nanoTime();
            try {
                user.received(frame);
                call.request(1);
            } catch (RuntimeException e) {
                LOG.error("A frame of the control plane could not be understood; the stream is opened again.", e);
                call.cancel("frame not understood", e);
            }
        }

        @Override
        public void onClose(Status status, Metadata trailers) {
            ended = Optional.of(Losses.of(status, trailers, address, controlPlane.url()));
            signal();
        }

        Loss serve() {
            user.opened().ifPresent(this::send);
            while (ended.isEmpty() && !closing && leaveWithin.isEmpty()) {
                var lively = liveness;
                long now = System.nanoTime();
                if (silent(now, lively)) {
                    call.cancel("no sign of life", null);
                    return new Loss(
                            Loss.Kind.BROKEN,
                            new UnavailableException("The control plane at " + address + " has been silent for "
                                    + lively.dead().toMillis() + " ms; it is taken for dead."));
                }
                long proofAfter = (long) (lively.proof().toNanos() * early) * (needed ? 1 : SELDOM);
                boolean proof = now - lastSent >= proofAfter;
                boolean room = call.isReady();
                var frame = user.next(room, proof);
                if (frame.isPresent()) {
                    send(frame.get());
                } else {
                    if (proof) {
                        lastSent = now; // the user had nothing to prove
                    }
                    long toProof = lastSent + proofAfter - now;
                    long toDeath = needed ? lastReceived + lively.dead().toNanos() - now : Long.MAX_VALUE;
                    long toNext = room ? user.nanosToNext() : Long.MAX_VALUE;
                    await(Math.max(1, Math.min(Math.min(toProof, toDeath), toNext)));
                }
            }
            return ended.orElseGet(this::leave);
        }

        /** A process that was stopped or swapped out must not blame its peer: it listens a little longer first. */
        private boolean silent(long now, Liveness lively) {
            boolean before = needed;
            needed = user.wanted();
            if (!before || !needed) {
                lastReceived = now; // nothing was asked, so nothing was owed
            }
            if (now - lastLooked > lively.dead().toNanos() / 2) {
                lastReceived = Math.max(lastReceived, now - lively.dead().toNanos() / 2);
            }
            lastLooked = now;
            return now - lastReceived > lively.dead().toNanos();
        }

        private void send(Q frame) {
            call.sendMessage(frame);
            lastSent = System.nanoTime();
            early = early();
        }

        private static double early() {
            return ThreadLocalRandom.current().nextDouble(0.8, 1);
        }

        /** Ends the stream from our side, so that what was sent arrives, and waits a little for the other side to do so. */
        private Loss leave() {
            call.halfClose();
            long end = System.nanoTime() + FAREWELL.toNanos();
            while (ended.isEmpty() && System.nanoTime() < end) {
                await(TimeUnit.MILLISECONDS.toNanos(50));
            }
            if (ended.isEmpty()) {
                call.cancel("leaving", null);
            }
            return new Loss(Loss.Kind.ENDED, new UnavailableException("The stream was closed."));
        }
    }
}
