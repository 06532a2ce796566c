package dev.millrace.cli.manifest;

import dev.millrace.cli.Context;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The group of commands about manifests. */
@Command(
        name = "manifest",
        synopsisSubcommandLabel = "COMMAND",
        description = "Show manifests and compare their versions.")
public final class ManifestCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    private ManifestCommand() {}

    /** The group with its commands. */
    public static CommandLine commandLine(Context context) {
        return new CommandLine(new ManifestCommand())
                .addSubcommand(new DiffCommand(context))
                .addSubcommand(new ShowCommand(context));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "A command is missing after \"manifest\": diff or show.");
    }
}
