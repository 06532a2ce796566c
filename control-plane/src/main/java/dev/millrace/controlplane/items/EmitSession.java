package dev.millrace.controlplane.items;

import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.controlplane.errors.Problems;
import dev.millrace.controlplane.items.StreamsDoor.Rooms;
import dev.millrace.controlplane.streams.DoorStream;
import dev.millrace.controlplane.streams.WireIds;
import dev.millrace.controlplane.tenancy.Principal;
import dev.millrace.engine.AttemptRef;
import dev.millrace.engine.RunId;
import dev.millrace.engine.WorkerId;
import dev.millrace.manifest.InvalidJsonException;
import dev.millrace.manifest.Json;
import dev.millrace.protocol.streams.v1.EmitFrame;
import dev.millrace.protocol.streams.v1.EmittedFrame;
import io.grpc.stub.ServerCallStreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * One worker's stream of what its attempts emit. A chunk counts as open until it is answered, and only {@link #WINDOW} may be open: then no
 * more is read, and the transport holds the worker back. The answer comes once the chunk is stored and paid for.
 *
 * <p>Threads: besides those of every stream, answers come on the writers', the shards' and a timer's.
 */
final class EmitSession extends DoorStream<EmitFrame, EmittedFrame> {
    static final int MOST_ITEM_BYTES = 64 << 10;
    static final int MOST_ITEMS = 500;
    static final int MOST_CHUNK_BYTES = 256 << 10;

    private static final int WINDOW = 256;
    private static final int MOST_WAITING_ANSWERS = 100_000;
    private static final int MOST_ATTEMPTS = 10_000;
    private static final int MOST_SHOWN = 5;
    /** For so long the shard's word that an attempt is live is good. */
    private static final Duration GOOD = Duration.ofSeconds(2);
    /** What an attempt may store in a second, and at once: items, or a twentieth as many chunks. */
    private static final double ITEMS_PER_SECOND = 1_000;

    private static final double BURST_ITEMS = 2_000;
    private static final double ITEMS_OF_A_CHUNK = 20;

    private final Rooms rooms;

    // Used by the thread that gRPC delivers on.
    private Optional<WorkerId> worker = Optional.empty();

