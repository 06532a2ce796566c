package dev.millrace.engine;

import dev.millrace.manifest.Manifest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * What is asked of a shard. Commands are made at the edge, after authentication and after every check that needs payload
 * bytes, a database or a library; the core decides them in the order in which it receives them.
 *
 * <p>A {@code replyTo} is a number that the edge chose; exactly one {@link Effect.Reply} carries it back (a follower's when
 * its run ends).
 *
 * <p>Long because there are many commands: all that can be asked of a shard stands in one list.
 */
public sealed interface Command {

    /** A command about one run. When that is not in memory, the command waits until its image is loaded. */
    sealed interface AboutRun extends Command {
        long replyTo();

        TenantId tenant();

        RunId run();
    }

    /**
     * Makes a version known. Must come before any command or image that names the version; harmless when repeated. It
     * leaves no fact, because configuration is rows of its own.
     *
     * @param service the service that owns the workflow
     */
    record DefineVersion(TenantId tenant, ServiceId service, VersionRef version, Manifest manifest)
            implements Command {}

    /**
     * Starts runs, all in one commit; each is accepted or refused by itself.
     *
     * @param request names the whole batch, so that the same batch sent again gets the same answer
     * @param request a UUIDv7 made just now is known to be new without asking the store; every other one is looked up
     * @param mayBeKnown the request is sent again, so the keys that were stored are read first in any case
     */
    record StartRuns(long replyTo, TenantId tenant, UUID request, boolean mayBeKnown, List<RunStart> runs)
            implements Command {
        public StartRuns {
            runs = List.copyOf(runs);
        }
    }

    /**
     * One run to start.
     *
     * @param run id made by the edge
     * @param idempotencyKey at most one run per workflow and key, as long as the key lives
     * @param digest hash of the input, by which a key that comes again with another input is noticed; empty without key
     * @param deadline longest time from start to end; empty means the workflow's own
     * @param follow {@code replyTo} under which the run's end is sent; 0 for none
     * @param terms what the edge evaluated with the input
     * @param keyLife for how long the key belongs to the run; means nothing without key
     */
    record RunStart(
            RunId run,
            VersionRef version,
            Payload input,
            Optional<String> idempotencyKey,
            String digest,
            Priority priority,
            Map<String, String> metadata,
            Optional<Duration> deadline,
            long follow,
            RunTerms terms,
            KeyLife keyLife) {
        public RunStart {
            metadata = Map.copyOf(metadata);
        }

        /** A start whose key is kept. */
        public RunStart(
                RunId run,
                VersionRef version,
                Payload input,
                Optional<String> idempotencyKey,
                String digest,
                Priority priority,
                Map<String, String> metadata,
                Optional<Duration> deadline,
                long follow,
                RunTerms terms) {
            this(
                    run,
                    version,
                    input,
                    idempotencyKey,
                    digest,
                    priority,
                    metadata,
                    deadline,
                    follow,
                    terms,
                    KeyLife.KEPT);
        }

        /** A start of a workflow without expressions. */
        public RunStart(
                RunId run,
                VersionRef version,
                Payload input,
                Optional<String> idempotencyKey,
                String digest,
                Priority priority,
                Map<String, String> metadata,
                Optional<Duration> deadline,
                long follow) {
            this(run, version, input, idempotencyKey, digest, priority, metadata, deadline, follow, RunTerms.NONE);
        }
    }

    /**
     * Ends a run early. Its live attempts are told to stop, and when the last has ended (because its worker said so, was lost, or
     * let the step's timeout pass) its compensations run. A run whose clean-up has begun is not cancelled any more.
     */
    record CancelRun(long replyTo, TenantId tenant, RunId run, String reason) implements AboutRun {}

    /**
     * Lets a run that has not ended use more: answered with {@link Reply.BudgetRaised}.
     *
     * @param limit how much of it the run may use in all; not less than now
     * @param by who asks, for the run's history
     */
    record RaiseBudget(long replyTo, TenantId tenant, RunId run, String budget, long limit, String by, String reason)
            implements AboutRun {}

