package dev.millrace.engine.core;

import dev.millrace.engine.Verdict;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * What has come to light when facts were applied, and needs facts of its own, in the order in which it did. During a replay the facts that follow settle it.
 */
final class Unsettled {
    /** A step that will not run: its parents have ended in a way it cannot run with, or its terms say so. */
    record Refusal(Run run, Plan.Node node, Verdict verdict, String reason) {}

    /** Steps that will not run, which nobody has decided about yet. */
    final List<Refusal> toRefuse = new ArrayList<>();
    /** Questions that have come up and that nobody has been asked yet. */
    final List<Question> toAsk = new ArrayList<>();
    /** Those that have to make room for others at a concurrency limit, and have not been cancelled yet. */
    final ArrayDeque<Permissions.Leaving> toGo = new ArrayDeque<>();
    /** Those that can never go, because they cost more at once than a rate limit lets through, and have not failed yet. */
    final ArrayDeque<Task> tooCostly = new ArrayDeque<>();
    /** Those whose next attempt would go beyond a budget, and have neither failed nor been held yet. */
    final ArrayDeque<Task> beyondBudget = new ArrayDeque<>();
    /** Those that ended without success and have children, which have not been cancelled yet. */
    final ArrayDeque<Task> parting = new ArrayDeque<>();
    /** Runs with nothing left to do that have parents or children, and have not ended yet. */
    final ArrayDeque<Run> leaving = new ArrayDeque<>();

    /** Whether something is to be settled before anything is offered. */
    boolean hasToMakeRoom() {
        return !toGo.isEmpty() || !tooCostly.isEmpty() || !beyondBudget.isEmpty();
    }

    /** Facts that are stored have settled it; questions stay, because nobody has been asked. */
    void settledByFacts() {
        toRefuse.clear();
        toGo.clear();
        tooCostly.clear();
        beyondBudget.clear();
        parting.clear();
        leaving.clear();
    }
}
