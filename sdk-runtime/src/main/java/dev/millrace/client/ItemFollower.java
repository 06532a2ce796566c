package dev.millrace.client;

import dev.millrace.connection.ControlPlane;
import dev.millrace.connection.Loss;
import dev.millrace.connection.MillraceException;
import dev.millrace.connection.Monitor;
import dev.millrace.connection.Pace;
import dev.millrace.connection.StreamLoop;
import dev.millrace.connection.StreamUser;
import dev.millrace.connection.UnavailableException;
import dev.millrace.connection.Uuids;
import dev.millrace.wire.streams.v1.FollowFrame;
import dev.millrace.wire.streams.v1.Items;
import dev.millrace.wire.streams.v1.ItemsFrame;
import dev.millrace.wire.streams.v1.StreamsGrpc;
import dev.millrace.wire.streams.v1.Wish;
import io.grpc.MethodDescriptor;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Follows what a run emits over a stream of its own; on a new one it goes on behind what it has. Safe for use by many threads. */
final class ItemFollower implements StreamUser<FollowFrame, ItemsFrame>, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ItemFollower.class);

    private final UUID run;
    private final String step;
    private final StreamLoop<FollowFrame, ItemsFrame> loop;
    private final Monitor monitor = new Monitor();

    // All guarded by the monitor.
    private final ArrayDeque<Items> arrived = new ArrayDeque<>();
    /** How many of the first that arrived are taken. */
    private int takenOfFirst;
    /** Everything up to this position has arrived. */
    private long last;
    /** Everything up to this position is taken, and the control plane was told of so much. */
    private long taken;

    private long told;
    private boolean ended;
    private boolean closed;
    private Optional<MillraceException> failure = Optional.empty();

    /** What is next. */
    sealed interface Next {
        /**
         * An item.
         *
         * @param from what else is known of it
         */
        record Item(Items from, byte[] json, long index, long position) implements Next {}

        /** There was nothing in time. */
        record Nothing() implements Next {}

        /** There is nothing more. */
        record End() implements Next {}
    }

    /** Begins to follow. */
    ItemFollower(ControlPlane controlPlane, Pace pace, UUID run, String step, long after) {
        this.run = run;
        this.step = step;
        this.last = after;
        this.taken = after;
        this.told = after;
        this.loop = new StreamLoop<>(controlPlane, this, pace, "millrace-follower", false);
        loop.start();
    }

    // ---- for the reader

    Next next(Duration limit) {
        boolean there = monitor.await(limit, this::hasNext);
        var next = monitor.locked(() -> {
            skipRead();
            return !arrived.isEmpty() ? take() : over(there);
        });
        loop.signal(); // it may be time to say how much is taken
        return next;
    }

    private boolean hasNext() {
        skipRead();
        return !arrived.isEmpty() || ended || closed || failure.isPresent();
    }

    /** What only says that an attempt emits nothing more is no item. */
    private void skipRead() {
        while (!arrived.isEmpty() && takenOfFirst == arrived.peek().getItemsCount()) {
            taken = lastOf(arrived.poll());
            takenOfFirst = 0;
        }
    }

    private static long lastOf(Items items) {
        return items.getPosition() + items.getItemsCount() - (items.getEnds() ? 0 : 1);
    }

    private Next take() {
        var from = arrived.peek();
        int number = takenOfFirst++;
        return new Next.Item(
                from, from.getItems(number).toByteArray(), from.getIndex() + number, from.getPosition() + number);
    }

    private Next over(boolean there) {
        if (failure.isPresent()) {
            throw failure.get();
        }
        if (closed && !ended) {
            throw new IllegalStateException("The stream of run " + run + " is closed; open another one.");
        }
        if (ended) {
            return new Next.End();
        }
        if (!there && Thread.currentThread().isInterrupted()) {
            throw new UnavailableException(
                    "The thread was interrupted while it waited for what run " + run + " emits; the run goes on.");
        }
        return new Next.Nothing();
    }

    @Override
    public void close() {
        if (monitor.locked(() -> {
            boolean first = !closed;
            closed = true;
            return first;
        })) {
            loop.close();
        }
    }

    // ---- for the loop

    @Override
    public MethodDescriptor<FollowFrame, ItemsFrame> method() {
        return StreamsGrpc.getFollowMethod();
    }

    @Override
    public boolean wanted() {
        return monitor.locked(() -> !ended && !closed && failure.isEmpty());
    }

    @Override
    public void prepare() {
        // a client needs nothing of its own
    }

    @Override
    public Optional<FollowFrame> opened() {
        return Optional.of(monitor.locked(() -> {
            told = taken;
            return FollowFrame.newBuilder()
                    .setWish(Wish.newBuilder()
                            .setRunId(Uuids.bytes(run))
                            .setStep(step)
                            .setAfter(last))
                    .setTaken(taken)
                    .build();
        }));
    }

    @Override
    public Optional<FollowFrame> next(boolean room, boolean proof) {
        var frame = FollowFrame.newBuilder();
        boolean news = monitor.locked(() -> {
            boolean more = taken > told;
            told = taken;
            frame.setTaken(taken);
            return more;
        });
        return news || proof ? Optional.of(frame.setHeartbeat(!news).build()) : Optional.empty();
    }

    @Override
    public long nanosToNext() {
        return Long.MAX_VALUE;
    }

    @Override
    public void received(ItemsFrame frame) {
        monitor.change(() -> {
            for (var items : frame.getItemsList()) {
                if (items.getPosition() > last) {
                    arrived.add(items);
                    last = lastOf(items);
                }
            }
            ended |= !frame.getEnded().isEmpty();
        });
        if (frame.getDrainReconnectAfterMillis() > 0) {
            loop.reconnectWithin(Duration.ofMillis(frame.getDrainReconnectAfterMillis()));
        }
    }

    @Override
    public void lost(Loss loss) {
        if (loss.kind() == Loss.Kind.REFUSED) {
            monitor.change(() -> failure = ended ? Optional.empty() : Optional.of(loss.reason()));
        } else {
            LOG.debug("{} Following run {} again.", loss.reason().getMessage(), run);
        }
    }
}
