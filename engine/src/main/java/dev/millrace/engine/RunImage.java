package dev.millrace.engine;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A run as it stood at one position of the journal: what recovery needs, and what reads are answered from. Immutable, so that
 * the projector can write it while the core goes on. The run's result is made of the results of the steps that the manifest
 * names.
 *
 * @param isNew no image of this run has been captured for projection before
 * @param tasks every task that is not {@link TaskState#PENDING}, ordered by node and element
 * @param cleanUp the handlers of a {@link Fact.CleanUpStarted}, empty before
 * @param cancelReason empty unless a cancel was requested
 * @param ended when it ended; {@link Instant#MAX} while it has not
 * @param terms what was evaluated when this generation of it began
 * @param parent of a run that a durable step started
 * @param signals what it was sent
 * @param heard of one that began anew: by the names of events, the last that an earlier generation took
 * @param build the build that it stays on while workers of it last; empty for any
 * @param allowance what became of its budgets
 * @param spending what it used since the image captured before this one
 * @param window present while starts may still join it, and when it was cancelled before it began
 * @param history transitions since the image captured before this one; a reply's image carries all that are not known to be
 *     projected
 * @param passivity how it is found again if it is put out of memory; empty when it may not be, because an attempt of it is live or
 *     somebody is asked about it, and when it has ended
 * @param former its generations that ended and were replayed since the image captured before this one, the first first, each as it
 *     ended and without history; the store has every other one as that ended
 */
public record RunImage(
        TenantId tenant,
        RunId run,
        boolean isNew,
        int generation,
        VersionRef version,
        RunState state,
        Payload input,
        String idempotencyKey,
        Priority priority,
        Map<String, String> metadata,
        Instant started,
        Instant deadline,
        List<TaskImage> tasks,
        List<Integer> cleanUp,
        Optional<RunFailure> failure,
        boolean compensated,
        boolean deadlinePassed,
        String cancelReason,
        Instant ended,
        RunTerms terms,
        Optional<Parent> parent,
        Signals signals,
        Map<String, String> heard,
        String build,
        Allowance allowance,
        Spending spending,
        Optional<StartWindow> window,
        List<Transition> history,
        Optional<Passivity> passivity,
        List<RunImage> former) {

    /** What the history says of a run that begins anew; what came before is dropped with it. */
    public static final String RESTARTED = "RESTARTED";

    /** Of a history what is not dropped: all since the run last began anew. */
    public static List<Transition> since(List<Transition> history) {
        for (int i = history.size() - 1; i > 0; i--) {
            if (history.get(i).state().equals(RESTARTED)) {
                return history.subList(i, history.size());
            }
        }
        return history;
    }

    /** Whether the run has begun anew since the image captured before this one, so that what is stored of its history is dropped. */
    public boolean beginsAnew() {
        return history.stream().anyMatch(transition -> transition.state().equals(RESTARTED));
    }

    /** The same run as the store knows it: with another history, and not new. */
    public RunImage stored(List<Transition> other) {
        return copy(false, Spending.NONE, other, passivity, List.of());
    }

    /** The same run with another history. */
    public RunImage withHistory(List<Transition> other) {
        return copy(isNew, spending, other, passivity, former);
    }

    /** The same run with another passivity. */
    public RunImage withPassivity(Optional<Passivity> other) {
        return copy(isNew, spending, history, other, former);
    }

    /** The same run with other former generations. */
    public RunImage withFormer(List<RunImage> other) {
        return copy(isNew, spending, history, passivity, other);
    }

    private RunImage copy(
            boolean stillNew,
            Spending otherSpending,
            List<Transition> otherHistory,
            Optional<Passivity> otherPassivity,
            List<RunImage> otherFormer) {
        return new RunImage(
                tenant,
                run,
                stillNew,
                generation,
                version,
                state,
                input,
                idempotencyKey,
                priority,
                metadata,
                started,
                deadline,
                tasks,
                cleanUp,
                failure,
                compensated,
                deadlinePassed,
                cancelReason,
                ended,
                terms,
                parent,
                signals,
                heard,
                build,
                allowance,
                otherSpending,
                window,
                otherHistory,
                otherPassivity,
                otherFormer);
    }

    /** What its tasks have used in all. */
    public Usage usage() {
        var usage = Usage.NONE;
        for (var task : tasks) {
            usage = usage.plus(task.spent().used());
        }
        return usage;
    }

    /**
     * One task.
     *
     * @param attempt number of the newest attempt, 0 before the first
     * @param charged how many attempts count against the retries
     * @param elements number of elements of the result for mapped successors, or -1
     * @param failure the newest failure
     * @param worker of the newest attempt
     * @param queued when it last became ready
     * @param due while it backs off, when it may be offered next; while it is assigned, when it was offered;
     *     while it runs with its time extended, until when; while it waits, when something is due by itself; else
     *     {@link Instant#MIN}
     * @param started when the newest attempt was entered; {@link Instant#MIN} before
     * @param ended when the task ended; {@link Instant#MAX} before
     * @param terms what its turn depends on beside the manifest
     * @param checkpoints of a durable step; they stay when it has ended
     * @param call number of the call that serves its live attempt together with others; 0 when there is none
     * @param released whether its live attempt goes on without its slots
     * @param spent what its attempts said that they have spent
     * @param seal present while a task of a transactional step is given up and may have committed
     * @param loop how far it has come, where it is called again until it is done
     * @param held why it waits although it could begin; empty for no such reason
     */
    public record TaskImage(
            int node,
            int element,
            TaskState state,
            int attempt,
            int charged,
            Payload result,
            int elements,
            Optional<Failure> failure,
            Optional<WorkerId> worker,
            Instant queued,
            Instant due,
            Instant started,
            Instant ended,
            Terms terms,
            Checkpoints checkpoints,
            long call,
            boolean released,
            TaskSpent spent,
            Optional<Seal> seal,
            Optional<Held> held,
            LoopState loop) {

        /** Whether it waits for the next turn of a loop, and not for another attempt of the one that it is in. */
        public boolean isBetweenTurns() {
            return state == TaskState.BACKING_OFF && loop.turns() > 0 && charged == 0 && seal.isEmpty();
        }

        /** Whether the step ended before any task of it began; of a mapped step, this task stands for all. */
        public boolean neverBegan() {
            return queued.equals(Instant.MIN);
        }
    }

    /**
     * One transition of the run's history. What happens to a run or a task without changing its state is on record too, as
     * {@code CANCELLING}, {@code DEADLINE_PASSED}, {@code BUDGET_RAISED}, {@code SLOTS_RELEASED}, {@code CLEANING_UP}, {@code EXTENDED}, {@code SEALING}, {@code CHECKPOINT}, {@code MANY_CHECKPOINTS}, {@code RESTARTED} and {@code REPLAYED}, after
     * which a new generation begins and attempts are numbered anew.
     *
     * @param node -1 for the run itself
     * @param attempt 0 for the task itself
     * @param state name of the new {@link RunState}, {@link TaskState} or {@link AttemptState}
     * @param detail for people; may be empty. Of an offer, the worker's id
     * @param used of an attempt that has ended, what it used
     */
    public record Transition(Instant at, int node, int element, int attempt, String state, String detail, Usage used) {

        /** Of what used nothing. */
        public Transition(Instant at, int node, int element, int attempt, String state, String detail) {
            this(at, node, element, attempt, state, detail, Usage.NONE);
        }
    }
}
