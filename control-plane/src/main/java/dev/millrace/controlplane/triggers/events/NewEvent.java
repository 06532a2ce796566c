package dev.millrace.controlplane.triggers.events;

import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.manifest.Names;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * An event as somebody publishes it. Refuses what no event can have.
 *
 * @param key what its publisher calls it: of two events with the same one only the first counts; empty for none
 * @param name what happened, such as {@code order.placed}
 * @param scope for whom; empty for everybody
 * @param metadata at most 30 labels of 16 KiB; the runs that it starts get them too
 * @param data checked JSON in UTF-8, at most 256 KiB
 * @param replayOf the event whose replay it is
 * @param path where in the request it stands, such as {@code $.items[3]}
 */
public record NewEvent(
        String key,
        String name,
        String scope,
        Map<String, String> metadata,
        byte[] data,
        Optional<UUID> replayOf,
        String path) {
    /** The largest event. */
    public static final int MAX_BYTES = 256 << 10;

    private static final int MAX_KEY_LENGTH = 128;
    private static final int MAX_LABELS = 30;
    private static final int MAX_LABEL_BYTES = 16 << 10;

    /** @throws ApiException when it cannot be an event */
    public NewEvent {
        metadata = Map.copyOf(metadata);
        if (!Names.isName(name)) {
            throw new ApiException(
                    ErrorCode.FIELD_INVALID,
                    path + ".name is \"" + shortened(name)
                            + "\"; the name of an event is 1 to 128 letters, digits, '.',"
                            + " '_', ':' or '-', and begins with a letter or digit. '*' is for those who listen.",
                    path + ".name");
        }
        if (!scope.isEmpty() && !Names.isName(scope)) {
            throw new ApiException(
                    ErrorCode.FIELD_INVALID,
                    path + ".scope is \"" + shortened(scope)
                            + "\"; a scope is 1 to 128 letters, digits, '.', '_', ':' or '-'.",
                    path + ".scope");
        }
        if (key.length() > MAX_KEY_LENGTH || key.chars().anyMatch(Character::isISOControl)) {
            throw new ApiException(
                    ErrorCode.FIELD_INVALID,
                    path + ".id has " + key.length() + " characters; it must have 1 to " + MAX_KEY_LENGTH
                            + " and no control characters. Hash what is longer.",
                    path + ".id");
        }
        if (data.length > MAX_BYTES) {
            throw new ApiException(
                    ErrorCode.PAYLOAD_TOO_LARGE,
                    "%s.data has %,d bytes; the limit is %,d. Keep the data elsewhere and send where it is."
                            .formatted(path, data.length, MAX_BYTES),
                    path + ".data");
        }
        requireLabels(metadata, path + ".metadata");
        Chain.of(metadata, path + ".metadata");
    }

    /** Where it comes from. */
    Chain chain() {
        return Chain.of(metadata, path + ".metadata");
    }

    private static void requireLabels(Map<String, String> metadata, String path) {
        int bytes = 0;
        for (var label : metadata.entrySet()) {
            if (label.getKey().isEmpty()
                    || label.getKey().length() > MAX_KEY_LENGTH
                    || label.getKey().chars().anyMatch(Character::isISOControl)
                    || label.getValue().indexOf(0) >= 0) {
                throw new ApiException(
                        ErrorCode.FIELD_INVALID,
                        path + " has the label \"" + shortened(label.getKey())
                                + "\"; a label has a name of 1 to 128 characters, and no control characters.",
                        path);
            }
            bytes += label.getKey().getBytes(StandardCharsets.UTF_8).length
                    + label.getValue().getBytes(StandardCharsets.UTF_8).length;
        }
        if (metadata.size() > MAX_LABELS || bytes > MAX_LABEL_BYTES) {
            throw new ApiException(
                    ErrorCode.METADATA_TOO_LARGE,
                    path + " has " + metadata.size() + " labels of " + bytes + " bytes; the limits are " + MAX_LABELS
                            + " labels and " + MAX_LABEL_BYTES + " bytes. Put data into the event itself.",
                    path);
        }
    }

    private static String shortened(String text) {
        return text.length() <= 150 ? text : text.substring(0, 150) + "…";
    }
}
