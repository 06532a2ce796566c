package dev.millrace.controlplane.runs;

import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.engine.Reply;

/** Replies of the engine that are not the answer. */
public final class Refusals {
    private Refusals() {}

    /** What to tell the client when this reply came instead of an answer. */
    public static ApiException of(Reply reply) {
        if (reply instanceof Reply.Refused refused) {
            return refused.code().equals("OWNER_CHANGED")
                    ? new ApiException(ErrorCode.UNAVAILABLE, refused.message())
                    : new ApiException(ErrorCode.named(refused.code()), refused.message());
        }
        throw new IllegalStateException(
                "The engine answered with " + reply.getClass().getSimpleName() + ", which does not fit the question.");
    }
}
