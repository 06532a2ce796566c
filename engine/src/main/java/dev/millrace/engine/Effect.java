package dev.millrace.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What is to be done once the batch that it came with is stored. Effects may be lost with a crash; facts are not. */
public sealed interface Effect {

    /** An effect on one worker's stream. */
    sealed interface OfSession extends Effect {
        /** Number of the stream, as {@link Command.ConnectWorker} gave it. */
        long session();
    }

    /** Answers a command. */
    record Reply(long replyTo, dev.millrace.engine.Reply reply) implements Effect {}

    /** The worker's hello was taken; these attempts of it are no longer the worker's. */
    record WelcomeWorker(long session, List<AttemptRef> stale) implements OfSession {}

    /** Hands an attempt to a worker. */
    record Assign(long session, Assignment assignment) implements OfSession {}

    /**
     * What a worker needs to run an attempt.
     *
     * @param arguments one per parameter that has a value to travel, in the order of the parameters
     * @param failure why the run failed; only for on-failure handlers
     * @param startsWhenConfirmed whether the worker has to accept first and may enter the method only once {@link ConfirmStart}
     *     says so; else it may enter at once
     * @param checkpoints what a durable step did before
     * @param call which call of the method serves it
     * @param turn of a loop, the number of the turn, from 1; 0 where the step is none
     * @param seals whether it does not enter the method, but makes sure of what became of the others: see {@link Seal}
     */
    record Assignment(
            AttemptRef attempt,
            TenantId tenant,
            VersionRef version,
            String step,
            List<Argument> arguments,
            Duration timeout,
            int retriesLeft,
            Map<String, String> metadata,
            Instant runStarted,
            Optional<RunFailure> failure,
            boolean startsWhenConfirmed,
            Checkpoints checkpoints,
            Call call,
            int turn,
            boolean seals) {}

    /**
     * One call of a method. Those that it serves are handed out one after the other; the worker calls the method when it has them
     * all. Together they take the slots of one.
     *
     * @param number the same for all that it serves, and for no others of the worker; 0 for a call that serves one attempt
     * @param size how many it serves
     */
    record Call(long number, int size) {
        /** Serves one attempt. */
        public static final Call ALONE = new Call(0, 1);

        /** Whether it serves several attempts, or could have. */
        public boolean isShared() {
            return number > 0;
        }
    }

    /**
     * That the worker accepted the attempt is stored, so the method may be entered: the one time that a step which may run only
     * once is let in. Comes again when the worker's stream opens anew, because the first may have been lost; a worker that has
     * entered already ignores it.
     */
    record ConfirmStart(long session, AttemptRef attempt) implements OfSession {}

    /** These of an attempt's checkpoints are stored: what they hold may be acted on. */
    record CheckpointsStored(long session, AttemptRef attempt, List<StoredCheckpoint> stored) implements OfSession {
        public CheckpointsStored {
            stored = List.copyOf(stored);
        }
    }

    /**
     * A stored checkpoint.
     *
     * @param number by which the worker knows it
     * @param order see {@link Checkpoint#order}
     * @param source see {@link Checkpoint#source}: of a child its run
     */
    record StoredCheckpoint(long number, int order, String source) {
        /** One that has no source. */
        public StoredCheckpoint(long number, int order) {
            this(number, order, "");
        }
    }

    /** What a live attempt waits for came, or did not come in time. */
    record CheckpointSettled(long session, AttemptRef attempt, Checkpoint checkpoint) implements OfSession {}

    /**
     * The worker that asked for more time has so much from now on: what it asked for, or what it had anyway if that is more. The
     * run's deadline still holds.
     */
    record TimeGranted(long session, AttemptRef attempt, Duration left) implements OfSession {}

    /**
     * One argument. The core does not look into payloads, so it says how the edge has to make the value.
     *
     * @param parameter position of the parameter in the method
     * @param form how the value is made of the payloads
     * @param values one payload, or for {@link Form#JOINED} one per element in order
     * @param element which element of the list, for {@link Form#ELEMENT}
     * @param state how the parent ended; {@link TaskState#SUCCEEDED} for the input
     * @param failure the parent's failure, if it failed
     */
    record Argument(
            int parameter, Form form, List<Payload> values, int element, TaskState state, Optional<Failure> failure) {}

    /** How an argument's value is made of payloads. */
    enum Form {
        /** The one payload as it is. */
        WHOLE,
        /** One element of the list that the one payload is. */
        ELEMENT,
        /** A list of all payloads: the results of a mapped step. */
        JOINED
    }

    /**
     * Tells a worker to stop an attempt. The worker answers with a completion, whatever became of the attempt; until then its
     * slots count as taken, for the step's timeout at most.
     *
     * @param reason {@code RUN_CANCELLED}, {@code TIMED_OUT} or {@code STALE}
     */
    record CancelAttempt(long session, AttemptRef attempt, String reason) implements OfSession {}

