package dev.millrace.controlplane.testing;

import com.google.protobuf.ByteString;
import dev.millrace.protocol.worker.v1.Accepted;
import dev.millrace.protocol.worker.v1.Assignment;
import dev.millrace.protocol.worker.v1.AttemptRef;
import dev.millrace.protocol.worker.v1.Cancelled;
import dev.millrace.protocol.worker.v1.Completion;
import dev.millrace.protocol.worker.v1.Failure;
import dev.millrace.protocol.worker.v1.Hello;
import dev.millrace.protocol.worker.v1.NextTurn;
import dev.millrace.protocol.worker.v1.ServedVersion;
import dev.millrace.protocol.worker.v1.ServerFrame;
import dev.millrace.protocol.worker.v1.Success;
import dev.millrace.protocol.worker.v1.WorkerFrame;
import dev.millrace.protocol.worker.v1.WorkerGrpc;
import io.grpc.ClientInterceptors;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The worker's side of a stream, frame by frame, as a test wants it: it does nothing by itself. */
public final class TestWorker implements AutoCloseable {
    private final StreamObserver<WorkerFrame> out;
    private final BlockingQueue<ServerFrame> frames = new LinkedBlockingQueue<>();
    private final CompletableFuture<Status> end = new CompletableFuture<>();
    private final List<ServerFrame> kept = new ArrayList<>();
    private long sequence;

    private TestWorker(TestControlPlane plane, String token) {
        var channel = ClientInterceptors.intercept(plane.channel(), TestControlPlane.presenting(token));
        out = WorkerGrpc.newStub(channel).work(new StreamObserver<>() {
            @Override
            public void onNext(ServerFrame frame) {
                frames.addAll(parts(frame));
            }

            @Override
            public void onError(Throwable failure) {
                end.complete(Status.fromThrowable(failure));
            }

            @Override
            public void onCompleted() {
                end.complete(Status.OK);
            }
        });
    }

    /** One frame for each kind of thing in it, so that whoever waits for one kind does not pass over another. */
    private static List<ServerFrame> parts(ServerFrame frame) {
        List<ServerFrame> parts = new ArrayList<>();
        if (frame.hasWelcome()) {
            parts.add(ServerFrame.newBuilder().setWelcome(frame.getWelcome()).build());
        }
        if (frame.getAssignmentsCount() > 0) {
            parts.add(ServerFrame.newBuilder()
                    .addAllAssignments(frame.getAssignmentsList())
                    .build());
        }
        if (frame.hasAck()) {
            parts.add(ServerFrame.newBuilder().setAck(frame.getAck()).build());
        }
        if (frame.getCancelsCount() > 0) {
            parts.add(ServerFrame.newBuilder()
                    .addAllCancels(frame.getCancelsList())
                    .build());
        }
        if (frame.getConfirmedCount() > 0) {
            parts.add(ServerFrame.newBuilder()
                    .addAllConfirmed(frame.getConfirmedList())
                    .build());
        }
        if (frame.getChildResultsCount() > 0) {
            parts.add(ServerFrame.newBuilder()
                    .addAllChildResults(frame.getChildResultsList())
                    .build());
        }
        if (frame.getExtendedCount() > 0) {
            parts.add(ServerFrame.newBuilder()
                    .addAllExtended(frame.getExtendedList())
                    .build());
        }
        for (var news : frame.getCheckpointsList()) {
            parts.add(ServerFrame.newBuilder().addCheckpoints(news).build());
        }
        for (var trail : frame.getTrailsList()) {
            parts.add(ServerFrame.newBuilder().addTrails(trail).build());
        }
        if (frame.hasDrain()) {
            parts.add(ServerFrame.newBuilder().setDrain(frame.getDrain()).build());
        }
        if (frame.getLeave()) {
            parts.add(ServerFrame.newBuilder().setLeave(true).build());
        }
        if (frame.getHeartbeat()) {
            parts.add(ServerFrame.newBuilder().setHeartbeat(true).build());
        }
        return parts;
    }

    /** Opens a stream without saying anything. */
    public static TestWorker silent(TestControlPlane plane, String token) {
        return new TestWorker(plane, token);
    }

    /** Opens a stream, says hello and waits for the welcome. */
    public static TestWorker connect(TestControlPlane plane, String token, Hello hello) {
        var worker = new TestWorker(plane, token);
        worker.send(WorkerFrame.newBuilder().setHello(hello).build());
        worker.await(ServerFrame::hasWelcome);
        return worker;
    }

