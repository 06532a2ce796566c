package dev.millrace.engine;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a shard decided, as the journal stores it. Facts carry results, never expressions: applying them again gives the same
 * memory without asking anybody.
 */
public sealed interface Fact {

    /** The tenant that the fact belongs to. */
    TenantId tenant();

    /** When it was decided, by the shard's own clock, which never goes back. */
    Instant at();

    /** A fact about one run. */
    sealed interface OfRun extends Fact {
        RunId run();
    }

    /** A fact about one attempt. */
    sealed interface OfAttempt extends OfRun {
        AttemptRef attempt();

        @Override
        default RunId run() {
            return attempt().run();
        }
    }

    /**
     * A run was acknowledged. One whose terms are a failure fails with it before any of its steps begins.
     *
     * @param parent of a run that a durable step started, in the commit of its checkpoint
     */
    record RunStarted(
            TenantId tenant,
            Instant at,
            RunId run,
            int generation,
            VersionRef version,
            Payload input,
            String idempotencyKey,
            Priority priority,
            Map<String, String> metadata,
            Instant deadline,
            RunTerms terms,
            Optional<Parent> parent)
            implements OfRun {
        public RunStarted {
            metadata = Map.copyOf(metadata);
        }

        /** One that was started from outside. */
        public RunStarted(
                TenantId tenant,
                Instant at,
                RunId run,
                int generation,
                VersionRef version,
                Payload input,
                String idempotencyKey,
                Priority priority,
                Map<String, String> metadata,
                Instant deadline,
                RunTerms terms) {
            this(
                    tenant,
                    at,
                    run,
                    generation,
                    version,
                    input,
                    idempotencyKey,
                    priority,
                    metadata,
                    deadline,
                    terms,
                    Optional.empty());
        }

        /** Of a workflow without expressions. */
        public RunStarted(
                TenantId tenant,
                Instant at,
                RunId run,
                int generation,
                VersionRef version,
                Payload input,
                String idempotencyKey,
                Priority priority,
                Map<String, String> metadata,
                Instant deadline) {
            this(
                    tenant,
                    at,
                    run,
                    generation,
                    version,
                    input,
                    idempotencyKey,
                    priority,
                    metadata,
                    deadline,
                    RunTerms.NONE);
        }
    }

    /**
     * A run that had ended runs again, as a new generation. Says all there is to say of it, because its image need not be in memory.
     *
     * @param started when the run was first acknowledged
     * @param heard see {@link RunImage#heard}
     * @param kept the tasks whose results stay, in the order of their numbers
     */
    record RunReplayed(
            TenantId tenant,
            Instant at,
            RunId run,
            int generation,
            VersionRef version,
            Payload input,
            String idempotencyKey,
            Priority priority,
            Map<String, String> metadata,
            Instant started,
            Instant deadline,
            RunTerms terms,
            Optional<Parent> parent,
            Allowance allowance,
            Map<String, String> heard,
            List<RunImage.TaskImage> kept,
            String by,
            String reason)
            implements OfRun {
        public RunReplayed {
            metadata = Map.copyOf(metadata);
            heard = Map.copyOf(heard);
            kept = List.copyOf(kept);
        }
    }

    /**
     * A start became part of a run that has not begun. What it says counts from here on where the newest start replaces those before; where
     * starts are gathered, its input is one more of them.
     *
     * @param deadline when the run would have to end if it began now
     * @param closes when the window closes if nobody else joins
     */
    record StartJoined(
            TenantId tenant,
            Instant at,
            RunId run,
            Payload input,
            Priority priority,
            Map<String, String> metadata,
            Instant deadline,
            RunTerms terms,
            Instant closes)
            implements OfRun {
        public StartJoined {
            metadata = Map.copyOf(metadata);
        }
    }

    /**
     * Nobody joins the run any more: it begins.
     *
     * @param input of the run
     * @param terms what was evaluated with it
     */
    record WindowClosed(TenantId tenant, Instant at, RunId run, Payload input, Instant deadline, RunTerms terms)
            implements OfRun {}

    /** A unique key was claimed. */
    record KeyClaimed(TenantId tenant, Instant at, KeyEntry entry) implements Fact {}

