package dev.millrace.cli.runs;

import dev.millrace.cli.Context;
import dev.millrace.cli.ControlPlaneOptions;
import dev.millrace.cli.OutputOption;
import dev.millrace.cli.terminal.Json;
import dev.millrace.rest.RunsApi;
import dev.millrace.rest.model.CancelRun;
import dev.millrace.rest.model.CancelledRun;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code millrace runs cancel}. */
@Command(
        name = "cancel",
        description = "Cancel runs: what they did is compensated, and they end as CANCELLED.",
        footer = {
            "",
            "Every run is tried; the exit code is that of the first one that could not be cancelled.",
            "Cancel what a list finds: millrace runs list --state QUEUED -o ids | millrace runs cancel -"
        })
final class CancelCommand implements Callable<Integer> {
    private final Context context;

    @Spec
    private CommandSpec spec;

    @Mixin
    private ControlPlaneOptions controlPlane;

    @Mixin
    private OutputOption output;

    @Parameters(
            arity = "1..*",
            paramLabel = "RUN",
            description = "Ids of runs; a single - reads them from standard input.")
    private List<String> runs;

    @Option(
            names = "--reason",
            paramLabel = "TEXT",
            defaultValue = "cancelled on the command line",
            description = "For whoever reads the history later (default: \"${DEFAULT-VALUE}\").")
    private String reason;

    CancelCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        var ids = RunIds.read(runs, spec);
        var each = new EachRun(context);
        List<CancelledRun> cancelled;
        try (var client = controlPlane.connect(context)) {
            var api = new RunsApi(client);
            cancelled = each.of(ids, run -> api.cancelRun(run, new CancelRun().reason(reason)));
        }
        if (output.isJson()) {
            context.terminal().out().println(Json.write(cancelled));
        } else {
            cancelled.forEach(run -> context.terminal().out().println(run.getRunId() + "  " + run.getState()));
        }
        return each.exitCode();
    }
}
