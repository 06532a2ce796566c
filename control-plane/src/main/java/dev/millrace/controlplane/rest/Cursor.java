package dev.millrace.controlplane.rest;

import dev.millrace.controlplane.errors.ApiException;
import dev.millrace.controlplane.errors.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * The position after a page, as clients carry it: opaque to them, the sort key of the last entry to us. It grants nothing, so it
 * is not signed: a forged one yields another page of the same tenant.
 */
public final class Cursor {
    private Cursor() {}

    /** The cursor of a position. */
    public static String of(String position) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(position.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * The position of a cursor; empty for the first page.
     *
     * @param cursor null when the request has none
     * @throws ApiException with {@link ErrorCode#PARAM_INVALID}
     */
    public static String text(String cursor) {
        if (cursor == null) {
            return "";
        }
        try {
            var position = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
            if (!of(position).equals(cursor) || position.indexOf(0) >= 0) {
                throw invalid(cursor);
            }
            return position;
        } catch (IllegalArgumentException e) {
            throw invalid(cursor);
        }
    }

    /** The refusal of a cursor that cannot have come from us. */
    public static ApiException invalid(String cursor) {
        return new ApiException(
                ErrorCode.PARAM_INVALID,
                "Parameter cursor is \"" + cursor
                        + "\", which no page gave out. Send nextCursor of the page before, unchanged.",
                "cursor");
    }
}