    /**
     * Answers {@link Effect.GatherInput}. Without effect when the run does not ask any more.
     *
     * @param starts how many elements were asked about
     * @param terms what the edge evaluated with the input
     */
    record InputGathered(TenantId tenant, RunId run, int starts, Payload input, RunTerms terms) implements Command {}

    /**
     * Puts something that happened outside of the engine into the history of a run that has not ended; changes nothing else. Answered with
     * {@link Reply.RunNoted}.
     *
     * @param what a stable word, such as {@code CHAIN_DEPTH}
     */
    record NoteRun(long replyTo, TenantId tenant, RunId run, String what, String detail) implements AboutRun {}

    /** Asks for the end of a run: answered with {@link Reply.RunEnded} at once or when it ends. */
    record FollowRun(long replyTo, TenantId tenant, RunId run) implements AboutRun {}

    /** Nobody waits for the answers to these {@code replyTo}s any more; they get none. */
    record Unfollow(List<Long> replyTos) implements Command {
        public Unfollow {
            replyTos = List.copyOf(replyTos);
        }
    }

    /** Asks for the current image of a run: answered with {@link Reply.RunRead}. */
    record ReadRun(long replyTo, TenantId tenant, RunId run) implements AboutRun {}

    /**
     * Asks whether an attempt is live and has this worker: answered with {@link Reply.AttemptLive}, or refused with {@code
     * STALE_ATTEMPT}. Changes nothing.
     */
    record CheckAttempt(long replyTo, TenantId tenant, WorkerId worker, AttemptRef attempt) implements AboutRun {
        @Override
        public RunId run() {
            return attempt.run();
        }
    }

    /**
     * Asks why a task waits: answered with {@link Reply.Explained}. Changes nothing.
     *
     * @param node number of the step, compensation or handler in the {@link WorkflowPlan}
     * @param element 0 but for mapped steps
     */
    record Explain(long replyTo, TenantId tenant, RunId run, int node, int element) implements AboutRun {}

    /**
     * Ends a task from outside: answered with {@link Reply.TaskSettled}. Only a task that has begun to queue and has not ended can
     * be settled.
     *
     * @param node number of the step, compensation or handler in the {@link WorkflowPlan}
     * @param element 0 but for mapped steps
     * @param by who asks, for the run's history
     * @param reason why, for the run's history
     */
    record SettleTask(
            long replyTo,
            TenantId tenant,
            RunId run,
            int node,
            int element,
            Settlement settlement,
            String by,
            String reason)
            implements AboutRun {}

    /**
     * Runs a run that has ended once more, as a new generation of it: answered with {@link Reply.RunReplayed}. Steps that succeeded
     * keep their results, but for those that are to run again: what the command names, what has been undone, and all that follows
     * from those. Conditions are asked anew. The run has the deadline of its workflow, from now.
     *
     * @param expected the generation that is to be replayed, so that what is asked twice is done once; 0 for the newest, whichever
     * @param input another input, for the steps that run again; empty for the same, on the terms that were evaluated with it
     * @param by who asks, for the run's history
     * @param reason why, for the run's history
     */
    record ReplayRun(
            long replyTo,
            TenantId tenant,
            RunId run,
            int expected,
            ReplayFrom from,
            Optional<NewInput> input,
            String by,
            String reason)
            implements AboutRun {}

    /**
     * Another input of a run that is replayed.
     *
     * @param terms what the edge evaluated with it
     */
    record NewInput(Payload payload, RunTerms terms) {}

    /** Where a replay begins. */
    sealed interface ReplayFrom {
        /** Everything runs again. */
        record Start() implements ReplayFrom {}

        /** What did not succeed runs again. */
        record FailedSteps() implements ReplayFrom {}

        /**
         * A step runs again, and all that follows from it.
         *
         * @param node its number in the {@link WorkflowPlan}
         */
        record Step(int node) implements ReplayFrom {}

        /**
         * A durable step goes on from one of its checkpoints: it keeps what its code stored before it came there, and does that and what
         * comes behind again; and all that follows from the step. Needs the same input and the results of all steps before it.
         *
         * @param node its number in the {@link WorkflowPlan}
         * @param element 0 but for mapped steps, whose other elements run again only if they did not succeed
         */
        record AtCheckpoint(int node, int element, CheckpointKey key) implements ReplayFrom {}
    }

