package dev.millrace.connection;

import io.grpc.MethodDescriptor;
import java.util.Optional;

/**
 * What a stream is used for: decides what is sent and takes what is received. All methods but {@link #received} are called
 * by the thread of the {@link StreamLoop}, one at a time; {@code received} by the transport's thread, one at a time, and it
 * must not block.
 *
 * @param <Q> frames that are sent
 * @param <R> frames that are received
 */
public interface StreamUser<Q, R> {

    /** The method of the stream. */
    MethodDescriptor<Q, R> method();

    /** Whether a stream is needed. Without need none is opened; one that is open stays, and proves seldom that it lives. */
    boolean wanted();

    /** Called before a stream is opened; may block for seconds. What it throws is told to {@link #lost}. */
    void prepare();

    /** The stream is open. Returns the frame to begin with, if it must begin with one. */
    Optional<Q> opened();

    /**
     * What is to be sent now.
     *
     * @param room whether the transport wants more; if not, return only what must not wait
     * @param proof whether nothing has been sent for so long that the peer needs a proof of life
     */
    Optional<Q> next(boolean room, boolean proof);

    /** In how many nanoseconds {@link #next} would have something to send that it has not now; {@code Long.MAX_VALUE} if never. */
    long nanosToNext();

    /** A frame came. */
    void received(R frame);

    /** The stream is gone, or could not be opened. Another one follows after the pause that the loop chooses. */
    void lost(Loss loss);
}
