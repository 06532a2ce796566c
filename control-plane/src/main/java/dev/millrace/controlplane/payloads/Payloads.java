package dev.millrace.controlplane.payloads;

import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.controlplane.tenancy.RequestDatabase;
import dev.millrace.engine.Payload;
import dev.millrace.engine.TenantId;
import dev.millrace.manifest.InvalidJsonException;
import dev.millrace.manifest.Json;
import io.micronaut.scheduling.TaskExecutors;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;

/**
 * Turns checked JSON into payloads and back. Values of up to {@link #INLINE_BYTES} travel with the facts; larger ones are
 * stored once, by content hash, before anything refers to them. Safe for use by several threads; no public method blocks.
 */
@Singleton
public final class Payloads {
    /** The largest input or result. */
    public static final int MAX_BYTES = 1 << 20;
    /** Up to this size a value travels with the facts. */
    public static final int INLINE_BYTES = 2_048;

    private static final int CACHE_BYTES = 32 << 20;

    private final PayloadRows rows;
    private final ExecutorService blocking;
    private final Map<Key, byte[]> cache = new LinkedHashMap<>(64, 0.75f, true);
    private long cached;

    Payloads(RequestDatabase database, @Named(TaskExecutors.BLOCKING) ExecutorService blocking) {
        this.rows = new PayloadRows(database);
        this.blocking = blocking;
    }

    /** Names stored bytes; the hash is compared by content. */
    private record Key(TenantId tenant, ByteBuffer hash) {}

    /**
     * Refuses bytes that are not JSON as the product takes it.
     *
     * @param path the place of the value in the request, such as {@code $.input}
     * @throws ApiException with the code of the first fault
     */
    public static void requireJson(byte[] json, String path) {
        try {
            Json.check(json);
        } catch (InvalidJsonException e) {
            throw refusal(e, path);
        }
    }

    /** The refusal of JSON that stands at a place in a request. */
    static ApiException refusal(InvalidJsonException e, String path) {
        return new ApiException(
                ErrorCode.named(e.code()), e.getMessage(), path + e.path().substring(1));
    }

    /**
     * Refuses a value that is too large.
     *
     * @throws ApiException with {@link ErrorCode#PAYLOAD_TOO_LARGE}
     */
    public static void requireSize(byte[] json, String path) {
        if (json.length > MAX_BYTES) {
            throw new ApiException(
                    ErrorCode.PAYLOAD_TOO_LARGE,
                    "%s has %,d bytes; the limit is %,d. Keep the data elsewhere and send where it is."
                            .formatted(path, json.length, MAX_BYTES),
                    path);
        }
    }

    /**
     * Checks a value and counts its elements.
     *
     * @return how many elements it has if it is an array, else -1
     * @throws InvalidJsonException when it is not JSON as the product takes it
     */
    public static int elements(byte[] json) {
        if (startsArray(json)) {
            return Json.elements(json).length / 2;
        }
        if (json.length > 0) {
            Json.check(json);
        }
        return -1;
    }

    private static boolean startsArray(byte[] json) {
        for (byte b : json) {
            if (b != ' ' && b != '\n' && b != '\r' && b != '\t') {
                return b == '[';
            }
        }
        return false;
    }

    /**
     * Makes payloads of checked values, in order. Completes at once when all are small, else when the large ones are stored.
     */
    public CompletionStage<List<Payload>> keep(TenantId tenant, List<byte[]> values) {
        List<Payload> payloads = new ArrayList<>(values.size());
        Map<Key, byte[]> large = new HashMap<>();
        for (var value : values) {
            if (value.length <= INLINE_BYTES) {
                payloads.add(value.length == 0 ? Payload.NONE : Payload.inline(value));
            } else {
                var hash = sha256(value);
                large.put(new Key(tenant, ByteBuffer.wrap(hash)), value);
                payloads.add(Payload.stored(hash, value.length));
            }
        }
        if (large.isEmpty()) {
            return CompletableFuture.completedFuture(payloads);
        }
        return CompletableFuture.supplyAsync(
                () -> {
                    List<byte[]> hashes = new ArrayList<>();
                    large.keySet().forEach(key -> hashes.add(key.hash().array()));
                    rows.store(tenant, hashes, new ArrayList<>(large.values()));
                    large.forEach(this::remember);
                    return payloads;
                },
                blocking);
    }

    /**
     * The bytes of stored payloads. Completes at once when none must be read from the database.
     *
     * @return the bytes of every payload among those given that is stored, by payload
     */
    public CompletionStage<Map<Payload, byte[]>> load(TenantId tenant, Set<Payload> wanted) {
        if (wanted.isEmpty()) {
            return CompletableFuture.completedFuture(Map.of());
        }
        Map<Payload, byte[]> found = new HashMap<>();
        List<byte[]> missing = new ArrayList<>();
        for (var payload : wanted) {
            if (payload.kind() == Payload.Kind.STORED) {
                var bytes = remembered(new Key(tenant, ByteBuffer.wrap(payload.data())));
                if (bytes == null) {
                    missing.add(payload.data());
                } else {
                    found.put(payload, bytes);
                }
            }
        }
        if (missing.isEmpty()) {
            return CompletableFuture.completedFuture(found);
        }
        return CompletableFuture.supplyAsync(
                () -> {
                    rows.load(tenant, missing, (hash, bytes) -> {
                        remember(new Key(tenant, ByteBuffer.wrap(hash)), bytes);
                        found.put(Payload.stored(hash, bytes.length), bytes);
                    });
                    for (var payload : wanted) {
                        if (payload.kind() == Payload.Kind.STORED && !found.containsKey(payload)) {
                            throw new IllegalStateException("A payload of " + payload.size() + " bytes of tenant "
                                    + tenant + " is referred to and not stored.");
                        }
                    }
                    return found;
                },
                blocking);
    }

    /** The bytes of a payload, given those of the stored ones; empty for no value. */
    public static byte[] bytes(Payload payload, Map<Payload, byte[]> stored) {
        return switch (payload.kind()) {
            case NONE, INLINE -> payload.data();
            case STORED -> stored.get(payload);
        };
    }

    /** A JSON array of values. */
    public static byte[] joined(List<byte[]> values) {
        int length = 2 + Math.max(0, values.size() - 1);
        for (var value : values) {
            length += value.length;
        }
        var joined = ByteBuffer.allocate(length).put((byte) '[');
        for (int i = 0; i < values.size(); i++) {
            if (i > 0) {
                joined.put((byte) ',');
            }
            joined.put(values.get(i));
        }
        return joined.put((byte) ']').array();
    }

    private byte[] remembered(Key key) {
        synchronized (cache) {
            return cache.get(key);
        }
    }

    private void remember(Key key, byte[] bytes) {
        synchronized (cache) {
            if (cache.put(key, bytes) == null) {
                cached += bytes.length;
            }
            var eldest = cache.entrySet().iterator();
            while (cached > CACHE_BYTES && eldest.hasNext()) {
                cached -= eldest.next().getValue().length;
                eldest.remove();
            }
        }
    }

    /** The content hash. */
    public static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java runtime has SHA-256.", e);
        }
    }
}
