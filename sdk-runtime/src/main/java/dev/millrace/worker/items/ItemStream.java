package dev.millrace.worker.items;

import dev.millrace.connection.ControlPlane;
import dev.millrace.connection.Loss;
import dev.millrace.connection.Monitor;
import dev.millrace.connection.Pace;
import dev.millrace.connection.StreamLoop;
import dev.millrace.connection.StreamUser;
import dev.millrace.connection.Uuids;
import dev.millrace.wire.streams.v1.EmitFrame;
import dev.millrace.wire.streams.v1.EmittedFrame;
import dev.millrace.wire.streams.v1.RefusedChunk;
import dev.millrace.wire.streams.v1.StreamsGrpc;
import io.grpc.MethodDescriptor;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stream over which a worker's items leave, on a connection of its own that is opened with the first of them. What is not acknowledged
 * when a connection breaks is sent again over the next. Safe for use by many threads.
 */
public final class ItemStream implements ItemOutlet, StreamUser<EmitFrame, EmittedFrame>, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ItemStream.class);
    private static final int MOST_FRAME_BYTES = 2_000_000;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final UUID workerId;
    private final StreamLoop<EmitFrame, EmittedFrame> loop;
    private final Monitor monitor = new Monitor();

    // All guarded by the monitor.
    private boolean begun;
    private boolean closed;
    private boolean open;
    private long lastNumber;
    private final Set<AttemptItems> ready = new LinkedHashSet<>();
    private final Map<Long, Sent> underWay = new HashMap<>();
    private final PriorityQueue<Later> later = new PriorityQueue<>();

    private volatile boolean complained;

    private record Sent(AttemptItems items, boolean ends) {}

    /** What could not be stored at that moment. */
    private record Later(long dueNanos, AttemptItems items) implements Comparable<Later> {
        @Override
        public int compareTo(Later other) {
            return Long.signum(dueNanos - other.dueNanos);
        }
    }

    /** Opens nothing yet. @param workerId by which the control plane knows the worker */
    public ItemStream(ControlPlane controlPlane, Pace pace, UUID workerId) {
        this.workerId = workerId;
        this.loop = new StreamLoop<>(controlPlane, this, pace, "millrace-items", false);
    }

    @Override
    public void ready(AttemptItems items) {
        boolean begin = monitor.locked(() -> {
            ready.add(items);
            boolean first = !begun && !closed;
            begun |= first;
            return first;
        });
        if (begin) {
            loop.start();
        }
        loop.signal();
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
    }

    // ---- for the loop

    @Override
    public MethodDescriptor<EmitFrame, EmittedFrame> method() {
        return StreamsGrpc.getEmitMethod();
    }

    @Override
    public boolean wanted() {
        return monitor.locked(() -> !ready.isEmpty() || !underWay.isEmpty() || !later.isEmpty());
    }

    @Override
    public void prepare() {
        // the worker's own stream has registered what there is to register
    }

    @Override
    public Optional<EmitFrame> opened() {
        monitor.change(() -> {
            open = true;
            resend();
        });
        return Optional.of(
                EmitFrame.newBuilder().setWorkerId(Uuids.bytes(workerId)).build());
    }

    /** It is not known which of these arrived; the control plane knows by the indexes. */
    private void resend() {
        underWay.values().forEach(sent -> {
            sent.items().again();
            ready.add(sent.items());
        });
        underWay.clear();
        later.forEach(each -> ready.add(each.items()));
        later.clear();
    }

    @Override
    public Optional<EmitFrame> next(boolean room, boolean proof) {
        var frame = EmitFrame.newBuilder();
        if (room) {
            monitor.change(() -> fill(frame));
        }
        boolean filled = frame.getChunksCount() > 0;
        return filled || proof ? Optional.of(frame.setHeartbeat(!filled).build()) : Optional.empty();
    }

    private void fill(EmitFrame.Builder frame) {
        long now = System.nanoTime();
        while (!later.isEmpty() && later.peek().dueNanos() - now <= 0) {
            ready.add(later.poll().items());
        }
        int bytes = 0;
        for (var each = ready.iterator(); open && bytes < MOST_FRAME_BYTES && each.hasNext(); ) {
            var items = each.next();
            each.remove();
            var chunk = items.take();
            if (chunk.isPresent()) {
                long number = ++lastNumber;
                underWay.put(number, new Sent(items, chunk.get().getEnds()));
                var built = chunk.get().setNumber(number).build();
                bytes += built.getSerializedSize();
                frame.addChunks(built);
            }
        }
    }

    @Override
    public long nanosToNext() {
        return monitor.locked(() -> !ready.isEmpty()
                ? 0
                : later.isEmpty() ? Long.MAX_VALUE : Math.max(0, later.peek().dueNanos() - System.nanoTime()));
    }

    @Override
    public void received(EmittedFrame frame) {
        complained = false;
        for (long number : frame.getStoredList()) {
            find(number).ifPresent(sent -> sent.items().stored(sent.ends()));
        }
        frame.getRefusedList().forEach(this::refused);
        if (frame.getDrainReconnectAfterMillis() > 0) {
            loop.reconnectWithin(Duration.ofMillis(frame.getDrainReconnectAfterMillis()));
        }
        loop.signal();
    }

    private Optional<Sent> find(long number) {
        return monitor.locked(() -> Optional.ofNullable(underWay.remove(number)));
    }

    private void refused(RefusedChunk refused) {
        var why = new ItemRefusal(refused.getCode(), refused.getMessage());
        find(refused.getNumber()).ifPresent(sent -> {
            if (why.isTemporary()) {
                sent.items().again();
                monitor.change(() -> later.add(new Later(System.nanoTime() + PAUSE_NANOS, sent.items())));
            } else {
                LOG.debug("What a step emits is not stored: {} [{}]", why.message(), why.code());
                sent.items().refused(why);
            }
        });
    }

    @Override
    public void lost(Loss loss) {
        monitor.change(() -> {
            open = false;
            resend();
        });
        if (loss.kind() != Loss.Kind.ENDED && !complained) {
            complained = true;
            LOG.warn(
                    "{} What steps emit waits and is sent again.", loss.reason().getMessage());
        }
    }
}