    // Guarded by this.
    private int open;
    private final Map<AttemptRef, Emitter> emitters = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<AttemptRef, Emitter> eldest) {
            return size() > MOST_ATTEMPTS;
        }
    };

    /** An attempt that emits. */
    private static final class Emitter {
        private final Allowance allowance = new Allowance(ITEMS_PER_SECOND, BURST_ITEMS, System.nanoTime());
        private volatile Optional<Admission.Emitting> admitted = Optional.empty();
        private volatile long admittedAt;
        /** What the attempt said before has to be decided first. */
        private CompletionStage<?> before = CompletableFuture.completedFuture(null);
    }

    EmitSession(Principal principal, Rooms rooms, ServerCallStreamObserver<EmittedFrame> answers) {
        super(principal, rooms.streams(), answers, new EmittedFrames(), MOST_WAITING_ANSWERS);
        this.rooms = rooms;
    }

    @Override
    protected void heard(EmitFrame frame) {
        synchronized (this) {
            open += frame.getChunksCount();
        }
        try {
            greet(frame);
            if (frame.getHeartbeat()) {
                say(EmittedFrames.HEARTBEAT);
            }
            frame.getChunksList().forEach(this::take);
        } catch (RuntimeException e) {
            close(Problems.refusal(e));
        }
        request();
    }

    private void greet(EmitFrame frame) {
        if (worker.isEmpty()) {
            worker = Optional.of(new WorkerId(WireIds.uuid(frame.getWorkerId())
                    .orElseThrow(() -> violation("the first frame has a worker_id of "
                            + frame.getWorkerId().size() + " bytes; an id has 16"))));
        } else if (!frame.getWorkerId().isEmpty()) {
            throw violation("a worker_id in a frame that is not the first");
        }
    }

    private static ApiException violation(String what) {
        return new ApiException(
                ErrorCode.PROTOCOL_VIOLATION, "The worker broke the protocol of streams: " + what + ".");
    }

    @Override
    protected int room() {
        return Math.max(0, WINDOW - open);
    }

    // ---- chunks ----

    private void take(dev.millrace.protocol.streams.v1.Chunk told) {
        var attempt = attempt(told.getAttempt());
        if (told.getItemsCount() > MOST_ITEMS || told.getFirst() < 0 || told.getItemsCount() == 0 && !told.getEnds()) {
            throw violation("a chunk of " + told.getItemsCount() + " items from "
                    + Long.toUnsignedString(told.getFirst()) + "; send 1 to " + MOST_ITEMS);
        }
        CompletionStage<Storing> became;
        synchronized (this) {
            var emitter = emitters.computeIfAbsent(attempt, any -> new Emitter());
            became = emitter.before.thenCompose(done -> store(emitter, attempt, told));
            // Whatever becomes of this one, the next one is looked at for itself.
            emitter.before = became.handle((done, failure) -> done);
        }
        became.whenComplete((done, failure) -> {
            if (failure != null) {
                var refusal = Problems.refusal(failure);
                answer(new EmittedFrames.Refused(told.getNumber(), refusal.code(), refusal.getMessage()));
                rooms.meters().refused();
            } else if (done instanceof Storing.Refused refused) {
                answer(new EmittedFrames.Refused(told.getNumber(), refused.code(), refused.message()));
            } else {
                paid(attempt, told);
            }
        });
    }

    private static AttemptRef attempt(dev.millrace.protocol.worker.v1.AttemptRef ref) {
        var run = WireIds.uuid(ref.getRunId())
                .orElseThrow(
                        () -> violation("the id of a run has " + ref.getRunId().size() + " bytes; an id has 16"));
        try {
            return new AttemptRef(
                    new RunId(run), ref.getGeneration(), ref.getNode(), ref.getElement(), ref.getAttempt());
        } catch (IllegalArgumentException e) {
            throw violation(e.getMessage());
        }
    }

    private CompletionStage<Storing> store(
            Emitter emitter, AttemptRef attempt, dev.millrace.protocol.streams.v1.Chunk told) {
        return admitted(emitter, attempt).thenCompose(emitting -> {
            if (emitting.step().isEmpty()) {
                throw violation("a chunk of node " + attempt.node() + " of run " + attempt.run()
                        + ", whose manifest does not say that it emits anything");
            }
            var items = items(told, emitting);
            return rooms.writer()
                    .store(
                            principal().tenant(),
                            new Chunk(attempt, emitting.step(), told.getFirst(), items, told.getEnds()));
        });
    }

    private CompletionStage<Admission.Emitting> admitted(Emitter emitter, AttemptRef attempt) {
        var known = emitter.admitted;
        if (known.isPresent() && System.nanoTime() - emitter.admittedAt < GOOD.toNanos()) {
            return CompletableFuture.completedFuture(known.get());
        }
        return rooms.admission()
                .of(principal().tenant(), worker.orElseThrow(), attempt)
                .thenApply(emitting -> {
                    emitter.admittedAt = System.nanoTime();
                    emitter.admitted = Optional.of(emitting);
                    return emitting;
                });
    }

    private static List<byte[]> items(dev.millrace.protocol.streams.v1.Chunk told, Admission.Emitting emitting) {
        List<byte[]> items = new ArrayList<>(told.getItemsCount());
        long bytes = 0;
        for (var bytesOfItem : told.getItemsList()) {
            var item = bytesOfItem.toByteArray();
            bytes += item.length;
            check(item, told.getFirst() + items.size(), emitting);
            items.add(item);
        }
        if (bytes > MOST_CHUNK_BYTES) {
            throw violation("a chunk of " + bytes + " bytes; send " + MOST_CHUNK_BYTES + " at most");
        }
        return items;
    }

    private static void check(byte[] item, long index, Admission.Emitting emitting) {
        if (item.length > MOST_ITEM_BYTES) {
            throw new ApiException(
                    ErrorCode.PAYLOAD_TOO_LARGE,
                    "Item %d that step %s emits has %,d bytes of JSON; the limit is %,d. Emit where the data is, or smaller pieces of it."
                            .formatted(index, emitting.step(), item.length, MOST_ITEM_BYTES));
        }
        try {
            Json.check(item);
        } catch (InvalidJsonException e) {
            throw new ApiException(
                    ErrorCode.OUTPUT_INVALID,
                    "Item " + index + " that step " + emitting.step() + " emits is no JSON that can be stored: "
                            + e.getMessage());
        }
        emitting.schema()
                .map(schema -> schema.check(item))
                .filter(problems -> !problems.isEmpty())
                .ifPresent(problems -> {
                    throw mismatch(
                            index,
                            emitting,
                            String.join(
                                    "; ",
                                    problems.stream()
                                            .limit(MOST_SHOWN)
                                            .map(problem -> problem.path() + " " + problem.message())
                                            .toList()));
                });
    }

    private static ApiException mismatch(long index, Admission.Emitting emitting, String what) {
        return new ApiException(
                ErrorCode.OUTPUT_INVALID,
                "Item " + index + " that step " + emitting.step() + " emits does not match the schema of its stream: "
                        + what + ".");
    }

    // ---- answers ----

    /** It is stored; who emits faster than it may is told later. */
    private void paid(AttemptRef attempt, dev.millrace.protocol.streams.v1.Chunk told) {
        long bytes = told.getItemsList().stream()
                .mapToLong(item -> item.size() + Chunk.BYTES_BESIDE)
                .sum();
        Duration own;
        synchronized (this) {
            var emitter = emitters.get(attempt);
            own = emitter == null
                    ? Duration.ZERO
                    : emitter.allowance.take(Math.max(ITEMS_OF_A_CHUNK, told.getItemsCount()), System.nanoTime());
            if (told.getEnds()) {
                emitters.remove(attempt);
            }
        }
        var all = rooms.writer().pace(principal().tenant(), bytes);
        var wait = own.compareTo(all) > 0 ? own : all;
        // The last word of an attempt is not held back: its result waits for it.
        if (wait.isZero() || told.getEnds()) {
            answer(new EmittedFrames.Stored(told.getNumber()));
        } else {
            rooms.later(wait, () -> answer(new EmittedFrames.Stored(told.getNumber())));
        }
    }

    private void answer(Object answer) {
        synchronized (this) {
            open--;
        }
        say(answer);
        request();
    }

    // ---- the end ----

    @Override
    public void tick() {
        // A worker that is silent costs nothing; one that vanished is noticed by the transport.
    }

    @Override
    public void drain(Duration reconnectAfter) {
        say(new EmittedFrames.GoElsewhere(reconnectAfter));
    }

    @Override
    protected void ended() {
        // What is on its way to the tables gets there; the worker sends it again and is told so.
    }
}