    /** Every completion of this worker up to the sequence has been decided; those refused had no effect. */
    record AckCompletions(long session, long upTo, List<RefusedCompletion> refused) implements OfSession {}

    /** A completion that had no effect. */
    record RefusedCompletion(long sequence, String code, String message) {}

    /** Tells a worker to take nothing more, finish what it has and leave for good. Told again when its stream opens anew. */
    record LeaveWorker(long session) implements OfSession {}

    /** Closes a worker's stream: it broke the protocol, or another stream of the same worker took over. */
    record CloseWorker(long session, String code, String message) implements OfSession {}

    /**
     * Asks whether a step is to run and on what terms, now that all its parents have ended; the answer is {@link
     * Command.StepDecided}. One question for all tasks of the step. The core does not look into payloads, so the edge evaluates.
     * Asked again after the accept lease while there is no answer, and after a recovery.
     *
     * @param node number of the step, whose expressions are in the manifest
     * @param elements how many tasks a mapped step will have, at least 1; 1 for every other step
     * @param arguments what the step's parameters would get: the variables of its expressions beside {@code input} and {@code
     *     metadata}. A parameter that takes one element has the list of all elements here: {@link Form#WHOLE}, or {@link
     *     Form#JOINED} of those that a mapped step made
     * @param input the run's
     * @param metadata the run's
     */
    record DecideStep(
            TenantId tenant,
            RunId run,
            int generation,
            VersionRef version,
            int node,
            int elements,
            List<Argument> arguments,
            Payload input,
            Map<String, String> metadata)
            implements Effect {}

    /**
     * Asks for the input of a run that is made of several starts: the list of what they brought; the answer is {@link
     * Command.InputGathered}. Asked again after the accept lease while there is no answer, and after a recovery.
     *
     * @param elements one per start, in the order in which they came; absent ones are null
     * @param metadata the run's
     */
    record GatherInput(
            TenantId tenant, RunId run, VersionRef version, List<Payload> elements, Map<String, String> metadata)
            implements Effect {
        public GatherInput {
            elements = List.copyOf(elements);
        }
    }

    /**
     * What the edge is to bring to a run has changed: it waits for this now, and for nothing else that the edge brings. Lost with a crash;
     * after a recovery {@link Shard#awaits} says it of the runs in memory.
     *
     * @param version of the run
     * @param started when the run was acknowledged
     * @param input the run's, where a condition names it; else absent
     */
    record Awaits(
            TenantId tenant,
            RunId run,
            int generation,
            VersionRef version,
            Instant started,
            List<OpenWait> open,
            Payload input)
            implements Effect {
        public Awaits {
            open = List.copyOf(open);
        }

        /** What a run waits for. */
        public static Awaits of(
                TenantId tenant,
                RunId run,
                int generation,
                VersionRef version,
                Instant started,
                List<OpenWait> open,
                Payload input) {
            boolean needed = open.stream().anyMatch(OpenWait::isOfInput);
            return new Awaits(tenant, run, generation, version, started, open, needed ? input : Payload.NONE);
        }

        /** What the run of an image waits for. */
        public static Awaits of(RunImage run) {
            var open = new ArrayList<OpenWait>(1);
            if (!run.state().isFinal()) {
                for (var task : run.tasks()) {
                    if (!task.state().isFinal()) {
                        OpenWait.addOf(
                                task.node(), task.element(), task.checkpoints().all(), run.heard(), open);
                    }
                }
                addBudgets(run, open);
            }
            return of(run.tenant(), run.run(), run.generation(), run.version(), run.started(), open, run.input());
        }

        private static void addBudgets(RunImage run, List<OpenWait> open) {
            if (run.allowance().asked()) {
                run.tasks().stream()
                        .flatMap(task -> task.held().stream())
                        .filter(Held::asks)
                        .map(held -> OpenWait.ofBudget(held, run.deadline()))
                        .distinct()
                        .forEach(open::add);
            }
        }
    }

    /** Asks the shell for stored keys; the answer is {@link Command.KeysLoaded}. */
    record LoadKeys(long load, Set<UniqueKey> keys) implements Effect {}

    /** Asks the shell for the stored image of a run; the answer is {@link Command.RunLoaded}. */
    record LoadRun(long load, TenantId tenant, RunId run) implements Effect {}

    /** Asks the shell for runs that queue and are not in memory; the answer is {@link Command.WindowsLoaded}. */
    record LoadWindows(long load, List<Snapshots.WindowQuery> queries) implements Effect {
        public LoadWindows {
            queries = List.copyOf(queries);
        }
    }

    /** Asks the shell for runs that are not in memory and whose time comes; the answer is {@link Command.DueLoaded}. */
    record LoadDue(long load, Snapshots.DueQuery query) implements Effect {}
}
