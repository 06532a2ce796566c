package dev.millrace.worker.items;

import dev.millrace.AttemptCancelledException;
import dev.millrace.Emitter;
import dev.millrace.NonRetryableException;
import dev.millrace.StepContext;
import dev.millrace.TypeRef;
import dev.millrace.codec.Codec;
import dev.millrace.codec.CodecException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.BooleanSupplier;

/**
 * What a step is given to emit with. Safe for use by many threads: items of one thread keep their order.
 *
 * @param repeats whether durable code is where it was before, so that what it emits was emitted then
 */
public record StepEmitter<T>(
        AttemptItems items,
        TypeRef<T> type,
        Codec codec,
        StepContext context,
        InstantSource clock,
        BooleanSupplier repeats)
        implements Emitter<T> {
    static final int MOST_ITEM_BYTES = 64 << 10;

    /** How often who waits for room looks whether anybody still wants the attempt. */
    private static final Duration LOOK = Duration.ofMillis(200);

    @Override
    public void emit(T item) {
        if (repeats.getAsBoolean()) {
            return;
        }
        byte[] json = json(item);
        if (json.length > MOST_ITEM_BYTES) {
            throw new IllegalArgumentException(
                    "Item %d that step '%s' emits has %,d bytes of JSON; the limit is %,d. Emit smaller pieces of it, or where it is."
                            .formatted(items.next(), context.step(), json.length, MOST_ITEM_BYTES));
        }
        add(json);
    }

    private byte[] json(T item) {
        if (item == null) {
            throw new IllegalArgumentException(
                    "Step '" + context.step() + "' emits null as item " + items.next() + "; an item has a value.");
        }
        try {
            return codec.write(item, type);
        } catch (CodecException e) {
            throw new IllegalArgumentException(
                    "Item " + items.next() + " that step '" + context.step() + "' emits cannot be stored: "
                            + e.getMessage(),
                    e);
        }
    }

    private void add(byte[] json) {
        while (true) {
            var added = items.add(json, LOOK);
            if (added instanceof AttemptItems.Added.Buffered) {
                return;
            }
            if (added instanceof AttemptItems.Added.Refused refused) {
                if (refused.why().isStale()) {
                    throw new AttemptCancelledException(refused.why().message());
                }
                throw new NonRetryableException(
                        refused.why().message() + " [" + refused.why().code() + "]");
            }
            if (added instanceof AttemptItems.Added.Late) {
                throw new IllegalStateException(
                        "The attempt of step '" + context.step()
                                + "' has ended; what it emits now is not stored. Let the step return, or its stage complete, after that.");
            }
            giveUpWhenUnwanted();
        }
    }

    /** The buffer is full, so the control plane takes less than is emitted, or cannot be reached. */
    private void giveUpWhenUnwanted() {
        if (Thread.currentThread().isInterrupted()) {
            throw new AttemptCancelledException("The thread of step '" + context.step()
                    + "' was interrupted while it waited to emit item " + items.next() + ".");
        }
        context.throwIfCancelled();
        Instant deadline = context.deadline();
        if (clock.instant().isAfter(deadline)) {
            throw new AttemptCancelledException("The time of step '" + context.step() + "' was up at " + deadline
                    + ", before item " + items.next() + " could be handed over.");
        }
    }
}