    /**
     * An attempt was offered to a worker; tokens of the step's rate limits were taken at that instant.
     *
     * @param call number of the call that serves it together with others; 0 when it is alone
     * @param build the build that the run stays on from here on; empty where that does not change
     */
    record AttemptOffered(TenantId tenant, Instant at, AttemptRef attempt, WorkerId worker, long call, String build)
            implements OfAttempt {
        /** An attempt with a call of its own. */
        public AttemptOffered(TenantId tenant, Instant at, AttemptRef attempt, WorkerId worker) {
            this(tenant, at, attempt, worker, 0);
        }

        /** An attempt that changes nothing about where its run stays. */
        public AttemptOffered(TenantId tenant, Instant at, AttemptRef attempt, WorkerId worker, long call) {
            this(tenant, at, attempt, worker, call, "");
        }
    }

    /** The worker entered the method. */
    record AttemptStarted(TenantId tenant, Instant at, AttemptRef attempt) implements OfAttempt {}

    /** The attempt and with it the task succeeded. */
    record AttemptSucceeded(TenantId tenant, Instant at, AttemptRef attempt, Payload result, int elements)
            implements OfAttempt {}

    /**
     * The attempt and with it a turn of a loop ended, and another turn follows. The new turn has retries of its own.
     *
     * @param state what the next turn is given
     * @param next when it may be offered; the time of this fact where it is not to wait
     */
    record TurnEnded(TenantId tenant, Instant at, AttemptRef attempt, Payload state, Instant next)
            implements OfAttempt {}

    /** The attempt goes on without its slots; it counts as live in every other way. */
    record SlotsReleased(TenantId tenant, Instant at, AttemptRef attempt) implements OfAttempt {}

    /**
     * The attempt failed or timed out.
     *
     * @param state {@link AttemptState#FAILED}, {@link AttemptState#TIMED_OUT}, or {@link AttemptState#LOST} where a task that may run
     *     only once lost its worker
     * @param retryAt when the next attempt may be offered; {@link Instant#MAX} when there is none and the task has failed
     */
    record AttemptFailed(
            TenantId tenant, Instant at, AttemptRef attempt, AttemptState state, Failure failure, Instant retryAt)
            implements OfAttempt {
        /** Whether another attempt follows. */
        public boolean retried() {
            return !retryAt.equals(Instant.MAX);
        }
    }

    /** The attempt is void and its task queues again at the front, without being charged: worker gone, offer not accepted. */
    record AttemptLost(TenantId tenant, Instant at, AttemptRef attempt, String reason) implements OfAttempt {}

    /**
     * The attempt says what it has spent. Comes before the fact of the attempt's end, in the same commit, and earlier where the attempt
     * reports on its way; what is reported counts whatever becomes of the attempt.
     *
     * @param spent in all since the attempt began: never less used than the fact before said
     */
    record AttemptSpent(TenantId tenant, Instant at, AttemptRef attempt, Spent spent) implements OfAttempt {}

    /** The attempt may go on until then. */
    record AttemptExtended(TenantId tenant, Instant at, AttemptRef attempt, Instant until) implements OfAttempt {}

    /** The attempt was told to stop and its task is cancelled. */
    record AttemptCancelled(TenantId tenant, Instant at, AttemptRef attempt) implements OfAttempt {}

    /**
     * A step that was asked about runs: its tasks queue, on their terms. One that is not to run at all is a {@link TaskSkipped} or a
     * {@link TaskFailed}.
     *
     * @param verdicts one for all tasks, or one for each element of a mapped step: those that do not hold are skipped, those that
     *     cannot be told fail
     */
    record StepAdmitted(TenantId tenant, Instant at, RunId run, int generation, int node, List<Verdict> verdicts)
            implements OfRun {
        public StepAdmitted {
            verdicts = List.copyOf(verdicts);
        }
    }

    /**
     * The attempt left its worker because its step only waits. Not charged; the step goes on in another attempt.
     *
     * @param seen see {@link Command.SuspendAttempt}
     * @param needs how many later ones there have to be before it goes on, at least 1
     */
    record AttemptSuspended(TenantId tenant, Instant at, AttemptRef attempt, int seen, int needs) implements OfAttempt {
        /** One that any news concern. */
        public AttemptSuspended(TenantId tenant, Instant at, AttemptRef attempt, int seen) {
            this(tenant, at, attempt, seen, 1);
        }
    }

    /**
     * The attempt ends with it, and its run begins anew as the next generation: what was stored of its steps is dropped; signals that nobody
     * has taken stay, and what was taken of events is remembered.
     */
    record RunRestarted(
            TenantId tenant, Instant at, AttemptRef attempt, Payload input, Instant deadline, RunTerms terms)
            implements OfAttempt {}

