package dev.millrace.samples.review.simulated;

import dev.millrace.samples.review.Web;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A web in which hosts that end with {@code .invalid} do not exist, and those that begin with {@code slow.} do not answer when they are
 * asked first. Safe for use by many threads.
 */
public final class SimulatedWeb implements Web {
    private final Set<String> asked = ConcurrentHashMap.newKeySet();

    @Override
    public boolean has(String address) {
        if (address.contains("//slow.") && asked.add(address)) {
            throw new UncheckedIOException(new IOException(address + " did not answer."));
        }
        return !address.contains(".invalid");
    }
}
