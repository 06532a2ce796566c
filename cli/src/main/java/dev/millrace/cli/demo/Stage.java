package dev.millrace.cli.demo;

import dev.millrace.cli.terminal.ProgressLine;
import dev.millrace.client.Millrace;
import java.net.URI;

/**
 * What a show has to work with.
 *
 * @param millrace connected to the control plane
 * @param controlPlane its REST API
 * @param care to be called again and again, so that the processes are watched over
 */
public record Stage(Millrace millrace, URI controlPlane, ProgressLine progress, Care care) {

    /** Watches over the processes. */
    @FunctionalInterface
    public interface Care {
        /** @param endedRuns how many of the show's runs have ended */
        void look(int endedRuns);
    }
}
