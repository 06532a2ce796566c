package dev.millrace.fake;

import dev.millrace.wire.protobuf.ByteString;
import dev.millrace.wire.worker.v1.Argument;
import dev.millrace.wire.worker.v1.Assignment;
import dev.millrace.wire.worker.v1.AttemptRef;
import dev.millrace.wire.worker.v1.Cancel;
import dev.millrace.wire.worker.v1.Completion;
import dev.millrace.wire.worker.v1.CompletionAck;
import dev.millrace.wire.worker.v1.Drain;
import dev.millrace.wire.worker.v1.Extended;
import dev.millrace.wire.worker.v1.Extension;
import dev.millrace.wire.worker.v1.Hello;
import dev.millrace.wire.worker.v1.Refused;
import dev.millrace.wire.worker.v1.ServerFrame;
import dev.millrace.wire.worker.v1.Welcome;
import dev.millrace.wire.worker.v1.WorkerFrame;
import dev.millrace.wire.worker.v1.WorkerGrpc;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The {@code Worker} service for one worker at a time, over tasks in memory that outlive its streams. What a hello does not
 * claim is offered again under a new attempt number; what it claims without right is stale. Every frame in and out is a
 * boundary at which {@link Cuts} may break the stream.
 */
public final class FakeDispatch extends WorkerGrpc.WorkerImplBase {

    /** One task; its attempts differ in their numbers only. */
    public static final class FakeTask {
        private final Assignment.Builder template;
        private int attempt;
        private boolean offered;
        private Optional<Completion> completion = Optional.empty();

        FakeTask(Assignment.Builder template) {
            this.template = template;
        }

        /** What ended the task, if it has ended. */
        public Optional<Completion> completion() {
            return completion;
        }

        /** Whether this names the task's attempt of the moment. */
        public boolean isAttempt(AttemptRef ref) {
            return ref().equals(ref);
        }

        public int attempt() {
            return attempt;
        }

        private AttemptRef ref() {
            return template.getAttempt().toBuilder().setAttempt(attempt).build();
        }
    }

    public final List<Hello> hellos = new CopyOnWriteArrayList<>();
    public final List<WorkerFrame> frames = new CopyOnWriteArrayList<>();
    public final List<Completion> completions = new CopyOnWriteArrayList<>();
    public final List<AttemptRef> accepted = new CopyOnWriteArrayList<>();
    public final List<Extension> extensions = new CopyOnWriteArrayList<>();
    public final List<AttemptRef> returned = new CopyOnWriteArrayList<>();

    private final Map<AttemptRef, FakeTask> tasks = new LinkedHashMap<>();
    private Cuts cuts = Cuts.never();
    private boolean acknowledging = true;
    private boolean reoffering = true;
    private Optional<Status> refusal = Optional.empty();
    private Optional<Session> current = Optional.empty();
    private int heartbeatMillis = 200;
    private int deadAfterMillis = 2000;

    public synchronized void cuts(Cuts cuts) {
        this.cuts = cuts;
    }

    /** Answers nothing more on the stream of this moment, as a peer whose machine has vanished. */
    public synchronized void fallSilent() {
        current.orElseThrow().silent = true;
        current = Optional.empty();
    }

    /** Loses what was not acknowledged. */
    public synchronized void forget(FakeTask task) {
        task.completion = Optional.empty();
    }

    /** Whether completions are acknowledged. */
    public synchronized void acknowledging(boolean acknowledging) {
        this.acknowledging = acknowledging;
    }

    /** Whether what is given back or unclaimed is offered again. */
    public synchronized void reoffering(boolean reoffering) {
        this.reoffering = reoffering;
    }

    public synchronized void refusal(Status status) {
        this.refusal = Optional.of(status);
    }

    public synchronized void liveness(int heartbeatMillis, int deadAfterMillis) {
        this.heartbeatMillis = heartbeatMillis;
        this.deadAfterMillis = deadAfterMillis;
    }

    public synchronized boolean connected() {
        return current.isPresent();
    }

    /** Makes a task and offers it when a worker is there. The arguments are JSON by position of the parameter. */
    public FakeTask offer(String workflow, String step, Map<Integer, String> arguments) {
        var assignment = Assignment.newBuilder()
                .setWorkflow(workflow)
                .setTimeoutMillis(60_000)
                .setRetriesLeft(3)
                .putMetadata("region", "eu");
        arguments.forEach((parameter, json) -> assignment.addArguments(Argument.newBuilder()
                .setParameter(parameter)
                .setState(Argument.State.VALUE)
                .setValue(ByteString.copyFrom(json, StandardCharsets.UTF_8))));
        return offer(step, 0, assignment);
    }

    public synchronized FakeTask offer(String step, int element, Assignment.Builder assignment) {
        var run = java.nio.ByteBuffer.allocate(16)
                .putLong(0x0193_0000_0000_7000L)
                .putLong(tasks.size() + 1L)
                .flip();
        assignment.setAttempt(AttemptRef.newBuilder()
                .setRunId(ByteString.copyFrom(run))
                .setGeneration(1)
                .setStep(step)
                .setElement(element));
        var task = new FakeTask(assignment);
        tasks.put(assignment.getAttempt(), task);
        current.ifPresent(session -> session.offer(task));
        return task;
    }

    /** Asks the worker to stop an attempt. */
    public synchronized void cancel(FakeTask task, String reason) {
        current.orElseThrow()
                .send(ServerFrame.newBuilder()
                        .addCancels(Cancel.newBuilder().setAttempt(task.ref()).setReason(reason))
                        .build());
    }

