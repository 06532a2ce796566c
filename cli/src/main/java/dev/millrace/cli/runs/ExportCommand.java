package dev.millrace.cli.runs;

import dev.millrace.cli.CliException;
import dev.millrace.cli.Context;
import dev.millrace.cli.ControlPlaneOptions;
import dev.millrace.cli.ExitCode;
import dev.millrace.cli.terminal.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code millrace runs export}. */
@Command(
        name = "export",
        description = "Write a run into a file: manifest, input, results, failures and its whole history.",
        footer = {
            "",
            "A test replays such a file against your workflow class: see RecordedRun of the testing library.",
            "It holds the data of the run as they are. Look at it before you commit it."
        })
final class ExportCommand implements Callable<Integer> {
    private final Context context;

    @Mixin
    private ControlPlaneOptions controlPlane;

    @Parameters(paramLabel = "RUN", description = "Id of the run.")
    private UUID run;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Where to write it (default: standard output).")
    private Path file;

    ExportCommand(Context context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        String json;
        try (var client = controlPlane.connect(context)) {
            // As the server wrote it: every field, also of a newer server, and no digit changed.
            json = Json.indented(client.read("/api/v1/runs/{runId}/export", Map.of("runId", run))
                    .text());
        }
        if (file == null) {
            context.terminal().out().println(json);
            return ExitCode.OK;
        }
        try {
            Files.writeString(file, json + "\n");
        } catch (IOException e) {
            throw new CliException(ExitCode.ERROR, "The run cannot be written to " + file + ": " + e + ".", e);
        }
        context.terminal().note("Wrote run " + run + " to " + file + ", " + (json.length() + 1023) / 1024 + " kB.");
        return ExitCode.OK;
    }
}
