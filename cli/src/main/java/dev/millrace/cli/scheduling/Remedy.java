package dev.millrace.cli.scheduling;

import dev.millrace.rest.model.Hold;
import java.util.Optional;

/** The command that helps against what holds a task back. */
final class Remedy {
    private Remedy() {}

    /**
     * What to try; empty where only time or other programs help.
     *
     * @param run whose task it is; empty where the tasks of many runs wait
     */
    static Optional<String> of(Hold hold, Optional<String> run) {
        var name = quoted(hold.getName());
        return switch (hold.getGate()) {
            case PAUSED -> Optional.of("millrace workflows resume " + name);
            case RUN_CONCURRENCY, CONCURRENCY ->
                Optional.ofNullable(hold.getLimit()).map(limit -> "millrace limits set " + name + " " + 2 * limit);
            case NO_TOKENS, LIMIT_CLOSED -> Optional.of("millrace limits list");
            case BUDGET -> run.map(id -> "millrace runs budget " + id + " " + name + " AMOUNT");
            case SIGNAL -> run.map(id -> "millrace runs signal " + id + " " + name);
            case APPROVAL -> Optional.of("millrace approvals list");
            case NO_COMPATIBLE_WORKER, NO_MATCHING_WORKER, NO_WORKER_LARGE_ENOUGH, SLOTS_TAKEN, STICKY_WORKER ->
                Optional.of("millrace workers list");
            default -> Optional.empty();
        };
    }

    /** As a shell takes it for one word. */
    private static String quoted(String name) {
        return name.matches("[A-Za-z0-9_./:@%+=#-]+") && !name.startsWith("#")
                ? name
                : "'" + name.replace("'", "'\\''") + "'";
    }
}
