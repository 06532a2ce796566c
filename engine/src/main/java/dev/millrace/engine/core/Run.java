package dev.millrace.engine.core;

import dev.millrace.engine.Allowance;
import dev.millrace.engine.Parent;
import dev.millrace.engine.Payload;
import dev.millrace.engine.Priority;
import dev.millrace.engine.RunFailure;
import dev.millrace.engine.RunId;
import dev.millrace.engine.RunImage;
import dev.millrace.engine.RunState;
import dev.millrace.engine.RunTerms;
import dev.millrace.engine.Spending;
import dev.millrace.engine.TaskState;
import dev.millrace.engine.Usage;
import dev.millrace.engine.scheduling.Holder;
import dev.millrace.engine.scheduling.Kind.Claim;
import dev.millrace.engine.timer.Timer;
import dev.millrace.manifest.placement.LabelComparator;
import dev.millrace.manifest.placement.LabelRequirement;
import dev.millrace.manifest.placement.PlacementSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A run in memory. Due at its deadline. Changed by the {@link Ledger} alone. */
final class Run extends Timer {
    /**
     * The latest success on a worker. What succeeded at one instant is ordered by number, so that images tell as much as the facts.
     */
    private record Latest(Worker worker, Instant at, int node, int element) {
        boolean isAfter(Latest other) {
            int order = at.compareTo(other.at);
            order = order != 0 ? order : Integer.compare(node, other.node);
            return (order != 0 ? order : Integer.compare(element, other.element)) > 0;
        }
    }

    private static final int[] NONE = {};

    final Tenant tenant;
    final RunId id;
    int generation;
    final Version version;
    Payload input;
    final String idempotencyKey;
    Priority priority;
    Map<String, String> metadata;
    final Instant started;
    Instant deadline;
    RunTerms terms;
    /** The step that started it; null for none. */
    final Parent parent;

    RunState state = RunState.QUEUED;
    /** By node; null while pending, and for mapped steps that run. */
    final Task[] tasks;
    /** By node; null without mapped steps. */
    final Fan[] fans;
    /** By node, how many parents have not ended; empty where no step has a parent. */
    final int[] missing;
    /** Tasks that have begun to queue and have not ended. */
    int active;
    /** Those of them that hold no worker and want none before a certain time. */
    int waiting;

    /** Why it will not succeed; null while it may. */
    RunFailure failure;

    String cancelReason = "";
    boolean deadlinePassed;
    List<Integer> cleanUp = List.of();
    /** How many of the handlers have ended. */
    int cleanedUp;

    boolean compensated;
    /** Where it was last; null before its first success on a worker. */
    private Latest latest;

    Instant ended = Instant.MAX;

    /** Null as long as nobody sent it a signal. */
    Mailbox mailbox;
    /** By the names of events, the last that an earlier generation took; empty but for one that began anew. */
    Map<String, String> heard = Map.of();
    /** The build that it stays on while workers of it last; empty for any. */
    String build = "";
    /** What its tasks have used. */
    Usage used = Usage.NONE;
    /** Null where its workflow has no budgets. */
    Funds funds;
    /** Null once it may begin; stays where it was cancelled before. */
    Gathered window;
    /** What became of its budgets. */
    Allowance allowance = Allowance.NONE;

    /** Open questions whether steps are to run; null without. They follow from the facts. */
    private List<Question> questions;

    // ---- beside the facts ----

    /** Whether it changed since the last capture. */
    boolean dirty;
    /** Whether an image of it has been captured or restored. */
    boolean known;
    /** Since the last capture; null for none. */
    List<RunImage.Transition> history;
    /** Captured, but not projected yet. */
    List<RunImage.Transition> captured = List.of();
    /** What it used since the last capture, in whichever generation. */
    Usage fresh = Usage.NONE;
    /** When it last used something; {@link Instant#MIN} for never. */
    Instant usedAt = Instant.MIN;
    /** Generations of it that ended and were replayed since the last capture, as they ended. */
    List<RunImage> former = List.of();
    /** Of a run that has ended: made for its followers, good for the capture too. */
    RunImage image;

    /** Who waits for its end; changed by {@link Followers} alone. */
    long[] followers = Followers.NOBODY;
    /** Whether the capture that is being stored has an image of it. */
    boolean inPass;
    /** Whether it is to be seen again if it can be put out of memory. */
    boolean looksAgain;
    /** Whether its parent is being loaded. */
    boolean visits;
    /** Whether its parent was found to have ended. */
    boolean isOrphan;
    /** Whether the edge has to hear what it waits for. */
    boolean rewaits;
    /** Bytes of payloads that {@link Memory} counts for it. */
    long payloadBytes;

