package dev.millrace.controlplane.items;

import com.google.protobuf.UnsafeByteOperations;
import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.controlplane.errors.Problems;
import dev.millrace.controlplane.items.StreamsDoor.Rooms;
import dev.millrace.controlplane.streams.DoorStream;
import dev.millrace.controlplane.streams.WireIds;
import dev.millrace.controlplane.tenancy.Principal;
import dev.millrace.engine.RunId;
import dev.millrace.engine.RunState;
import dev.millrace.protocol.streams.v1.FollowFrame;
import dev.millrace.protocol.streams.v1.Items;
import dev.millrace.protocol.streams.v1.ItemsFrame;
import dev.millrace.protocol.streams.v1.Wish;
import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;

/** One client's stream of what a run emits. It is sent {@link #AHEAD_BYTES} more than it has taken. */
final class FollowSession extends DoorStream<FollowFrame, ItemsFrame> implements Following.Reader {
    static final long AHEAD_BYTES = 1 << 20;

    private static final int WINDOW = 32;
    private static final int MOST_WAITING_ITEMS = 100_000;

    private final Rooms rooms;

    /** What was sent and not taken. */
    private record Sent(long last, long bytes) {}

    // Guarded by this.
    private Optional<Following> following = Optional.empty();
    private final ArrayDeque<Sent> sent = new ArrayDeque<>();
    private long ahead;

    FollowSession(Principal principal, Rooms rooms, ServerCallStreamObserver<ItemsFrame> answers) {
        super(principal, rooms.streams(), answers, new ItemsFrames(), MOST_WAITING_ITEMS);
        this.rooms = rooms;
    }

    @Override
    protected void heard(FollowFrame frame) {
        try {
            if (frame.hasWish()) {
                begin(frame.getWish());
            }
            if (frame.getHeartbeat()) {
                say(ItemsFrames.HEARTBEAT);
            }
            taken(frame.getTaken());
        } catch (RuntimeException e) {
            close(Problems.refusal(e));
        }
        request();
    }

    private void begin(Wish wish) {
        var run = WireIds.uuid(wish.getRunId())
                .orElseThrow(
                        () -> violation("the id of a run has " + wish.getRunId().size() + " bytes; an id has 16"));
        if (wish.getAfter() < 0) {
            throw violation("position " + Long.toUnsignedString(wish.getAfter()) + ", which no item can have");
        }
        var begun = new Following(
                rooms.following(), principal().tenant(), new RunId(run), wish.getStep(), wish.getAfter(), this);
        synchronized (this) {
            if (following.isPresent()) {
                throw violation("a second wish on the same stream");
            }
            if (hasEnded()) {
                return;
            }
            following = Optional.of(begun);
        }
        begun.begin();
    }

    private static ApiException violation(String what) {
        return new ApiException(
                ErrorCode.PROTOCOL_VIOLATION, "The client broke the protocol of streams: " + what + ".");
    }

    private void taken(long position) {
        Optional<Following> waits;
        synchronized (this) {
            boolean full = ahead >= AHEAD_BYTES;
            while (!sent.isEmpty() && sent.peek().last() <= position) {
                ahead -= sent.poll().bytes();
            }
            waits = full && ahead < AHEAD_BYTES ? following : Optional.empty();
        }
        waits.ifPresent(Following::wake);
    }

    @Override
    protected int room() {
        return WINDOW;
    }

    // ---- what there is to read ----

    @Override
    public synchronized boolean hasRoom() {
        return ahead < AHEAD_BYTES;
    }

    @Override
    public void items(List<StoredChunk> chunks) {
        for (var chunk : chunks) {
            synchronized (this) {
                sent.add(new Sent(chunk.last(), chunk.bytes()));
                ahead += chunk.bytes();
            }
            say(message(chunk));
        }
    }

    private static Items message(StoredChunk chunk) {
        var items = Items.newBuilder()
                .setStep(chunk.step())
                .setElement(chunk.element())
                .setGeneration(chunk.generation())
                .setAttempt(chunk.attempt())
                .setPosition(chunk.position())
                .setIndex(chunk.index())
                .setEnds(chunk.ends())
                .setStoredMicros(ChronoUnit.MICROS.between(Instant.EPOCH, chunk.storedAt()));
        chunk.items().forEach(item -> items.addItems(UnsafeByteOperations.unsafeWrap(item)));
        return items.build();
    }

    @Override
    public void ended(RunState state) {
        say(new ItemsFrames.Ended(state));
    }

    @Override
    public void failed(ApiException why) {
        close(why);
    }

    // ---- the end ----

    @Override
    public void tick() {
        // A client that is silent costs nothing; one that vanished is noticed by the transport.
    }

    @Override
    public void drain(Duration reconnectAfter) {
        say(new ItemsFrames.GoElsewhere(reconnectAfter));
    }

    @Override
    protected void ended() {
        Optional<Following> left;
        synchronized (this) {
            left = following;
        }
        left.ifPresent(Following::stop);
    }
}
