package dev.millrace.engine.core;

import dev.millrace.engine.AttemptState;
import dev.millrace.engine.RunState;
import dev.millrace.engine.TaskState;

/** What the state machines allow, for tests outside of this package. */
public final class Moves {
    private Moves() {}

    /** Whether some event leads a task from one state to another. */
    public static boolean leads(TaskState from, TaskState to) {
        return leads(Tables.TASK, from, to);
    }

    /** Whether some event leads an attempt from one state to another. */
    public static boolean leads(AttemptState from, AttemptState to) {
        return leads(Tables.ATTEMPT, from, to);
    }

    /** Whether some event leads a run from one state to another. */
    public static boolean leads(RunState from, RunState to) {
        return leads(Tables.RUN, from, to);
    }

    private static <S extends Enum<S>, E extends Enum<E>> boolean leads(StateTable<S, E> table, S from, S to) {
        return table.entries().stream().anyMatch(entry -> entry.from() == from && entry.to() == to);
    }
}