    /** Lets the worker enter the method of a step that may run only once. */
    public synchronized void confirm(FakeTask task) {
        send(ServerFrame.newBuilder().addConfirmed(task.ref()).build());
    }

    /** Grants an attempt more time. */
    public synchronized void extend(FakeTask task, long millis) {
        send(ServerFrame.newBuilder()
                .addExtended(Extended.newBuilder().setAttempt(task.ref()).setTimeoutMillis(millis))
                .build());
    }

    /** Gives the task to somebody else: the worker's attempt is void without its knowing. */
    public synchronized void takeAway(FakeTask task) {
        task.attempt++;
        task.offered = false;
    }

    public synchronized void drain(int withinMillis) {
        current.orElseThrow()
                .send(ServerFrame.newBuilder()
                        .setDrain(Drain.newBuilder().setReconnectAfterMillis(withinMillis))
                        .build());
    }

    /** Breaks the connection from the server's side. */
    public synchronized void breakStream() {
        current.ifPresent(session -> session.fail(Status.UNAVAILABLE.withDescription("broken")));
    }

    /** Sends any frame. */
    public synchronized void send(ServerFrame frame) {
        current.orElseThrow().send(frame);
    }

    @Override
    public StreamObserver<WorkerFrame> work(StreamObserver<ServerFrame> out) {
        return new Session(out);
    }

    private final class Session implements StreamObserver<WorkerFrame> {
        private final StreamObserver<ServerFrame> out;
        private boolean broken;
        private boolean silent;

        Session(StreamObserver<ServerFrame> out) {
            this.out = out;
        }

        @Override
        public void onNext(WorkerFrame frame) {
            synchronized (FakeDispatch.this) {
                if (broken || breaksHere()) {
                    return; // the frame was lost on its way
                }
                frames.add(frame);
                if (frame.hasHello()) {
                    hello(frame);
                }
                accepted.addAll(frame.getAcceptedList().stream()
                        .map(each -> each.getAttempt())
                        .toList());
                extensions.addAll(frame.getExtensionsList());
                returned.addAll(frame.getReturnedList());
                frame.getReturnedList().forEach(this::giveBack);
                complete(frame.getCompletionsList());
                if (frame.getHeartbeat() && !frame.hasHello()) {
                    send(ServerFrame.newBuilder().setHeartbeat(true).build());
                }
            }
        }

        private void hello(WorkerFrame frame) {
            hellos.add(frame.getHello());
            if (refusal.isPresent()) {
                fail(refusal.get());
                return;
            }
            current = Optional.of(this);
            var welcome = Welcome.newBuilder()
                    .setProtocolVersion(1)
                    .setHeartbeatMillis(heartbeatMillis)
                    .setDeadAfterMillis(deadAfterMillis)
                    .setAcceptLeaseMillis(5000);
            var claimed = frame.getHello().getRunningList();
            for (var ref : claimed) {
                var task = task(ref);
                if (task == null || task.attempt != ref.getAttempt() || !task.offered || task.completion.isPresent()) {
                    welcome.addStale(ref);
                }
            }
            send(ServerFrame.newBuilder().setWelcome(welcome).build());
            for (var task : List.copyOf(tasks.values())) {
                boolean mine = task.offered && claimed.contains(task.ref());
                if (!mine && task.completion.isEmpty() && (task.attempt == 0 || reoffering) && !frame.getDraining()) {
                    offer(task);
                }
            }
        }

        private FakeTask task(AttemptRef ref) {
            return tasks.get(ref.toBuilder().clearAttempt().build());
        }

        void offer(FakeTask task) {
            task.attempt++;
            task.offered = true;
            send(ServerFrame.newBuilder()
                    .addAssignments(task.template.clone().setAttempt(task.ref()))
                    .build());
        }

        private void giveBack(AttemptRef ref) {
            var task = task(ref);
            if (task != null && task.attempt == ref.getAttempt()) {
                task.offered = false;
                if (reoffering) {
                    offer(task);
                }
            }
        }

        private void complete(List<Completion> batch) {
            if (batch.isEmpty()) {
                return;
            }
            var ack = CompletionAck.newBuilder();
            var refused = new ArrayList<Refused>();
            for (var completion : batch) {
                completions.add(completion);
                var task = task(completion.getAttempt());
                boolean same = task != null
                        && task.completion.filter(completion::equals).isPresent();
                if (task == null
                        || task.attempt != completion.getAttempt().getAttempt()
                        || task.completion.isPresent() && !same) {
                    refused.add(Refused.newBuilder()
                            .setSequence(completion.getSequence())
                            .setCode("STALE_ATTEMPT")
                            .setMessage("It is somebody else's now.")
                            .build());
                } else {
                    task.completion = Optional.of(completion);
                }
                ack.setUpTo(completion.getSequence());
            }
            if (acknowledging) {
                send(ServerFrame.newBuilder().setAck(ack.addAllRefused(refused)).build());
            }
        }

        void send(ServerFrame frame) {
            if (!broken && !silent && !breaksHere()) {
                out.onNext(frame);
                breaksHere();
            }
        }

        private boolean breaksHere() {
            if (cuts.here()) {
                fail(Status.UNAVAILABLE.withDescription("cut"));
            }
            return broken;
        }

        void fail(Status status) {
            gone();
            out.onError(status.asRuntimeException());
        }

        private void gone() {
            broken = true;
            current = current.filter(session -> session != this);
        }

        @Override
        public void onError(Throwable failure) {
            synchronized (FakeDispatch.this) {
                gone();
            }
        }

        @Override
        public void onCompleted() {
            synchronized (FakeDispatch.this) {
                if (!broken) {
                    gone();
                    out.onCompleted();
                }
            }
        }
    }
}