    /**
     * Sends a run a signal: answered with {@link Reply.SignalTaken} once it is stored. The oldest wait of its name gets it, or else the
     * first that comes; sent again under the same request id it is known.
     */
    record SendSignal(long replyTo, TenantId tenant, RunId run, Signal signal) implements AboutRun {}

    /**
     * Asks for what the run answers to a signal that it has been sent: answered with {@link Reply.Answered} at once or when it does,
     * refused when the run ends without.
     *
     * @param request by which the signal is known
     */
    record AwaitAnswer(long replyTo, TenantId tenant, RunId run, String request) implements AboutRun {}

    /**
     * Brings a task what it waits for: answered with {@link Reply.WaitSettled}. Of several that bring something to the same wait the first
     * counts. An event comes to each task once, whatever it waits for.
     *
     * @param key names an open wait of the kind
     * @param state {@link Checkpoint.State#DONE}, or {@link Checkpoint.State#TIMED_OUT} where nothing will come any more
     * @param value only of what is done
     * @param source see {@link Checkpoint#source}
     */
    record SettleWait(
            long replyTo,
            TenantId tenant,
            RunId run,
            int generation,
            int node,
            int element,
            CheckpointKey key,
            CheckpointKind kind,
            Checkpoint.State state,
            Payload value,
            String source)
            implements AboutRun {
        public SettleWait {
            boolean settles = state == Checkpoint.State.DONE || state == Checkpoint.State.TIMED_OUT;
            if (!kind.isBrought() || source.isEmpty() || !settles) {
                throw new IllegalArgumentException("Nobody brings " + kind + " from '" + source + "' to a wait.");
            }
        }
    }

    /** What becomes of a task that is settled. */
    sealed interface Settlement {
        /**
         * It is not wanted any more. A live attempt is told to stop and has its say: if it succeeds after all the task has
         * succeeded, else the task is cancelled and never tried again, and the run fails with {@link Failure#TASK_CANCELLED}.
         */
        record Cancel() implements Settlement {}

        /**
         * It counts as succeeded with this value. A live attempt is void.
         *
         * @param elements as in {@link Outcome.Success}
         */
        record Complete(Payload result, int elements) implements Settlement {}

        /** It counts as failed for good, with {@link Failure#FAILED_BY_HAND}. A live attempt is void. */
        record Fail() implements Settlement {}

        /** It counts as skipped. A live attempt is void. */
        record Skip() implements Settlement {}
    }

    /**
     * A worker's stream opened.
     *
     * @param session number of the stream, chosen by the edge, never used again
     * @param running attempts that the worker still executes or whose completions it has not seen acknowledged
     */
    record ConnectWorker(long session, TenantId tenant, WorkerInfo worker, List<AttemptRef> running)
            implements Command {
        public ConnectWorker {
            running = List.copyOf(running);
        }
    }

    /** What a worker said in one frame. Decided in this order: accepted, completions, returned, draining. */
    record WorkerSays(
            long session,
            List<AttemptRef> accepted,
            List<Completion> completions,
            List<AttemptRef> returned,
            boolean draining)
            implements Command {
        public WorkerSays {
            accepted = List.copyOf(accepted);
            completions = List.copyOf(completions);
            returned = List.copyOf(returned);
        }
    }

    /**
     * The end of an attempt, as its worker tells it.
     *
     * @param sequence number by which the worker knows the completion; acknowledged by {@link Effect.AckCompletions}
     * @param spent what the attempt spent in all
     */
    record Completion(long sequence, AttemptRef attempt, Outcome outcome, Spent spent) {

        /** Of an attempt that says nothing of what it spent. */
        public Completion(long sequence, AttemptRef attempt, Outcome outcome) {
            this(sequence, attempt, outcome, Spent.NONE);
        }
    }