    /** A worker of ten slots that serves one version. */
    public static Hello.Builder hello(String workflow, String version) {
        return Hello.newBuilder()
                .setWorkerId(bytes(UUID.randomUUID()))
                .setName("test-worker")
                .setProtocolVersion(1)
                .setSdk("test")
                .setSlots(10)
                .addVersions(ServedVersion.newBuilder().setWorkflow(workflow).setVersion(version));
    }

    public static ByteString bytes(UUID id) {
        return ByteString.copyFrom(java.nio.ByteBuffer.allocate(16)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .flip());
    }

    /** An assignment and who got it. */
    public record Assigned(TestWorker worker, Assignment assignment) {}

    /** The next assignment, whichever of the workers gets it. */
    public static Assigned assignedTo(TestWorker... workers) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (System.nanoTime() < deadline) {
            for (var worker : workers) {
                var frame = worker.poll(given -> given.getAssignmentsCount() > 0);
                if (frame != null) {
                    return new Assigned(worker, frame.getAssignments(0));
                }
            }
            Thread.onSpinWait();
        }
        throw new AssertionError("No worker was assigned anything.");
    }

    private ServerFrame poll(java.util.function.Predicate<ServerFrame> wanted) {
        frames.drainTo(kept);
        for (var frame : kept) {
            if (wanted.test(frame)) {
                kept.remove(frame);
                return frame;
            }
        }
        return null;
    }

    public void send(WorkerFrame frame) {
        out.onNext(frame);
    }

    /** The next frame that fits; the others are kept for whoever waits for them. */
    public ServerFrame await(java.util.function.Predicate<ServerFrame> wanted) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        try {
            while (true) {
                for (var frame : kept) {
                    if (wanted.test(frame)) {
                        kept.remove(frame);
                        return frame;
                    }
                }
                var frame = frames.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                if (frame == null) {
                    throw new AssertionError("No such frame came; the stream has "
                            + (end.isDone() ? "ended with " + end.join() : "not ended") + ".");
                }
                kept.add(frame);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The next assignments. */
    public List<Assignment> assignments() {
        return await(frame -> frame.getAssignmentsCount() > 0).getAssignmentsList();
    }

    public Assignment assignment() {
        var assignments = assignments();
        if (assignments.size() != 1) {
            throw new AssertionError("One assignment was expected, and " + assignments.size() + " came.");
        }
        return assignments.get(0);
    }

    public void accept(AttemptRef attempt) {
        send(WorkerFrame.newBuilder()
                .addAccepted(Accepted.newBuilder().setAttempt(attempt))
                .build());
    }

    /** Completes an attempt with a value. @return the sequence of the completion */
    public long succeed(AttemptRef attempt, String json) {
        return complete(Completion.newBuilder()
                .setAttempt(attempt)
                .setSuccess(Success.newBuilder().setResult(ByteString.copyFrom(json, StandardCharsets.UTF_8))));
    }

    /** Ends a turn of a loop; another follows. */
    public long again(AttemptRef attempt, String state, Duration delay) {
        return complete(Completion.newBuilder()
                .setAttempt(attempt)
                .setNextTurn(NextTurn.newBuilder()
                        .setState(ByteString.copyFromUtf8(state))
                        .setDelayMillis(delay.toMillis())));
    }

    public long fail(AttemptRef attempt, Failure failure) {
        return complete(Completion.newBuilder().setAttempt(attempt).setFailure(failure));
    }

    /** Says that an attempt has stopped because the server wanted it to. */
    public long cancelled(AttemptRef attempt) {
        return complete(Completion.newBuilder().setAttempt(attempt).setCancelled(Cancelled.getDefaultInstance()));
    }

    public long complete(Completion.Builder completion) {
        send(WorkerFrame.newBuilder()
                .addCompletions(completion.setSequence(++sequence))
                .build());
        return sequence;
    }

    /** Waits until a completion is acknowledged. */
    public ServerFrame acknowledged(long completion) {
        return await(frame -> frame.hasAck() && frame.getAck().getUpTo() >= completion);
    }

    /** How the stream ended. */
    public Status end() {
        try {
            return end.get(20, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("The stream has not ended.", e);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    public void leave() {
        out.onCompleted();
    }

    @Override
    public void close() {
        if (!end.isDone()) {
            out.onError(Status.CANCELLED.asRuntimeException());
        }
    }
}