    /**
     * A durable step did something, or waits for something.
     *
     * @param build the build that the run stays on from here on; empty where that does not change
     */
    record CheckpointStored(TenantId tenant, Instant at, AttemptRef attempt, Checkpoint checkpoint, String build)
            implements OfAttempt {
        /** One that changes nothing about where its run stays. */
        public CheckpointStored(TenantId tenant, Instant at, AttemptRef attempt, Checkpoint checkpoint) {
            this(tenant, at, attempt, checkpoint, "");
        }
    }

    /** What a durable step waited for came, or did not come in time. */
    record CheckpointSettled(
            TenantId tenant,
            Instant at,
            RunId run,
            int generation,
            int node,
            int element,
            CheckpointKey key,
            Checkpoint.State state,
            int order,
            Payload value,
            Optional<Failure> failure,
            String source)
            implements OfRun {}

    /** The run was sent a signal; which step takes it is a {@link CheckpointSettled} of its own. */
    record SignalReceived(TenantId tenant, Instant at, RunId run, Signal signal) implements OfRun {}

    /** A task failed without an attempt of its own: its queue timeout passed, or its condition or keys cannot be told. */
    record TaskFailed(TenantId tenant, Instant at, RunId run, int generation, int node, int element, Failure failure)
            implements OfRun {}

    /**
     * A task that could begin is held back by a budget of its run. It queues again by itself when there is room, which follows from the
     * facts: others have used less than they were expected to, or the budget was raised.
     */
    record TaskHeld(TenantId tenant, Instant at, RunId run, int generation, int node, int element, String budget)
            implements OfRun {}

    /**
     * Somebody let a run use more.
     *
     * @param limit how much it may use in all
     */
    record BudgetRaised(TenantId tenant, Instant at, RunId run, String budget, long limit, String by, String reason)
            implements OfRun {}

    /** A task will not run, because a parent that it needs has no value or its condition does not hold. */
    record TaskSkipped(TenantId tenant, Instant at, RunId run, int generation, int node, int element, String reason)
            implements OfRun {}

    /** Somebody asked for the end of a task: it is cancelled with this fact, or once its live attempt ends without success. */
    record TaskCancelRequested(
            TenantId tenant, Instant at, RunId run, int generation, int node, int element, String by, String reason)
            implements OfRun {}

    /**
     * Somebody decided what became of a task. A live attempt of it is void.
     *
     * @param state {@link TaskState#SUCCEEDED}, {@link TaskState#FAILED} or {@link TaskState#SKIPPED}
     * @param result only of one that succeeded
     */
    record TaskSettled(
            TenantId tenant,
            Instant at,
            RunId run,
            int generation,
            int node,
            int element,
            TaskState state,
            Payload result,
            int elements,
            String by,
            String reason)
            implements OfRun {}

    /** Something happened outside of the engine that belongs into the run's history. */
    record RunNoted(TenantId tenant, Instant at, RunId run, String what, String detail) implements OfRun {}

    /** Somebody asked for the end of the run. No new tasks from here on. */
    record RunCancelRequested(TenantId tenant, Instant at, RunId run, String reason) implements OfRun {}

    /** The run's deadline passed. No new tasks from here on. */
    record RunDeadlinePassed(TenantId tenant, Instant at, RunId run) implements OfRun {}

    /**
     * No attempt is live any more, and the run will not succeed: the named handlers run one after the other.
     *
     * @param handlers node numbers: compensations in reverse order of completion, then the on-failure handler if any
     */
    record CleanUpStarted(TenantId tenant, Instant at, RunId run, List<Integer> handlers) implements OfRun {
        public CleanUpStarted {
            handlers = List.copyOf(handlers);
        }
    }

    /**
     * The run ended. Its result is not repeated here: it is made of the results of the steps that the manifest names.
     *
     * @param compensated whether there was something to undo and all of it was undone
     */
    record RunEnded(TenantId tenant, Instant at, RunId run, RunState state, boolean compensated) implements OfRun {}

    /**
     * A provider said "not before": nobody takes tokens of this limit until then.
     *
     * @param key the value of the limit's key that it is about; empty for a limit without key
     */
    record RateLimitClosed(TenantId tenant, Instant at, String limit, String key, Instant until) implements Fact {}
}
