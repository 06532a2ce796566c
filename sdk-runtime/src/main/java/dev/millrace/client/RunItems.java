package dev.millrace.client;

import dev.millrace.TypeRef;
import dev.millrace.codec.Codec;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * What a run emits, in the order in which it was stored: from the start, however late one comes, and on as it is emitted, until the run ends.
 * A connection that breaks is opened again, and goes on where it was. Has a connection and a thread of its own until it is closed or read to
 * the end; what is not read stays with the control plane, but for about 1 MiB. Read once, by one thread at a time.
 *
 * <pre>{@code
 * try (var tokens = run.stream(Delta.class)) {
 *   tokens.values().forEach(delta -> System.out.print(delta.text()));
 * }
 * }</pre>
 *
 * @param <T> the type of the items
 */
public final class RunItems<T> implements Iterable<StreamItem<T>>, AutoCloseable {
    private final String run;
    private final ItemFollower follower;
    private final Codec codec;
    private final TypeRef<T> type;
    private final Duration patience;
    private long position;

    RunItems(String run, ItemFollower follower, Codec codec, TypeRef<T> type, Duration patience, long after) {
        this.run = run;
        this.follower = follower;
        this.codec = codec;
        this.type = type;
        this.patience = patience;
        this.position = after;
    }

    /**
     * Waits for the next item.
     *
     * @return the item; empty when the run has ended and everything is read
     * @throws StreamTimeoutException if there was none within the limit; reading may go on after that
     * @throws dev.millrace.codec.CodecException if it is not of the type that is read
     * @throws dev.millrace.connection.MillraceException if the run cannot be followed: with code {@code RUN_NOT_FOUND} if there is no such run
     */
    public Optional<StreamItem<T>> next(Duration limit) {
        var next = follower.next(limit);
        if (next instanceof ItemFollower.Next.Item item) {
            var from = item.from();
            position = item.position();
            return Optional.of(new StreamItem<>(
                    codec.read(item.json(), type),
                    from.getStep(),
                    from.getElement(),
                    from.getGeneration(),
                    from.getAttempt(),
                    item.index(),
                    position,
                    Instant.EPOCH.plus(from.getStoredMicros(), ChronoUnit.MICROS)));
        }
        if (next instanceof ItemFollower.Next.Nothing) {
            throw new StreamTimeoutException(run, limit, position);
        }
        close();
        return Optional.empty();
    }

    /** The position of the last item that was read, by which {@link StreamOptions#after} resumes. */
    public long position() {
        return position;
    }

    /** The items; each is waited for as long as {@link StreamOptions#patience} says. Throws what {@link #next} does. */
    @Override
    public Iterator<StreamItem<T>> iterator() {
        return new Iterator<>() {
            private Optional<StreamItem<T>> ahead = Optional.empty();

            @Override
            public boolean hasNext() {
                if (ahead.isEmpty()) {
                    ahead = RunItems.this.next(patience);
                }
                return ahead.isPresent();
            }

            @Override
            public StreamItem<T> next() {
                if (!hasNext()) {
                    throw new NoSuchElementException("Run " + run + " has ended, and everything it emitted is read.");
                }
                var item = ahead.get();
                ahead = Optional.empty();
                return item;
            }
        };
    }

    /** The items as a stream. */
    public Stream<StreamItem<T>> stream() {
        return StreamSupport.stream(
                Spliterators.spliteratorUnknownSize(iterator(), Spliterator.ORDERED | Spliterator.NONNULL), false);
    }

    /** Their values as a stream. */
    public Stream<T> values() {
        return stream().map(StreamItem::value);
    }

    /** Reads no more. */
    @Override
    public void close() {
        follower.close();
    }
}
