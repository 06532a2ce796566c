package dev.millrace.controlplane.runs;

import dev.millrace.controlplane.api.model.Crowd;
import dev.millrace.controlplane.api.model.Gate;
import dev.millrace.controlplane.api.model.Holder;
import dev.millrace.controlplane.api.model.Outlook;
import dev.millrace.controlplane.workflows.WorkflowVersion;
import dev.millrace.engine.Hold;
import dev.millrace.engine.Reply;
import dev.millrace.engine.TaskState;
import dev.millrace.engine.TenantConfig;
import dev.millrace.manifest.Durations;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** What holds a task back, in sentences that a person understands who does not know the scheduler. */
final class HoldViews {
    private HoldViews() {}

    static dev.millrace.controlplane.api.model.Hold view(Hold hold, WorkflowVersion version) {
        var view = new dev.millrace.controlplane.api.model.Hold(
                Gate.fromValue(hold.gate().name()),
                hold.name(),
                hold.since(),
                hold.ahead(),
                sentence(hold),
                hold.help());
        if (!hold.key().isEmpty()) {
            view.setKey(hold.key());
        }
        if (!hold.until().equals(Instant.MAX)) {
            view.setUntil(hold.until());
        }
        if (hold.limit() > 0) {
            view.setTaken(hold.taken());
            view.setLimit(hold.limit());
        }
        if (!hold.by().isEmpty()) {
            view.setBy(hold.by());
        }
        hold.outlook().ifPresent(outlook -> view.setOutlook(view(outlook)));
        if (!hold.holders().isEmpty()) {
            view.setHolders(hold.holders().stream()
                    .map(holder -> holder(hold, holder, version))
                    .toList());
        }
        return view;
    }

    private static Outlook view(Hold.Outlook outlook) {
        var view = new Outlook(outlook.waiting(), sentence(outlook));
        if (!outlook.mean().isZero()) {
            view.setMeanHeld(shown(outlook.mean()));
        }
        if (!outlook.empty().equals(Instant.MAX)) {
            view.setEmptyAt(outlook.empty());
            view.setEmptyAtIfDoubled(outlook.emptyIfDoubled());
        }
        return view;
    }

    private static String sentence(Hold.Outlook outlook) {
        var waiting = outlook.waiting() == 1 ? "It is the only one that waits" : outlook.waiting() + " wait";
        if (outlook.empty().equals(Instant.MAX)) {
            return waiting + ", and at this rate the queue will never be empty.";
        }
        return waiting + ". If nobody else comes, the queue is empty at about " + shown(outlook.empty())
                + (outlook.mean().isZero()
                        ? ""
                        : ", going by the " + shown(outlook.mean()) + " that each took on average lately")
                + (shown(outlook.empty()).equals(shown(outlook.emptyIfDoubled()))
                        ? ", and no sooner with twice the limit."
                        : "; with twice the limit, at about " + shown(outlook.emptyIfDoubled()) + ".");
    }

    private static String shown(Duration duration) {
        return Durations.format(duration.toMillis() > 0 ? duration.truncatedTo(ChronoUnit.MILLIS) : duration);
    }

