package dev.millrace.fake;

import dev.millrace.wire.protobuf.ByteString;
import dev.millrace.wire.runs.v1.CancelReply;
import dev.millrace.wire.runs.v1.ClientFrame;
import dev.millrace.wire.runs.v1.Error;
import dev.millrace.wire.runs.v1.Refusal;
import dev.millrace.wire.runs.v1.RunEnded;
import dev.millrace.wire.runs.v1.RunsGrpc;
import dev.millrace.wire.runs.v1.ServerFrame;
import dev.millrace.wire.runs.v1.StartBatch;
import dev.millrace.wire.runs.v1.StartBatchReply;
import dev.millrace.wire.runs.v1.StartItem;
import dev.millrace.wire.runs.v1.Started;
import dev.millrace.wire.runs.v1.StartedItem;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/**
 * The {@code Runs} service over a store in memory that outlives its streams. A started run is not repeated for a request id
 * that is known; a run ends when the test says so, or at once. Every frame in and out is a boundary at which {@link Cuts} may
 * break the stream.
 */
public final class FakeRuns extends RunsGrpc.RunsImplBase {

    /** A run that was started. */
    public record FakeRun(UUID id, StartItem item) {}

    public final List<FakeRun> started = new CopyOnWriteArrayList<>();
    public final List<StartBatch> batches = new CopyOnWriteArrayList<>();
    public final List<ClientFrame> frames = new CopyOnWriteArrayList<>();

    private final Map<ByteString, List<StartedItem>> answers = new HashMap<>();
    private final Map<ByteString, RunEnded> ends = new LinkedHashMap<>();
    private final Map<ByteString, List<Followed>> followers = new HashMap<>();
    private Cuts cuts = Cuts.never();
    private Function<FakeRun, Optional<RunEnded.Builder>> ending = run -> Optional.empty();
    private Function<StartItem, Optional<Error>> refusing = item -> Optional.empty();
    private final List<Refusal> temporary = new ArrayList<>();
    private final List<Session> sessions = new CopyOnWriteArrayList<>();

    private record Followed(Session session, long correlation) {}

    public synchronized void cuts(Cuts cuts) {
        this.cuts = cuts;
    }

    /** Answers nothing more on the streams of this moment, as a peer whose machine has vanished. */
    public synchronized void fallSilent() {
        sessions.forEach(session -> session.silent = true);
    }

    /** How runs end at once, if they do. */
    public synchronized void ending(Function<FakeRun, Optional<RunEnded.Builder>> ending) {
        this.ending = ending;
    }

    public synchronized void refusing(Function<StartItem, Optional<Error>> refusing) {
        this.refusing = refusing;
    }

    /** Refuses the next batches, follows or cancels as a whole with this code, once per call. */
    public synchronized void refuseNext(String code) {
        temporary.add(Refusal.newBuilder()
                .setError(Error.newBuilder().setCode(code).setMessage("Not now."))
                .build());
    }

    /** Ends a run and tells whoever follows it. */
    public synchronized void end(UUID run, RunEnded.Builder end) {
        var id = bytes(run);
        ends.put(id, end.setRunId(id).build());
        for (var follower : List.copyOf(followers.getOrDefault(id, List.of()))) {
            follower.session()
                    .send(ServerFrame.newBuilder()
                            .addEnded(ends.get(id).toBuilder().setCorrelation(follower.correlation()))
                            .build());
        }
        followers.remove(id);
    }

    /** Asks all clients to connect elsewhere. */
    public synchronized void drain(int withinMillis) {
        sessions.forEach(session -> session.send(ServerFrame.newBuilder()
                .setDrainReconnectAfterMillis(withinMillis)
                .build()));
    }

    public int sessions() {
        return sessions.size();
    }

    /** How many ends are waited for. */
    public synchronized int followed() {
        return followers.values().stream().mapToInt(List::size).sum();
    }

    @Override
    public StreamObserver<ClientFrame> session(StreamObserver<ServerFrame> out) {
        var session = new Session(out);
        sessions.add(session);
        return session;
    }

    private final class Session implements StreamObserver<ClientFrame> {
        private final StreamObserver<ServerFrame> out;
        private boolean broken;
        private boolean silent;

        Session(StreamObserver<ServerFrame> out) {
            this.out = out;
        }

