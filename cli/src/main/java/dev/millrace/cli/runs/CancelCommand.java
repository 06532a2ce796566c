package dev.millrace.cli.runs;

import dev.millrace.cli.Context;
import dev.millrace.cli.ControlPlaneOptions;
import dev.millrace.cli.ExitCode;
import dev.millrace.cli.OutputOption;
import dev.millrace.cli.terminal.Json;
import dev.millrace.rest.RestException;
import dev.millrace.rest.RunsApi;
import dev.millrace.rest.model.CancelRun;
import dev.millrace.rest.model.CancelledRun;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
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
        var ids = ids();
        var cancelled = new ArrayList<CancelledRun>();
        int exitCode = ExitCode.OK;
        try (var client = controlPlane.connect(context)) {
            var api = new RunsApi(client);
            for (var id : ids) {
                try {
                    cancelled.add(api.cancelRun(id, new CancelRun().reason(reason)));
                } catch (RestException e) {
                    if (e.status() != 404 && e.status() != 409) {
                        throw e;
                    }
                    context.terminal()
                            .note("millrace: "
                                    + e.problem()
                                            .map(problem -> problem.getDetail() + " [" + problem.getCode() + "]")
                                            .orElse(e.getMessage()));
                    if (exitCode == ExitCode.OK) {
                        exitCode = e.status() == 404 ? ExitCode.NOT_FOUND : ExitCode.CONFLICT;
                    }
                }
            }
        }
        if (output.isJson()) {
            context.terminal().out().println(Json.write(cancelled));
        } else {
            cancelled.forEach(run -> context.terminal().out().println(run.getRunId() + "  " + run.getState()));
        }
        return exitCode;
    }

    private List<UUID> ids() {
        var texts = runs.equals(List.of("-"))
                ? new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))
                        .lines()
                        .map(String::strip)
                        .filter(line -> !line.isEmpty())
                        .toList()
                : runs;
        return texts.stream().map(this::id).toList();
    }

    private UUID id(String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(
                    spec.commandLine(),
                    "\"" + text + "\" is no id of a run; it looks like 0193a5c8-7f3e-7c1a-9b2d-3f4e5a6b7c8d.");
        }
    }
}