    /**
     * An attempt that goes on says what it has spent so far, so that it counts whatever becomes of its worker.
     *
     * @param spent in all since the attempt began
     */
    record ReportSpent(long session, AttemptRef attempt, Spent spent) implements Command {}

    /** How an attempt ended. */
    sealed interface Outcome {
        /**
         * With a value, or without one.
         *
         * @param elements number of elements when the value is a list that a mapped step takes apart, else -1; counted at the
         *     edge because the core does not look into payloads
         */
        record Success(Payload result, int elements) implements Outcome {}

        record Failed(Failure failure) implements Outcome {}

        /**
         * With a turn of a loop that is not its last.
         *
         * @param state what the next turn is given; always a value
         * @param delay how long it is until then, at least; not negative
         */
        record Again(Payload state, Duration delay) implements Outcome {
            public Again {
                if (!state.isPresent() || delay.isNegative()) {
                    throw new IllegalArgumentException(
                            "A turn leaves a state for the next and lets no time run backwards, but left "
                                    + (state.isPresent() ? "one" : "none") + " with a delay of " + delay + ".");
                }
            }
        }

        /** Stopped because the engine had cancelled it. */
        record Cancelled() implements Outcome {}

        /** A durable step wants its run to begin anew with another input. */
        record Restart(NewInput input) implements Outcome {}
    }

    /**
     * An attempt needs more time: it may go on for so long from now. Never shortens its time; the run's deadline still holds.
     *
     * @param more at most a year
     */
    record ExtendTimeout(long session, AttemptRef attempt, Duration more) implements Command {
        public ExtendTimeout {
            if (more.isNegative() || more.compareTo(MOST) > 0) {
                throw new IllegalArgumentException(
                        "An attempt may be given up to " + MOST + " more, not " + more + ".");
            }
        }

        /** The most that an attempt may be given at once. */
        public static final Duration MOST = Duration.ofDays(366);
    }

    /**
     * A durable step tells what its code has done, or waits for: answered with {@link Effect.CheckpointsStored} once it is stored.
     * Harmless when repeated; what is stored already stays as it is.
     */
    record StoreCheckpoints(long session, AttemptRef attempt, List<NewCheckpoint> made) implements Command {
        public StoreCheckpoints {
            made = List.copyOf(made);
        }
    }

    /**
     * One action of a durable step. The parameters that are not explained here are those of {@link Checkpoint}.
     *
     * @param number by which the worker knows it within the attempt
     */
    record NewCheckpoint(
            long number, CheckpointKey key, int place, CheckpointKind kind, String digest, Content content) {}

    /** What there is to store of an action. */
    sealed interface Content {
        /** It ended. */
        record Value(Payload value) implements Content {}

        /** It failed for good. */
        record Failed(Failure failure) implements Content {}

        /**
         * It waits, from now, for so long at most.
         *
         * @param ask what it waits for; may be absent
         */
        record Wait(Duration atMost, Payload ask) implements Content {
            /** A wait whose kind and name say all. */
            public Wait(Duration atMost) {
                this(atMost, Payload.NONE);
            }

            public Wait {
                if (atMost.isNegative() || atMost.compareTo(ExtendTimeout.MOST) > 0) {
                    throw new IllegalArgumentException(
                            "A durable step may wait up to " + ExtendTimeout.MOST + " at once, not " + atMost + ".");
                }
            }
        }

        /** It waits until then at most. */
        record WaitUntil(Instant until) implements Content {}

        /**
         * A run begins, and it waits for the end of that. Where there is such a checkpoint already, nothing begins.
         *
         * @param start under a key of its own that the checkpoint takes the place of; its metadata are all that the child has
         * @param ofParentsClass whether its priority is that of its parent
         * @param abandoned see {@link Parent#abandoned}
         */
        record Child(RunStart start, boolean ofParentsClass, boolean abandoned) implements Content {
            public Child {
                if (start.idempotencyKey().isPresent()) {
                    throw new IllegalArgumentException(
                            "A child is known by its parent's checkpoint and has no idempotency key.");
                }
            }
        }
    }

