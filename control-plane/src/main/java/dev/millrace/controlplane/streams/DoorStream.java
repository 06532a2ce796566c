package dev.millrace.controlplane.streams;

import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.controlplane.errors.GrpcRefusals;
import dev.millrace.controlplane.tenancy.Principal;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;

/**
 * A stream of one of our doors, from its opening to its end: it reads only as many frames as its {@link #room()} allows, so that
 * the transport holds the other side back; what it says leaves through an outbox; and it ends once, whoever ends it.
 *
 * <p>Threads: gRPC delivers frames on one thread at a time, whatever answers them comes on others. What they share is guarded by
 * this object's lock, under which nothing is called that may wait.
 *
 * @param <I> frames that come in
 * @param <O> frames that go out
 */
public abstract class DoorStream<I, O> implements StreamObserver<I>, OpenStream {
    private final Principal principal;
    private final Streams streams;
    private final ServerCallStreamObserver<O> answers;
    private final Outbox<Object, O> outbox;

    // Guarded by this.
    private boolean ended;
    private int requested;

    /**
     * Makes a stream; nothing is read before {@link #open()}.
     *
     * @param most how many items may wait for a slow reader before the stream is given up
     */
    protected DoorStream(
            Principal principal,
            Streams streams,
            ServerCallStreamObserver<O> answers,
            Outbox.Packer<Object, O> packer,
            int most) {
        this.principal = principal;
        this.streams = streams;
        this.answers = answers;
        this.outbox = new Outbox<>(
                answers,
                packer,
                streams.senders(),
                most,
                full -> close(new ApiException(
                        ErrorCode.OVERLOADED,
                        "The other side does not read what it is sent: " + most
                                + " items wait. Reconnect, and read faster.")));
        answers.disableAutoRequest();
        answers.setOnCancelHandler(this::end);
    }

    /** Begins to read, or says why not. To be called once, by the door. */
    public final void open() {
        try {
            streams.add(this);
            request();
        } catch (ApiException e) {
            close(e);
        }
    }

    @Override
    public final Principal principal() {
        return principal;
    }

    // ---- reading ----

    @Override
    public final void onNext(I frame) {
        synchronized (this) {
            requested--;
            if (ended) {
                return;
            }
        }
        heard(frame);
    }

    /** Takes a frame. Calls {@link #request()} once the next one may come. */
    protected abstract void heard(I frame);

    /** How many frames that are not answered yet there may be in all, less those there are. Called under the lock. */
    protected abstract int room();

    /** Asks for as many frames as there is room for. */
    protected final void request() {
        int wanted = 0;
        synchronized (this) {
            int more = room() - requested;
            if (more > 0 && !ended) {
                requested += more;
                wanted = more;
            }
        }
        if (wanted > 0) {
            answers.request(wanted);
        }
    }

    /** Whether frames are read at present: while none are, silence is our own doing. */
    protected final synchronized boolean isReading() {
        return requested > 0;
    }

    // ---- saying ----

    /** Sends something; dropped when the stream has ended. */
    protected final void say(Object item) {
        outbox.add(item);
    }

    // ---- the end ----

    protected final synchronized boolean hasEnded() {
        return ended;
    }

    /** The stream has ended: whoever works for it is told. Called once, not under the lock. */
    protected abstract void ended();

    @Override
    public final void onError(Throwable failure) {
        end();
    }

    @Override
    public final void onCompleted() {
        if (end()) {
            outbox.endAfterwards(StreamObserver::onCompleted);
        }
    }

    @Override
    public final void close(ApiException why) {
        if (end()) {
            var trailers = new Metadata();
            Status status = GrpcRefusals.status(why, trailers);
            outbox.endNow(stream -> stream.onError(status.asRuntimeException(trailers)));
        }
    }

    /** @return whether the stream had not ended before */
    private boolean end() {
        synchronized (this) {
            if (ended) {
                return false;
            }
            ended = true;
        }
        streams.remove(this);
        ended();
        return true;
    }
}
