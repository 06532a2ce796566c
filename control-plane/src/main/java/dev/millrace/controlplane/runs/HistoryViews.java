package dev.millrace.controlplane.runs;

import dev.millrace.controlplane.api.model.RunHistory;
import dev.millrace.controlplane.api.model.Transition;
import dev.millrace.controlplane.api.model.TransitionScope;
import dev.millrace.controlplane.rest.Cursor;
import dev.millrace.controlplane.workflows.WorkflowVersion;
import dev.millrace.engine.RunImage;
import java.util.List;

/** Makes pages of a run's history. Histories only grow at their end, so a place in one is a number. */
final class HistoryViews {
    private HistoryViews() {}

    /** @param cursor null for the first page */
    static RunHistory page(RunImage image, WorkflowVersion version, String cursor, int limit) {
        var all = image.history();
        int from = Math.min(position(cursor), all.size());
        int to = Math.min(from + limit, all.size());
        List<Transition> items = all.subList(from, to).stream()
                .map(transition -> view(transition, version))
                .toList();
        var page = new RunHistory(image.run().value(), items);
        if (to < all.size()) {
            page.setNextCursor(Cursor.of(Integer.toString(to)));
        }
        return page;
    }

    /** What the history says up to the end of a generation. */
    static List<RunImage.Transition> until(RunImage image, int generation) {
        int newer = image.generation();
        var all = image.history();
        for (int i = all.size() - 1; i >= 0 && newer > generation; i--) {
            var state = all.get(i).state();
            boolean begins = state.equals(RunViews.REPLAYED) || state.equals(RunImage.RESTARTED);
            if (begins && --newer == generation) {
                return all.subList(0, i);
            }
        }
        return newer > generation ? List.of() : all;
    }

    /** The whole history of the run. */
    static List<Transition> all(RunImage image, WorkflowVersion version) {
        return image.history().stream()
                .map(transition -> view(transition, version))
                .toList();
    }

    private static Transition view(RunImage.Transition from, WorkflowVersion version) {
        var scope = from.node() < 0
                ? TransitionScope.RUN
                : from.attempt() == 0 ? TransitionScope.TASK : TransitionScope.ATTEMPT;
        var transition = new Transition(from.at(), scope, from.state());
        if (scope != TransitionScope.RUN) {
            transition.setStep(version.plan().name(from.node()));
            if (version.plan().mapped(from.node())) {
                transition.setElement(from.element());
            }
        }
        if (scope == TransitionScope.ATTEMPT) {
            transition.setAttempt(from.attempt());
        }
        if (!from.detail().isEmpty()) {
            transition.setDetail(from.detail());
        }
        if (!from.used().isNone()) {
            transition.setUsage(from.used().amounts());
        }
        return transition;
    }

    private static int position(String cursor) {
        var text = Cursor.text(cursor);
        if (text.isEmpty()) {
            return 0;
        }
        if (!text.matches("[0-9]{1,9}")) {
            throw Cursor.invalid(cursor);
        }
        return Integer.parseInt(text);
    }
}