        @Override
        public void onNext(ClientFrame frame) {
            synchronized (FakeRuns.this) {
                if (broken || breaksHere()) {
                    return; // the frame was lost on its way
                }
                frames.add(frame);
                frame.getStartsList().forEach(this::start);
                frame.getFollowsList().forEach(follow -> {
                    if (follow.getStop()) {
                        followers
                                .values()
                                .forEach(each -> each.removeIf(entry ->
                                        entry.session() == this && entry.correlation() == follow.getCorrelation()));
                    } else if (!refuse(follow.getCorrelation())) {
                        follow(follow.getCorrelation(), follow.getRunId());
                    }
                });
                frame.getCancelsList().forEach(cancel -> {
                    if (!refuse(cancel.getCorrelation())) {
                        var known =
                                Optional.ofNullable(ends.get(cancel.getRunId())).map(RunEnded::getState);
                        send(ServerFrame.newBuilder()
                                .addCancelled(CancelReply.newBuilder()
                                        .setCorrelation(cancel.getCorrelation())
                                        .setState(known.orElse("CANCELLING")))
                                .build());
                        if (known.isEmpty()) {
                            end(
                                    uuid(cancel.getRunId()),
                                    RunEnded.newBuilder()
                                            .setState("CANCELLED")
                                            .setError(Error.newBuilder()
                                                    .setCode("RUN_CANCELLED")
                                                    .setMessage(cancel.getReason())));
                        }
                    }
                });
                if (frame.getHeartbeat()) {
                    send(ServerFrame.newBuilder().setHeartbeat(true).build());
                }
            }
        }

        private void start(StartBatch batch) {
            batches.add(batch);
            if (refuse(batch.getCorrelation())) {
                return;
            }
            var items = answers.get(batch.getRequestId());
            if (items == null) {
                items = batch.getItemsList().stream().map(this::started).toList();
                answers.put(batch.getRequestId(), items);
            } else if (!batch.getResend()) {
                throw new AssertionError("A batch came again without saying so.");
            }
            send(ServerFrame.newBuilder()
                    .addStarted(StartBatchReply.newBuilder()
                            .setCorrelation(batch.getCorrelation())
                            .addAllItems(items))
                    .build());
            for (int i = 0; i < items.size(); i++) {
                long follow = batch.getItems(i).getFollow();
                if (follow != 0 && items.get(i).hasStarted()) {
                    follow(follow, items.get(i).getStarted().getRunId());
                }
            }
        }

        private StartedItem started(StartItem item) {
            var refusal = refusing.apply(item);
            if (refusal.isPresent()) {
                return StartedItem.newBuilder().setRefused(refusal.get()).build();
            }
            var run = new FakeRun(UUID.randomUUID(), item);
            started.add(run);
            ending.apply(run)
                    .ifPresent(end -> ends.put(
                            bytes(run.id()), end.setRunId(bytes(run.id())).build()));
            return StartedItem.newBuilder()
                    .setStarted(Started.newBuilder().setRunId(bytes(run.id())))
                    .build();
        }

        private void follow(long correlation, ByteString run) {
            if (ends.containsKey(run)) {
                send(ServerFrame.newBuilder()
                        .addEnded(ends.get(run).toBuilder().setCorrelation(correlation))
                        .build());
            } else if (FakeRuns.this.started.stream()
                    .anyMatch(known -> bytes(known.id()).equals(run))) {
                followers.computeIfAbsent(run, each -> new ArrayList<>()).add(new Followed(this, correlation));
            } else {
                send(ServerFrame.newBuilder()
                        .addRefusals(Refusal.newBuilder()
                                .setCorrelation(correlation)
                                .setError(Error.newBuilder()
                                        .setCode("RUN_NOT_FOUND")
                                        .setMessage("There is no such run.")))
                        .build());
            }
        }

        private boolean refuse(long correlation) {
            if (temporary.isEmpty()) {
                return false;
            }
            send(ServerFrame.newBuilder()
                    .addRefusals(temporary.remove(0).toBuilder().setCorrelation(correlation))
                    .build());
            return true;
        }

        void send(ServerFrame frame) {
            if (!broken && !silent && !breaksHere()) {
                out.onNext(frame);
                breaksHere();
            }
        }

        private boolean breaksHere() {
            if (cuts.here()) {
                broken = true;
                gone();
                out.onError(Status.UNAVAILABLE.withDescription("cut").asRuntimeException());
            }
            return broken;
        }

        private void gone() {
            sessions.remove(this);
            followers.values().forEach(each -> each.removeIf(entry -> entry.session() == this));
        }

        @Override
        public void onError(Throwable failure) {
            synchronized (FakeRuns.this) {
                broken = true;
                gone();
            }
        }

        @Override
        public void onCompleted() {
            synchronized (FakeRuns.this) {
                if (!broken) {
                    broken = true;
                    gone();
                    out.onCompleted();
                }
            }
        }
    }

    private static ByteString bytes(UUID id) {
        return ByteString.copyFrom(ByteBuffer.allocate(16)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .flip());
    }

    private static UUID uuid(ByteString bytes) {
        var buffer = bytes.asReadOnlyByteBuffer();
        return new UUID(buffer.getLong(), buffer.getLong());
    }
}
