package dev.millrace.cli.runs;

import dev.millrace.cli.Context;
import dev.millrace.cli.ControlPlaneOptions;
import dev.millrace.cli.ExitCode;
import dev.millrace.cli.OutputOption;
import dev.millrace.cli.Since;
import dev.millrace.cli.terminal.Json;
import dev.millrace.cli.terminal.Table;
import dev.millrace.rest.RunsApi;
import dev.millrace.rest.model.FailureGroup;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code millrace runs failed}. */
@Command(
        name = "failed",
        description = "What fails: failed and timed-out runs by workflow, step and error, the newest first.",
        footer = {
            "",
            "A run that was replayed and succeeded is not among them. To replay all runs of a line:",
            "millrace runs replay --workflow WORKFLOW --step STEP --error ERROR --state FAILED,TIMED_OUT"
        })
final class FailedCommand implements Callable<Integer> {
    private static final int MOST = 200;

    private final Context context;

    @Spec
    private CommandSpec spec;

    @Mixin
    private ControlPlaneOptions controlPlane;

    @Mixin
    private OutputOption output;

    @Option(names = "--workflow", paramLabel = "NAME", description = "Only runs of this workflow.")
    private String workflow;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            defaultValue = "7d",
            converter = Since.class,
            description =
                    "Runs created then or later: an instant, or a time ago such as 2h (default: ${DEFAULT-VALUE}).")
    private Instant since;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "50",
            description = "How many lines at most, 1 to 200 (default: ${DEFAULT-VALUE}).")
    private int limit;

    FailedCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        if (limit < 1 || limit > MOST) {
            throw new ParameterException(
                    spec.commandLine(), "--limit must be from 1 to " + MOST + ", but it is " + limit + ".");
        }
        List<FailureGroup> groups;
        try (var client = controlPlane.connect(context)) {
            groups = new RunsApi(client)
                    .listFailures(
                            options -> options.workflow(workflow).from(since).limit(limit))
                    .getItems();
        }
        var out = context.terminal().out();
        if (output.isJson()) {
            out.println(Json.write(groups));
        } else if (groups.isEmpty()) {
            context.terminal().note("Nothing failed since " + Wording.instant(since) + ".");
        } else {
            var table = new Table("WORKFLOW", "STEP", "ERROR", ">RUNS", "NEWEST", "EXAMPLE", "MESSAGE");
            groups.forEach(group -> table.row(
                    group.getWorkflow(),
                    group.getStep() == null ? "-" : group.getStep(),
                    group.getError(),
                    String.valueOf(group.getCount()),
                    Wording.instant(group.getNewestAt()),
                    group.getNewestRunId().toString(),
                    Wording.message(group.getFailure())));
            table.lines(context.terminal().outStyle()).forEach(out::println);
        }
        return ExitCode.OK;
    }
}