    Run(
            Tenant tenant,
            RunId id,
            int generation,
            Version version,
            Payload input,
            String idempotencyKey,
            Priority priority,
            Map<String, String> metadata,
            Instant started,
            Instant deadline,
            RunTerms terms,
            Optional<Parent> parent) {
        this.tenant = tenant;
        this.id = id;
        this.generation = generation;
        this.version = version;
        this.input = input;
        this.idempotencyKey = idempotencyKey;
        this.priority = priority;
        this.metadata = metadata;
        this.started = started;
        this.deadline = deadline;
        this.terms = terms;
        this.parent = parent.orElse(null);
        var plan = version.plan;
        tasks = new Task[plan.nodes.length];
        fans = plan.hasMapped ? new Fan[plan.steps] : null;
        missing = plan.steps == 1 ? NONE : new int[plan.steps];
        funds = plan.budgets.isEmpty() ? null : new Funds();
        missAll();
    }

    private void missAll() {
        for (int i = 0; i < missing.length; i++) {
            missing[i] = version.plan.nodes[i].parents;
        }
    }

    /** As if it had just been acknowledged, but for its history. */
    void restart(int next, Payload otherInput, Instant otherDeadline, RunTerms otherTerms) {
        generation = next;
        input = otherInput;
        deadline = otherDeadline;
        terms = otherTerms;
        state = RunState.QUEUED;
        Arrays.fill(tasks, null);
        if (fans != null) {
            Arrays.fill(fans, null);
        }
        missAll();
        active = 0;
        waiting = 0;
        failure = null;
        cancelReason = "";
        deadlinePassed = false;
        cleanUp = List.of();
        cleanedUp = 0;
        compensated = false;
        latest = null;
        ended = Instant.MAX;
        mailbox = null;
        window = null;
        heard = Map.of();
        build = "";
        used = Usage.NONE;
        funds = funds == null ? null : new Funds();
        image = null;
    }

    /** As one who holds permits. */
    Holder holder() {
        return new Holder(started, id, Holder.RUN, 0);
    }

    /** The permits that it holds from its admission to its end. */
    List<Claim> claims() {
        return version.plan.permitted.claims(terms.ofRun().concurrency());
    }

    /**
     * It stays on a build from now on.
     *
     * @param next empty where that does not change
     */
    void staysOn(String next) {
        if (!next.isEmpty()) {
            build = next;
            tenant.builds.use();
        }
    }

    /** The build that its tasks have to go to: the one that it stays on, while workers of it last beside others; empty for any. */
    String pin() {
        return build.isEmpty() || !tenant.builds.separate(version.ref.workflow(), build) ? "" : build;
    }

    /** Adds its tasks that wait for their turn. */
    void addQueued(List<Task> queued) {
        for (int node = 0; node < tasks.length; node++) {
            var fan = fan(node);
            if (fan != null) {
                for (var task : fan.elements) {
                    if (task.isInLane()) {
                        queued.add(task);
                    }
                }
            } else if (tasks[node] != null && tasks[node].isInLane()) {
                queued.add(tasks[node]);
            }
        }
    }

    /** Where the tasks of a node may go. */
    PlacementSpec placement(Plan.Node node) {
        var pin = pin();
        if (terms.requires().isEmpty() && pin.isEmpty()) {
            return node.placement;
        }
        var requires = new ArrayList<LabelRequirement>();
        if (!pin.isEmpty()) {
            requires.add(new LabelRequirement(Builds.LABEL + version.ref.workflow(), LabelComparator.EQUAL, pin));
        }
        for (var requirement : node.placement.requires()) {
            if (!terms.requires().containsKey(requirement.label())) {
                requires.add(requirement);
            }
        }
        new TreeMap<>(terms.requires())
                .forEach((label, value) -> requires.add(new LabelRequirement(label, LabelComparator.EQUAL, value)));
        return new PlacementSpec(requires, node.placement.prefers(), node.placement.sticky());
    }

    /** Whether it has begun: its first attempt was offered, and it has not ended. */
    boolean isAdmitted() {
        return state != RunState.QUEUED && !state.isFinal();
    }

    /** A task of it succeeded. */
    void succeeded(Worker worker, Instant at, int node, int element) {
        var next = new Latest(worker, at, node, element);
        if (latest == null || next.isAfter(latest)) {
            latest = next;
        }
    }

    /** The worker of its latest attempt that succeeded, which may have left; null for none. */
    Worker lastWorker() {
        return latest == null ? null : tenant.sameWorker(latest.worker);
    }

    Plan.Node node(int number) {
        return version.plan.nodes[number];
    }

