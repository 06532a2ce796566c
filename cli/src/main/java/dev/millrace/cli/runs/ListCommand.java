package dev.millrace.cli.runs;

import dev.millrace.cli.Context;
import dev.millrace.cli.ControlPlaneOptions;
import dev.millrace.cli.ExitCode;
import dev.millrace.cli.terminal.Json;
import dev.millrace.cli.terminal.Table;
import dev.millrace.rest.RunsApi;
import dev.millrace.rest.model.RunState;
import dev.millrace.rest.model.RunSummary;
import dev.millrace.rest.model.RunWeight;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code millrace runs list}. */
@Command(name = "list", description = "List runs, newest first.")
final class ListCommand implements Callable<Integer> {
    private static final int PAGE = 200;
    private static final int MOST = 10_000;

    /** Forms of a list. */
    enum Form {
        table,
        json,
        ids
    }

    private final Context context;

    @Spec
    private CommandSpec spec;

    @Mixin
    private ControlPlaneOptions controlPlane;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORM",
            defaultValue = "table",
            description = "Form of the output: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private Form form;

    @Option(names = "--workflow", paramLabel = "NAME", description = "Only runs of this workflow.")
    private String workflow;

    @Option(
            names = "--state",
            paramLabel = "STATE",
            split = ",",
            description = "Only runs in these states: ${COMPLETION-CANDIDATES}.")
    private List<RunState> states = List.of();

    @Option(
            names = "--from",
            paramLabel = "INSTANT",
            description = "Only runs created then or later, such as 2026-11-21T08:00:00Z.")
    private Instant from;

    @Option(names = "--to", paramLabel = "INSTANT", description = "Only runs created before then.")
    private Instant to;

    @Option(names = "--parent", paramLabel = "RUN", description = "Only runs that durable steps of this run started.")
    private UUID parent;

    @Option(
            names = "--all",
            description =
                    "Runs of light workflows, too; else they are listed only if --workflow names theirs, or --parent.")
    private boolean all;

    @Option(names = "--light", description = "Only runs of light workflows.")
    private boolean light;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "50",
            description = "How many at most, 1 to 10000 (default: ${DEFAULT-VALUE}).")
    private int limit;

    ListCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        if (limit < 1 || limit > MOST) {
            throw new ParameterException(
                    spec.commandLine(), "--limit must be from 1 to " + MOST + ", but it is " + limit + ".");
        }
        if (from != null && to != null && to.isBefore(from)) {
            throw new ParameterException(
                    spec.commandLine(), "--to (" + to + ") must not be before --from (" + from + ").");
        }
        if (all && light) {
            throw new ParameterException(
                    spec.commandLine(), "--all and --light say different things; give one of them.");
        }
        var runs = new ArrayList<RunSummary>();
        boolean more;
        try (var client = controlPlane.connect(context)) {
            var api = new RunsApi(client);
            var cursor = new String[1];
            do {
                var page = api.listRuns(options -> options.workflow(workflow)
                        .state(states)
                        .from(from)
                        .to(to)
                        .parent(parent)
                        .weight(weight())
                        .cursor(cursor[0])
                        .limit(Math.min(PAGE, limit - runs.size())));
                runs.addAll(page.getItems());
                cursor[0] = page.getNextCursor();
            } while (cursor[0] != null && runs.size() < limit);
            more = cursor[0] != null;
        }
        print(runs);
        if (more && form == Form.table) {
            context.terminal().note("There are more runs; these are the newest " + runs.size() + ". See --limit.");
        }
        return ExitCode.OK;
    }

    private RunWeight weight() {
        return light ? RunWeight.LIGHT : all ? RunWeight.ALL : null;
    }

    private void print(List<RunSummary> runs) {
        var out = context.terminal().out();
        switch (form) {
            case json -> out.println(Json.write(runs));
            case ids -> runs.forEach(run -> out.println(run.getRunId()));
            case table -> {
                if (runs.isEmpty()) {
                    context.terminal().note("No runs.");
                    return;
                }
                var table = new Table("RUN", "WORKFLOW", "STATE", "CREATED", ">TOOK", "FAILURE");
                runs.forEach(run -> table.row(
                        run.getRunId().toString(),
                        run.getWorkflow(),
                        Wording.state(run.getState(), run.getCompensated()),
                        Wording.instant(run.getCreatedAt()),
                        Wording.took(run.getCreatedAt(), run.getFinishedAt()),
                        Wording.failure(run.getFailure())));
                table.lines(context.terminal().outStyle()).forEach(out::println);
            }
        }
    }
}
