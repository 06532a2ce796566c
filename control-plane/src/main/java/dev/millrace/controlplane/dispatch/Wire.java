package dev.millrace.controlplane.dispatch;

import com.google.protobuf.ByteString;
import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.controlplane.streams.WireIds;
import dev.millrace.engine.Command;
import dev.millrace.engine.RunId;
import dev.millrace.engine.Spent;
import dev.millrace.engine.Usage;
import dev.millrace.manifest.Names;
import dev.millrace.protocol.worker.v1.Amount;
import dev.millrace.protocol.worker.v1.AttemptRef;
import dev.millrace.protocol.worker.v1.Extension;
import dev.millrace.protocol.worker.v1.Failure;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;

/** Values of the worker protocol and the engine's own, both ways. What cannot be is refused as a breach of the protocol. */
final class Wire {
    private static final int MAX_TYPE = 512;
    private static final int MAX_MESSAGE = 8 << 10;
    private static final int MAX_STACK_TRACE = 16 << 10;

    private Wire() {}

    /** @param what names the field, for the message of a refusal */
    static UUID uuid(ByteString bytes, String what) {
        return WireIds.uuid(bytes).orElseThrow(() -> violation(what + " has " + bytes.size() + " bytes; an id has 16"));
    }

    static dev.millrace.engine.AttemptRef attempt(AttemptRef ref) {
        var run = new RunId(uuid(ref.getRunId(), "run_id"));
        if (ref.getGeneration() < 1 || ref.getNode() < 0 || ref.getElement() < 0 || ref.getAttempt() < 1) {
            throw violation("an attempt of run " + run + " is named by generation "
                    + Integer.toUnsignedString(ref.getGeneration()) + ", node "
                    + Integer.toUnsignedString(ref.getNode()) + ", element "
                    + Integer.toUnsignedString(ref.getElement()) + ", attempt "
                    + Integer.toUnsignedString(ref.getAttempt()) + "; hand back what the server sent");
        }
        return new dev.millrace.engine.AttemptRef(
                run, ref.getGeneration(), ref.getNode(), ref.getElement(), ref.getAttempt());
    }

    /** @param step name of the step; empty where the worker does not need it */
    static AttemptRef attempt(dev.millrace.engine.AttemptRef ref, String step) {
        return AttemptRef.newBuilder()
                .setRunId(WireIds.bytes(ref.run().value()))
                .setGeneration(ref.generation())
                .setNode(ref.node())
                .setStep(step)
                .setElement(ref.element())
                .setAttempt(ref.attempt())
                .build();
    }

    /** A failure as the worker tells it, cut to what is kept. */
    static dev.millrace.engine.Failure failure(Failure failure) {
        long retryAfter = failure.getRetryAfterMillis();
        if (retryAfter < 0) {
            throw violation("retry_after_millis is " + retryAfter + "; it must not be negative");
        }
        var limit = failure.getRateLimit();
        return new dev.millrace.engine.Failure(
                failure.getType().isEmpty() ? "UNKNOWN" : kept(failure.getType(), MAX_TYPE),
                kept(failure.getMessage(), MAX_MESSAGE),
                kept(failure.getStackTrace(), MAX_STACK_TRACE),
                failure.getNonRetryable(),
                Math.min(retryAfter, Duration.ofDays(366).toMillis()),
                Names.isName(limit) ? limit : "");
    }

    static Failure failure(dev.millrace.engine.Failure failure) {
        return Failure.newBuilder()
                .setType(failure.type())
                .setMessage(failure.message())
                .setStackTrace(failure.stackTrace())
                .setNonRetryable(failure.nonRetryable())
                .setRetryAfterMillis(failure.retryAfterMillis())
                .setRateLimit(failure.rateLimit())
                .build();
    }

    /** How much longer an attempt may go on. */
    static Duration more(Extension extension) {
        long millis = extension.getTimeoutMillis();
        if (millis < 1 || millis > Command.ExtendTimeout.MOST.toMillis()) {
            throw violation("an attempt asks for " + millis + " ms more; it must be 1 to "
                    + Command.ExtendTimeout.MOST.toMillis());
        }
        return Duration.ofMillis(millis);
    }

    /** What an attempt spent. */
    static Spent spent(dev.millrace.protocol.worker.v1.Spent spent) {
        return Spent.of(usage(spent.getUsedList()), usage(spent.getSettledList()));
    }

    private static Usage usage(List<Amount> amounts) {
        if (amounts.isEmpty()) {
            return Usage.NONE;
        }
        if (amounts.size() > Usage.MOST_NAMES) {
            throw violation("an attempt says that it spent " + amounts.size() + " different things; it may spend "
                    + Usage.MOST_NAMES);
        }
        var byName = new TreeMap<String, Long>();
        for (var amount : amounts) {
            if (!Usage.isName(amount.getName()) || amount.getAmount() < 0) {
                throw violation("an attempt says that it spent " + amount.getAmount() + " of '" + amount.getName()
                        + "'; a name has 1 to " + Usage.LONGEST_NAME + " characters, and an amount is 0 or more");
            }
            byName.merge(amount.getName(), amount.getAmount(), Math::max);
        }
        return new Usage(byName);
    }

    static long micros(Instant at) {
        return at.getEpochSecond() * 1_000_000 + at.getNano() / 1_000;
    }

    /** Texts of user code may be of any length and may hold U+0000, which cannot be stored; neither may make a run stick. */
    private static String kept(String text, int limit) {
        var storable = text.indexOf(0) >= 0 ? text.replace('\0', '\uFFFD') : text;
        if (storable.length() <= limit) {
            return storable;
        }
        int end = Character.isHighSurrogate(storable.charAt(limit - 1)) ? limit - 1 : limit;
        return storable.substring(0, end) + "… (cut)";
    }

    static ApiException violation(String what) {
        return new ApiException(
                ErrorCode.PROTOCOL_VIOLATION, "The worker broke the protocol: " + what + ". The stream is closed.");
    }
}