    /** To the second, because that is what people read. */
    private static Instant shown(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS);
    }

    /** Limits without a name of their own are of one workflow, so its steps have the names of its plan. */
    private static Holder holder(Hold hold, Hold.Holder holder, WorkflowVersion version) {
        var view = new Holder(holder.run().value());
        boolean own = hold.name().startsWith(version.ref().workflow() + "/");
        if (own && holder.node() >= 0 && holder.node() < version.plan().size()) {
            view.setStep(version.plan().name(holder.node()));
            if (version.plan().mapped(holder.node())) {
                view.setElement(holder.element());
            }
        }
        return view;
    }

    /** What holds the tasks of a workflow back, the largest crowds first. */
    static List<Crowd> crowds(Reply.WorkflowExplained queued, WaitingRows.Counted elsewhere, WorkflowVersion version) {
        return Stream.concat(
                        queued.crowds().stream().map(crowd -> new Crowd(crowd.tasks(), view(crowd.hold(), version))),
                        elsewhere.waiting().stream().map(HoldViews::crowd))
                .sorted(Comparator.comparingLong(Crowd::getTasks).reversed())
                .toList();
    }

    private static Crowd crowd(WaitingRows.Waiting waiting) {
        var first = waiting.until()
                .map(until -> "; the first goes on by itself at " + shown(until))
                .orElse("");
        var view = new dev.millrace.controlplane.api.model.Hold(
                Gate.fromValue(waiting.gate().name()),
                waiting.step(),
                waiting.since(),
                0L,
                "Step '" + waiting.step() + "' " + what(waiting.gate()) + first + ".",
                "Ask for one of the runs to see what it waits for.");
        waiting.until().ifPresent(view::setUntil);
        return new Crowd(waiting.tasks(), view);
    }

    private static String what(Hold.Gate gate) {
        return switch (gate) {
            case BACKOFF -> "waits before another attempt";
            case TURN -> "waits before its next turn";
            case SLEEP -> "sleeps";
            case EVENT -> "waits for events";
            case SIGNAL -> "waits for signals";
            case CHILD -> "waits for runs that it started";
            case APPROVAL -> "waits for answers of people";
            case BUDGET -> "waits because the budgets of its runs are used up";
            default -> throw new IllegalStateException("What is held back by " + gate + " queues, or has not begun.");
        };
    }

    /** How a task stands. */
    static String sentence(Reply.Explained reply, List<dev.millrace.controlplane.api.model.Hold> holds) {
        if (!holds.isEmpty()) {
            return (reply.state() == TaskState.RUNNING ? "It is on a worker, and waits there: " : "It waits: ")
                    + String.join(
                            " ",
                            holds.stream()
                                    .map(dev.millrace.controlplane.api.model.Hold::getSentence)
                                    .toList());
        }
        return switch (reply.state()) {
            case ASSIGNED -> "It is offered to a worker, which has not begun it yet.";
            case RUNNING -> "It runs on a worker.";
            case SUCCEEDED, FAILED, CANCELLED, SKIPPED -> "It has ended as " + reply.state() + ".";
            case PENDING -> "It will not run, because its run is ending.";
            case QUEUED, WAITING, BACKING_OFF -> "It is " + reply.state() + ".";
        };
    }

    private static String sentence(Hold hold) {
        return what(hold)
                + (hold.ahead() > 0
                        ? " About " + hold.ahead() + (hold.ahead() == 1 ? " other goes" : " others go") + " before it."
                        : "");
    }

    /** That a workflow is paused, since when and by whom. */
    static String paused(TenantConfig.Pause pause) {
        return "It has been paused since " + shown(pause.since())
                + (pause.by().isEmpty() ? "." : ", by " + pause.by() + ".");
    }

    private static String what(Hold hold) {
        var limit = "'" + hold.name() + "'" + (hold.key().isEmpty() ? "" : " for '" + hold.key() + "'");
        return switch (hold.gate()) {
            case WINDOW ->
                "Its run waits for further starts" + (hold.key().isEmpty() ? "" : " of key '" + hold.key() + "'")
                        + " until " + shown(hold.until()) + "; it stands for "
                        + (hold.taken() == 1 ? "1 start" : hold.taken() + " starts")
                        + (hold.limit() > 0 ? " of " + hold.limit() + "." : ".");
            case PARENTS -> "Step '" + hold.name() + "' has to end first.";
            case EVALUATION -> "Its condition and keys are being evaluated.";
            case BACKOFF -> "Its last attempt failed; the next one is due at " + shown(hold.until()) + ".";
            case TURN -> "It is a loop between two turns; the next one is due at " + shown(hold.until()) + ".";
            case SLEEP -> "It sleeps until " + shown(hold.until()) + ".";
            case EVENT -> "It waits for an event '" + hold.name() + "'" + atTheLatest(hold);
            case SIGNAL -> "It waits for signal '" + hold.name() + "'" + atTheLatest(hold);
            case CHILD ->
                "It waits for the end of the run that it started as '" + hold.name() + "'" + atTheLatest(hold);
            case APPROVAL -> "It waits for somebody to answer '" + hold.name() + "'" + atTheLatest(hold);
            case BUDGET ->
                "Its run may use " + hold.limit() + " of '" + hold.name() + "', and " + hold.taken()
                        + " are used or set aside for attempts that are under way.";
            case PAUSED ->
                "Workflow '" + hold.name() + "' has been paused since " + shown(hold.since())
                        + (hold.by().isEmpty() ? "." : ", by " + hold.by() + ".");
            case RUN_CONCURRENCY ->
                "Concurrency limit " + limit + " lets " + hold.limit() + (hold.limit() == 1 ? " run" : " runs")
                        + " go on at once, and " + does(hold.taken());
            case CONCURRENCY ->
                "Concurrency limit " + limit + " lets " + hold.limit() + (hold.limit() == 1 ? " attempt" : " attempts")
                        + " go on at once, and " + does(hold.taken());
            case NO_TOKENS ->
                "Rate limit " + limit + " has " + (hold.limit() - hold.taken()) + " of " + hold.limit() + " tokens left"
                        + earliest(hold);
            case LIMIT_CLOSED ->
                "Rate limit " + limit + " is closed, because a provider asked to be left alone" + earliest(hold);
            case BATCH ->
                "It waits for others that share a call of batch step " + limit + ": there are " + hold.taken() + " of "
                        + hold.limit() + ", and they go at " + shown(hold.until()) + " at the latest.";
            case NO_COMPATIBLE_WORKER -> "No connected worker serves its version of workflow '" + hold.name() + "'.";
            case NO_MATCHING_WORKER -> "No worker that serves it has the labels that it requires.";
            case NO_WORKER_LARGE_ENOUGH -> "No worker that serves it has as many slots as it takes.";
            case SLOTS_TAKEN ->
                "Of " + hold.limit() + (hold.limit() == 1 ? " slot" : " slots") + " of the workers that serve it, "
                        + hold.taken() + (hold.taken() == 1 ? " is taken." : " are taken.");
            case PINNED_BUILD -> "Its run stays on build " + hold.name() + ", whose workers have no room or are away.";
            case STICKY_WORKER -> "It has to go to worker " + hold.name() + ", which has no room or is away.";
            case READING -> "It and those before it are being read from the database.";
            case NOTHING -> "Nothing holds it back, and still it waits.";
        };
    }

    private static String does(long number) {
        return number + (number == 1 ? " does." : " do.");
    }

    private static String atTheLatest(Hold hold) {
        return hold.until().equals(Instant.MAX) ? "." : ", until " + shown(hold.until()) + " at the latest.";
    }

    private static String earliest(Hold hold) {
        return hold.until().equals(Instant.MAX) ? "." : "; it may go at " + shown(hold.until()) + " at the earliest.";
    }
}
