package dev.millrace.controlplane.runs;

import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.controlplane.rest.BoundedDuration;
import dev.millrace.engine.KeyLife;
import dev.millrace.engine.Priority;
import dev.millrace.manifest.placement.LabelRequirement;
import dev.millrace.manifest.placement.PlacementSpec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * One start, as a client asks for it. Refuses options that no run can have; the input is checked later, against its schema.
 *
 * @param version hash of the version; empty for the latest, or for any of the shape
 * @param shape shape hash that the client was compiled against; empty for none
 * @param input JSON in UTF-8, not checked yet
 * @param keyLife for how long the key belongs to the run; needs a key unless it is {@link KeyLife#KEPT}
 * @param metadata at most 32 entries and 16 KiB
 * @param requires texts that labels of the run's workers must equal, whatever its steps say of the same labels; at most {@link
 *     #MAX_REQUIRES}
 * @param deadline longest time from start to end; empty for the workflow's own
 * @param follow number under which the shards tell the end of the run; 0 for none
 * @param path where in the request the start stands, such as {@code $.items[3]}
 */
record StartRequest(
        String workflow,
        String version,
        String shape,
        byte[] input,
        Optional<String> idempotencyKey,
        KeyLife keyLife,
        Priority priority,
        Map<String, String> metadata,
        Map<String, String> requires,
        Optional<Duration> deadline,
        long follow,
        String path) {

    static final Duration MIN_DEADLINE = Duration.ofSeconds(1);
    static final Duration MAX_DEADLINE = Duration.ofDays(366);

    static final int MAX_REQUIRES = PlacementSpec.MOST;

    private static final int MAX_METADATA_ENTRIES = 32;
    private static final int MAX_METADATA_BYTES = 16 << 10;
    private static final int MAX_KEY_LENGTH = 128;

    /** @throws ApiException when an option cannot be */
    StartRequest {
        metadata = Map.copyOf(metadata);
        requires = Map.copyOf(requires);
        requireLabels(requires, path + ".requires");
        if (idempotencyKey.isPresent()) {
            requireKey(idempotencyKey.get(), path + ".idempotencyKey");
        } else if (!(keyLife instanceof KeyLife.Kept)) {
            throw new ApiException(
                    ErrorCode.FIELD_INVALID,
                    path + ".idempotencyKeyLife is given without an idempotencyKey. Give both, or neither.",
                    path + ".idempotencyKeyLife");
        }
        requireMetadata(metadata, path + ".metadata");
        if (deadline.isPresent()
                && (deadline.get().compareTo(MIN_DEADLINE) < 0 || deadline.get().compareTo(MAX_DEADLINE) > 0)) {
            throw new ApiException(
                    ErrorCode.DURATION_INVALID,
                    path + ".deadline is " + deadline.get() + "; it must be 1 second to 366 days.",
                    path + ".deadline");
        }
    }

    /** Refuses a key or request id that cannot be stored or shown. */
    static void requireKey(String key, String path) {
        if (key.isEmpty() || key.length() > MAX_KEY_LENGTH || key.chars().anyMatch(Character::isISOControl)) {
            throw new ApiException(
                    ErrorCode.FIELD_INVALID,
                    path + " has " + key.length() + " characters; it must have 1 to " + MAX_KEY_LENGTH
                            + " and no control characters. Hash what is longer.",
                    path);
        }
    }

    /** The word for {@link KeyLife.UntilFinished}. */
    private static final String UNTIL_FINISHED = "until-finished";

    /**
     * For how long a key belongs to its run, as clients write it: a duration, or {@code until-finished}.
     *
     * @param text null for as long as keys are kept
     */
    static KeyLife keyLife(String text, String path) {
        if (text == null) {
            return KeyLife.KEPT;
        }
        return text.equals(UNTIL_FINISHED)
                ? new KeyLife.UntilFinished()
                : new KeyLife.For(BoundedDuration.parse(text, path, Duration.ofSeconds(1), KeyLife.For.LONGEST));
    }

    private static void requireLabels(Map<String, String> requires, String path) {
        if (requires.size() > MAX_REQUIRES) {
            throw new ApiException(
                    ErrorCode.FIELD_INVALID,
                    path + " has " + requires.size() + " labels; a run may require " + MAX_REQUIRES + ".",
                    path);
        }
        for (var entry : requires.entrySet()) {
            if (!LabelRequirement.isText(entry.getKey()) || !LabelRequirement.isText(entry.getValue())) {
                throw new ApiException(
                        ErrorCode.FIELD_INVALID,
                        path + " has label \"" + entry.getKey() + "\" with \"" + entry.getValue()
                                + "\"; both must have 1 to " + LabelRequirement.LONGEST
                                + " characters and none that controls a terminal.",
                        path);
            }
        }
    }

    private static void requireMetadata(Map<String, String> metadata, String path) {
        if (metadata.size() > MAX_METADATA_ENTRIES) {
            throw new ApiException(
                    ErrorCode.METADATA_TOO_LARGE,
                    path + " has " + metadata.size() + " entries; the limit is " + MAX_METADATA_ENTRIES + ".",
                    path);
        }
        int bytes = 0;
        for (var entry : metadata.entrySet()) {
            requireKey(entry.getKey(), path);
            if (entry.getValue().indexOf(0) >= 0) {
                throw new ApiException(
                        ErrorCode.UNSUPPORTED_CHARACTER,
                        path + "." + entry.getKey() + " contains U+0000, which cannot be stored; leave it out.",
                        path + "." + entry.getKey());
            }
            bytes += entry.getKey().getBytes(StandardCharsets.UTF_8).length
                    + entry.getValue().getBytes(StandardCharsets.UTF_8).length;
        }
        if (bytes > MAX_METADATA_BYTES) {
            throw new ApiException(
                    ErrorCode.METADATA_TOO_LARGE,
                    path + " has " + bytes + " bytes; the limit is " + MAX_METADATA_BYTES
                            + ". Put data into the input; metadata is for searching.",
                    path);
        }
    }
}
