package dev.millrace.cli.tasks;

import java.util.UUID;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which task, and why it is settled by hand. */
final class TaskOptions {
    @Parameters(index = "0", paramLabel = "RUN", description = "Id of the run.")
    private UUID run;

    @Parameters(index = "1", paramLabel = "STEP", description = "Name of the step, as \"runs get\" shows it.")
    private String step;

    @Option(names = "--element", paramLabel = "N", description = "Which element of a mapped step, counted from 0.")
    private Integer element;

    @Option(
            names = "--reason",
            paramLabel = "TEXT",
            required = true,
            description = "Why; it stands in the history with who did it.")
    private String reason;

    UUID run() {
        return run;
    }

    String step() {
        return step;
    }

    /** Null where the step is not mapped. */
    Integer element() {
        return element;
    }

    String reason() {
        return reason;
    }
}
