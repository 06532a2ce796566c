package dev.millrace.engine;

import java.util.UUID;

/** Names a worker process. It is chosen by the process and kept over reconnects. */
public record WorkerId(UUID value) {
    @Override
    public String toString() {
        return value.toString();
    }
}
