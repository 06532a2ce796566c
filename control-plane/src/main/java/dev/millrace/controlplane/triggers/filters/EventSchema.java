package dev.millrace.controlplane.triggers.filters;

import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import dev.millrace.manifest.InvalidManifestException;
import dev.millrace.manifest.Json;
import dev.millrace.manifest.Names;
import dev.millrace.manifest.SchemaCheck;
import java.time.Instant;

/**
 * What the data of the events of a name looks like.
 *
 * @param event their name, without {@code *}
 * @param text the JSON Schema, in UTF-8
 */
record EventSchema(String event, byte[] text, Instant updatedAt) {
    private static final int MAX_BYTES = 64 << 10;

    /** @throws ApiException when there can be no events of that name */
    static String requireName(String event) {
        if (!Names.isName(event)) {
            throw new ApiException(
                    ErrorCode.PARAM_INVALID,
                    "There are no events of the name \"" + event
                            + "\": a name is 1 to 128 letters, digits, '.', '_', ':'"
                            + " or '-', and begins with a letter or digit. Schemas are for whole names, without '*'.",
                    "eventName");
        }
        return event;
    }

    /**
     * Ready for checking.
     *
     * @param path where the schema stands
     * @throws ApiException when it is none, or asks for what is not supported
     */
    SchemaCheck check(String path) {
        if (text.length > MAX_BYTES) {
            throw new ApiException(
                    ErrorCode.PAYLOAD_TOO_LARGE,
                    "%s has %,d bytes; the limit is %,d.".formatted(path, text.length, MAX_BYTES),
                    path);
        }
        try {
            return SchemaCheck.of(Json.read(text));
        } catch (InvalidManifestException e) {
            throw new ApiException(
                    ErrorCode.FIELD_INVALID, path + " is no schema that can be checked: " + e.getMessage(), path);
        }
    }
}
