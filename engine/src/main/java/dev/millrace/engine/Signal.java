package dev.millrace.engine;

import java.util.Objects;

/**
 * A message to a run, which one of its durable steps waits for, or may wait for later.
 *
 * @param name by which steps wait for it, at most {@link CheckpointKey#MOST_CHARACTERS} characters
 * @param request by which a signal that is sent again is known
 */
public record Signal(String name, String request, Payload payload) {
    public Signal {
        Objects.requireNonNull(payload, "payload");
        requireText("name", name);
        requireText("request id", request);
    }

    private static void requireText(String what, String text) {
        if (text.isBlank() || text.length() > CheckpointKey.MOST_CHARACTERS) {
            throw new IllegalArgumentException("The " + what + " of a signal has 1 to " + CheckpointKey.MOST_CHARACTERS
                    + " characters, but this one is '" + text + "'.");
        }
    }

    /** How many bytes it takes, about. */
    public long size() {
        return 64L + name.length() + request.length() + payload.size();
    }
}
