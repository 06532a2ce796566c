package dev.millrace.engine;

import java.util.List;
import java.util.Optional;

/** The answer to a command. */
public sealed interface Reply {

    /** One outcome per start, in order. */
    record RunsStarted(List<StartOutcome> outcomes) implements Reply {
        public RunsStarted {
            outcomes = List.copyOf(outcomes);
        }
    }

    /**
     * The answer to a cancel.
     *
     * @param accepted whether the run will be cancelled; else it had ended before, or was being undone already
     * @param state the state the run was in when the command was decided
     */
    record CancelDecided(boolean accepted, RunState state) implements Reply {}

    /**
     * The answer to {@link Command.SettleTask}.
     *
     * @param accepted whether the task is settled, or will be when its attempt ends; else it had not begun or had ended before
     * @param state the state the task was in when the command was decided
     */
    record TaskSettled(boolean accepted, TaskState state) implements Reply {}

    /**
     * The answer to {@link Command.SendSignal}: the run has the signal.
     *
     * @param known whether it had been sent before
     */
    record SignalTaken(boolean known) implements Reply {}

    /** What a run answered to a signal: the answer to {@link Command.AwaitAnswer}. */
    record Answered(Payload value) implements Reply {}

    /**
     * The answer to {@link Command.SettleWait}.
     *
     * @param accepted whether the wait is over by this
     * @param now how the wait stands; empty where there is none any more
     */
    record WaitSettled(boolean accepted, Optional<Checkpoint> now) implements Reply {}

    /**
     * The run runs again.
     *
     * @param generation number of the new execution
     */
    record RunReplayed(int generation) implements Reply {}

    /**
     * The run may use so much.
     *
     * @param used what it has used so far
     * @param limit how much it may use in all
     */
    record BudgetRaised(String budget, long used, long limit) implements Reply {}

    /** A followed run has ended. */
    record RunEnded(RunImage image) implements Reply {}

    /**
     * The attempt that was asked for goes on.
     *
     * @param version of its run
     */
    record AttemptLive(VersionRef version) implements Reply {}

    /** The current image of a run. */
    record RunRead(RunImage image) implements Reply {}

    /**
     * The answer to {@link Command.Explain}.
     *
     * @param state the state of the task now
     * @param holds all that holds it back; empty when it does not wait, because an attempt of it is live or it has ended. The live attempt of
     *     a durable step may wait too, at its worker
     */
    record Explained(TaskState state, List<Hold> holds) implements Reply {
        public Explained {
            holds = List.copyOf(holds);
        }
    }

    /** The limits of the tenant, by kind and name. */
    record LimitsRead(List<LimitStatus> limits) implements Reply {
        public LimitsRead {
            limits = List.copyOf(limits);
        }
    }

    /**
     * The answer to {@link Command.NoteRun}.
     *
     * @param noted false for a run that had ended: nothing follows that
     */
    record RunNoted(boolean noted) implements Reply {}

    /**
     * The answer to {@link Command.ExplainWorkflow}.
     *
     * @param crowds tasks that wait in queues, by what holds them back, the largest crowd first; of runs that are out of memory each
     *     counts as one task
     * @param paused since when and by whom it is paused, if it is
     */
    record WorkflowExplained(List<Crowd> crowds, Optional<TenantConfig.Pause> paused) implements Reply {
        public WorkflowExplained {
            crowds = List.copyOf(crowds);
        }
    }

    /**
     * Tasks that the same gate holds back.
     *
     * @param tasks how many they are
     * @param hold what holds the one back whose turn is first
     */
    record Crowd(long tasks, Hold hold) {}

    /** The workers of the tenant that are connected or awaited, in the order in which they came. */
    record WorkersRead(List<WorkerStatus> workers) implements Reply {
        public WorkersRead {
            workers = List.copyOf(workers);
        }
    }

    /** The command was not carried out: a stable code and a sentence. */
    record Refused(String code, String message) implements Reply {}
}
