package dev.millrace.engine.scheduling;

import dev.millrace.engine.Hold;
import java.time.Instant;
import java.util.List;

/** A fault that the engine must not have: a task that could go, and whose turn nobody asks for. */
public final class ForgottenTask {
    private ForgottenTask() {}

    /** What it waits for. */
    public static List<Hold> holds(Instant now) {
        var stage = new Stage();
        var task = stage.queue(stage.alike().lane());
        stage.join(1, stage.shape);
        return stage.scheduler.holds(task, now, now.toEpochMilli() * 1_000);
    }
}