    /** The tasks of a mapped step; null when it is none, or has not been taken apart. */
    Fan fan(int node) {
        return fans == null || node >= fans.length ? null : fans[node];
    }

    /** The task; null when it is pending or there is none. */
    Task task(int node, int element) {
        if (node < 0 || node >= tasks.length || element < 0) {
            return null;
        }
        var fan = fan(node);
        if (fan == null) {
            return element == 0 ? tasks[node] : null;
        }
        return element < fan.elements.length ? fan.elements[element] : null;
    }

    /** The state of a step as a whole. */
    TaskState stateOf(int node) {
        var fan = fan(node);
        if (fan != null) {
            return fan.state;
        }
        return tasks[node] == null ? TaskState.PENDING : tasks[node].state;
    }

    /** Whether the step has neither begun nor been given up. */
    boolean isPending(int node) {
        return tasks[node] == null && fan(node) == null;
    }

    /** Whether the task is one of a step that has neither begun nor been given up. */
    boolean isPending(int node, int element) {
        return node >= 0 && node < version.plan.steps && element == 0 && isPending(node);
    }

    /** The open question about a step; null when there is none. */
    Question question(int node) {
        if (questions != null) {
            for (var question : questions) {
                if (question.node.number == node) {
                    return question;
                }
            }
        }
        return null;
    }

    /** Whether a question is open. */
    boolean hasQuestions() {
        return questions != null && !questions.isEmpty();
    }

    /** The first task that queues; null when none does. */
    Task firstQueued() {
        for (int node = 0; node < tasks.length; node++) {
            var fan = fan(node);
            if (fan != null) {
                for (var task : fan.elements) {
                    if (task.state == TaskState.QUEUED) {
                        return task;
                    }
                }
            } else if (tasks[node] != null && tasks[node].state == TaskState.QUEUED) {
                return tasks[node];
            }
        }
        return null;
    }

    /** Whether the store has it as it stands. */
    boolean isStored() {
        return known && !dirty && !inPass;
    }

    /** A question is open: the run goes on until it is answered. */
    Question ask(Plan.Node node) {
        var question = new Question(this, node);
        if (questions == null) {
            questions = new ArrayList<>(2);
        }
        questions.add(question);
        active++;
        return question;
    }

    void answered(Question question) {
        questions.remove(question);
        active--;
    }

    /** Whether the edge has to be asked about the step before it may begin; a mapped step without elements has nothing to ask. */
    boolean needsAnswer(Plan.Node node) {
        return node.asks
                && terms.step(node.number).isEmpty()
                && (!node.isMapped() || Values.elements(this, node.mappedOver) > 0);
    }

    /** Whether the step waits for no parent, has not begun, and nobody is asked about it. */
    boolean isReady(int node) {
        return (missing.length == 0 || missing[node] == 0) && isPending(node) && question(node) == null;
    }

    /** Whether it will not succeed any more. */
    boolean isStopping() {
        return failure != null || !cancelReason.isEmpty() || deadlinePassed;
    }

    /** Whether attempts that are live are to be stopped, and none may begin before the clean-up. */
    boolean isHalted() {
        return !cancelReason.isEmpty() || deadlinePassed;
    }

    boolean isCleaningUp() {
        return !cleanUp.isEmpty();
    }

    /** Whether starts may join it, or are being made its input. */
    boolean isInWindow() {
        return window != null && !isStopping() && !hasEnded();
    }

    boolean hasEnded() {
        return state.isFinal();
    }

    /** Whether an attempt of the node may begin, as the run stands. */
    boolean mayBegin(Plan.Node node) {
        return !isStopping() || !version.plan.isStep(node.number) || node.takesOutcome && !isHalted();
    }

    /** It used more. */
    void uses(Usage more, Instant at) {
        if (!more.isNone()) {
            used = used.plus(more);
            fresh = fresh.plus(more);
            usedAt = at;
        }
    }

    Spending spending() {
        return fresh.isNone() ? Spending.NONE : new Spending(fresh, usedAt);
    }

    void note(Instant at, int node, int element, int attempt, String state, String detail) {
        note(at, node, element, attempt, state, detail, Usage.NONE);
    }

    void note(Instant at, int node, int element, int attempt, String state, String detail, Usage spent) {
        if (history == null) {
            history = new ArrayList<>(8);
        }
        history.add(new RunImage.Transition(at, node, element, attempt, state, detail, spent));
    }

    @Override
    protected int kind() {
        return Kinds.RUN;
    }

    @Override
    protected int compareAtSameInstant(Timer other) {
        return id.compareTo(((Run) other).id);
    }
}
