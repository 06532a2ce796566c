package dev.millrace.cli.runs;

import dev.millrace.cli.CliException;
import dev.millrace.cli.Context;
import dev.millrace.cli.ExitCode;
import dev.millrace.cli.terminal.Json;
import dev.millrace.rest.ReplaysApi;
import dev.millrace.rest.RestException;
import dev.millrace.rest.RestUnavailableException;
import dev.millrace.rest.model.ReplayRun;
import dev.millrace.rest.model.ReplayRuns;
import dev.millrace.rest.model.ReplayRunsItem;
import dev.millrace.rest.model.RunFilter;
import dev.millrace.rest.model.RunState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Replays what a filter finds, part by part, after it has said how many runs that are. For one thread. */
final class BulkReplay {
    private static final int PART = 100;
    /** So many refusals are told one by one. */
    private static final int TOLD = 20;

    private final Context context;
    private final ReplaysApi api;
    private final RunFilter filter;
    private final ReplayRun wish;
    private final boolean json;

    BulkReplay(Context context, ReplaysApi api, RunFilter filter, ReplayRun wish, boolean json) {
        this.context = context;
        this.api = api;
        this.filter = filter;
        this.wish = wish;
        this.json = json;
    }

    /** How it is done. @param cursor where an earlier one was interrupted */
    record Manner(int limit, boolean dryRun, boolean yes, Optional<String> cursor) {}

    int carryOut(Manner manner) {
        var count = api.replayRuns(request().dryRun(true).cursor(manner.cursor.orElse(null)));
        long matched = count.getMatched();
        if (manner.dryRun || matched == 0) {
            tell(matched);
            return ExitCode.OK;
        }
        long total = Math.min(matched, manner.limit);
        if (!manner.yes && !agreed(total, matched)) {
            context.terminal().note("Nothing was replayed.");
            return ExitCode.OK;
        }
        return replay(total, manner.cursor.orElse(count.getNextCursor()));
    }

    private void tell(long matched) {
        if (json) {
            context.terminal().out().println(Json.write(Map.of("matched", matched)));
        } else {
            context.terminal().out().println(matched == 0 ? "No run fits." : runs(matched) + " would be replayed.");
        }
    }

    private boolean agreed(long total, long matched) {
        var question = "Replay " + (total < matched ? "the newest " + total + " of " + matched + " runs" : runs(total))
                + (filter.getWorkflow() == null ? " of all workflows" : " of " + filter.getWorkflow()) + " in "
                + filter.getStates().stream().map(RunState::toString).collect(Collectors.joining(" or ")) + ", "
                + beginning() + "?";
        return context.terminal()
                .ask(question)
                .orElseThrow(() -> new CliException(
                        ExitCode.USAGE, question + " There is nobody to ask: say --yes, or --dry-run to only count."));
    }

    private String beginning() {
        return switch (wish.getFrom()) {
            case FAILED_STEPS -> "from their failed steps";
            case START -> "from the start";
            case STEP -> "from step " + wish.getStep();
        };
    }

    private int replay(long total, String cursor) {
        var each = new EachRun(context);
        var items = new ArrayList<ReplayRunsItem>();
        var next = cursor;
        try (var progress = context.terminal().progress()) {
            while (next != null && items.size() < total) {
                var part = api.replayRuns(request().cursor(next).limit((int) Math.min(PART, total - items.size())));
                items.addAll(part.getItems());
                next = part.getNextCursor();
                progress.show(items.size(), Math.max(total, items.size()), "replayed");
            }
        } catch (RestException | RestUnavailableException e) {
            context.terminal()
                    .note("millrace: interrupted after " + items.size() + " of " + runs(total)
                            + ". Go on with the same filter and --cursor " + next);
            throw e;
        }
        print(items, each);
        return each.exitCode();
    }

    private void print(List<ReplayRunsItem> items, EachRun each) {
        var refused = items.stream().filter(item -> item.getError() != null).toList();
        refused.stream().limit(TOLD).forEach(item -> each.refused(item.getError()));
        if (refused.size() > TOLD) {
            context.terminal().note("millrace: and " + (refused.size() - TOLD) + " more; -o json has them all.");
        }
        long replayed = items.size() - refused.size();
        if (json) {
            var result = new LinkedHashMap<String, Object>();
            result.put("replayed", replayed);
            result.put("refused", refused.size());
            result.put("items", items);
            context.terminal().out().println(Json.write(result));
        } else {
            context.terminal()
                    .out()
                    .println(runs(replayed) + " replayed"
                            + (refused.isEmpty() ? "." : ", " + refused.size() + " refused."));
        }
    }

    private ReplayRuns request() {
        return new ReplayRuns()
                .reason(wish.getReason())
                .filter(filter)
                .from(wish.getFrom())
                .step(wish.getStep())
                .input(wish.getInput());
    }

    private static String runs(long count) {
        return count == 1 ? "1 run" : count + " runs";
    }
}
