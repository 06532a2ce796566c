package dev.millrace.engine.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.engine.AttemptState;
import dev.millrace.engine.RunState;
import dev.millrace.engine.TaskState;
import dev.millrace.engine.core.Tables.AttemptEvent;
import dev.millrace.engine.core.Tables.RunEvent;
import dev.millrace.engine.core.Tables.TaskEvent;
import org.junit.jupiter.api.Test;

class TablesTest {

    @Test
    void noFinalStateIsEverLeft() {
        assertThat(Tables.TASK.entries()).noneMatch(entry -> entry.from().isFinal());
        assertThat(Tables.ATTEMPT.entries()).noneMatch(entry -> entry.from().isFinal());
        assertThat(Tables.RUN.entries()).noneMatch(entry -> entry.from().isFinal());
    }

    @Test
    void everyEventMeansSomethingInSomeState() {
        assertThat(Tables.TASK.entries()).extracting(StateTable.Entry::event).contains(TaskEvent.values());
        assertThat(Tables.ATTEMPT.entries()).extracting(StateTable.Entry::event).contains(AttemptEvent.values());
        assertThat(Tables.RUN.entries()).extracting(StateTable.Entry::event).contains(RunEvent.values());
    }

    @Test
    void everyStateCanBeReached() {
        assertThat(Tables.ATTEMPT.entries())
                .extracting(StateTable.Entry::to)
                .contains(
                        AttemptState.RUNNING,
                        AttemptState.SUCCEEDED,
                        AttemptState.FAILED,
                        AttemptState.TIMED_OUT,
                        AttemptState.LOST,
                        AttemptState.CANCELLED);
        assertThat(Tables.RUN.entries())
                .extracting(StateTable.Entry::to)
                .contains(RunState.RUNNING, RunState.WAITING, RunState.SUCCEEDED, RunState.FAILED)
                .contains(RunState.CANCELLED, RunState.TIMED_OUT);
    }

    @Test
    void whatTheTableDoesNotHaveIsAContradiction() {
        assertThatThrownBy(() -> Tables.TASK.next(TaskState.SUCCEEDED, TaskEvent.OFFERED))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("SUCCEEDED")
                .hasMessageContaining("OFFERED");
    }
}
