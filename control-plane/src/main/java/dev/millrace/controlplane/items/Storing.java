package dev.millrace.controlplane.items;

import dev.millrace.controlplane.errors.ErrorCode;

/** What became of a chunk. */
sealed interface Storing {
    /** It is stored, or was before. */
    record Stored() implements Storing {}

    /** It is not, and nothing more of its attempt will be. */
    record Refused(ErrorCode code, String message) implements Storing {}
}
