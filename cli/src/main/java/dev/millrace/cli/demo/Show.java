package dev.millrace.cli.demo;

import java.nio.file.Path;
import java.util.Map;

/** A sample on the demo's stage, with what it needs around its worker. For one thread. */
public interface Show extends AutoCloseable {

    /** The name of the sample: that of its directory, and of the workflow that it is about. */
    String sample();

    /** How many runs it starts. At least 1. */
    int runs();

    /**
     * Variables of its worker's environment that say where other systems are.
     *
     * @param data the directory of the control plane, which is up
     */
    default Map<String, String> surroundings(Path data) {
        return Map.of();
    }

    /** Runs it, on a control plane and a worker that are up. */
    Shown run(Stage stage) throws InterruptedException;

    @Override
    default void close() {}
}
