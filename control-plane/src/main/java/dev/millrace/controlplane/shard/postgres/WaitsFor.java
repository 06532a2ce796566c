package dev.millrace.controlplane.shard.postgres;

import dev.millrace.engine.Checkpoint;
import dev.millrace.engine.CheckpointKind;
import dev.millrace.engine.Hold.Gate;
import dev.millrace.engine.RunImage.TaskImage;
import dev.millrace.engine.TaskState;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/** What a task waits for that queues nowhere, as it stands in its row of analytics. */
public final class WaitsFor {
    private static final int NEXT_ATTEMPT = 0;
    private static final int BUDGET = 100;
    private static final int NEXT_TURN = 101;

    private WaitsFor() {}

    /** The gate that a code in a row stands for. */
    public static Gate gate(int code) {
        return switch (code) {
            case NEXT_ATTEMPT -> Gate.BACKOFF;
            case BUDGET -> Gate.BUDGET;
            case NEXT_TURN -> Gate.TURN;
            default -> Gate.of(CheckpointKind.ofCode(code));
        };
    }

    /** Empty when it does not wait, or queues. */
    static OptionalInt code(TaskImage task) {
        if (task.state() == TaskState.BACKING_OFF) {
            return OptionalInt.of(task.isBetweenTurns() ? NEXT_TURN : NEXT_ATTEMPT);
        }
        if (task.held().isPresent()) {
            return OptionalInt.of(BUDGET);
        }
        return firstOpen(task).map(open -> OptionalInt.of(open.kind().code())).orElse(OptionalInt.empty());
    }

    /** When that ends by itself; {@link Instant#MAX} for never. */
    static Instant until(TaskImage task) {
        return task.state() == TaskState.BACKING_OFF || task.held().isPresent()
                ? task.due()
                : firstOpen(task).map(Checkpoint::until).orElse(Instant.MAX);
    }

    private static Optional<Checkpoint> firstOpen(TaskImage task) {
        return task.state() == TaskState.WAITING
                ? task.checkpoints().all().stream().filter(Checkpoint::isOpen).findFirst()
                : Optional.empty();
    }
}