    /**
     * Everything in a durable step waits, and its attempt has left the worker.
     *
     * @param seen the highest {@link Checkpoint#order} that the worker knew of; what was settled later is news to the step, so it goes
     *     on at once
     * @param needs how much has to be news before there is anything to do for the code, at least 1: so many of what it waits for are open
     * @param spent what the attempt spent in all
     */
    record SuspendAttempt(long session, AttemptRef attempt, int seen, int needs, Spent spent) implements Command {
        public SuspendAttempt {
            if (needs < 1) {
                throw new IllegalArgumentException("A step waits for 1 thing at least, not for " + needs + ".");
            }
        }

        /** Of an attempt that says nothing of what it spent, and goes on with the next news. */
        public SuspendAttempt(long session, AttemptRef attempt, int seen) {
            this(session, attempt, seen, 1, Spent.NONE);
        }

        /** Of an attempt that goes on with the next news. */
        public SuspendAttempt(long session, AttemptRef attempt, int seen, Spent spent) {
            this(session, attempt, seen, 1, spent);
        }
    }

    /** A worker's stream ended, or was silent for too long. Its attempts have the reconnect grace to be claimed again. */
    record DisconnectWorker(long session) implements Command {}

    /**
     * What people have set for a tenant is this now, all of it. Must come before {@code recovered()} for what was set before;
     * lowering a limit takes nothing from those that go on.
     */
    record ConfigChanged(TenantId tenant, TenantConfig config) implements Command {}

    /** Asks how the limits of a tenant stand: answered with {@link Reply.LimitsRead}. Changes nothing. */
    record ReadLimits(long replyTo, TenantId tenant) implements Command {}

    /**
     * Asks what the tasks of a workflow wait for: answered with {@link Reply.WorkflowExplained}. Changes nothing.
     *
     * @param workflow its name; empty for all workflows of the tenant
     */
    record ExplainWorkflow(long replyTo, TenantId tenant, String workflow) implements Command {}

    /** Asks which workers a tenant has: answered with {@link Reply.WorkersRead}. Changes nothing. */
    record ReadWorkers(long replyTo, TenantId tenant) implements Command {}

    /**
     * Tells a worker to take no more, finish what it has and leave, and gives it no more attempts: answered with {@link
     * Reply.WorkersRead}. A worker that is away is told when it comes back. Comes to nothing when there is no such worker.
     */
    record DrainWorker(long replyTo, TenantId tenant, WorkerId worker) implements Command {}

    /** An attempt goes on without its slots, which are free for others from now on. Saying it twice does no harm. */
    record ReleaseSlots(long session, AttemptRef attempt) implements Command {}

    /** Time passed: due timers fire. */
    record Tick() implements Command {}

    /** The answer to {@link Effect.DecideStep}. Comes to nothing when the question is not open any more. */
    record StepDecided(TenantId tenant, RunId run, int generation, int node, Decision decision) implements Command {}

    /** What the edge found out about a step that it was asked about. */
    sealed interface Decision {
        /** The same for all tasks of the step: it runs, or is skipped, or fails as a whole. */
        record Whole(Verdict verdict) implements Decision {}

        /**
         * One verdict for each element of a mapped step. Elements whose condition does not hold are left out.
         *
         * @param verdicts in the order of the elements
         */
        record Each(List<Verdict> verdicts) implements Decision {
            public Each {
                verdicts = List.copyOf(verdicts);
            }
        }
    }

    /** The answer to {@link Effect.LoadKeys}: those of the keys that are stored. */
    record KeysLoaded(long load, List<KeyEntry> found) implements Command {
        public KeysLoaded {
            found = List.copyOf(found);
        }
    }

    /** The answer to {@link Effect.LoadRun}: the stored image, if there is one. */
    record RunLoaded(long load, Optional<RunImage> image) implements Command {}

    /** The answer to {@link Effect.LoadWindows}, lane by lane. */
    record WindowsLoaded(long load, List<Snapshots.Window> windows) implements Command {
        public WindowsLoaded {
            windows = List.copyOf(windows);
        }
    }

    /** The answer to {@link Effect.LoadDue}. */
    record DueLoaded(long load, Snapshots.Due due) implements Command {}
}
