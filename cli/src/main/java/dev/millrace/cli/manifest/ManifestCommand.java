package dev.millrace.cli.manifest;

import dev.millrace.cli.CommandGroup;
import dev.millrace.cli.Context;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The group of commands about manifests. */
@Command(name = "manifest", description = "Show manifests and compare their versions.")
public final class ManifestCommand extends CommandGroup {
    private ManifestCommand() {}

    /** The group with its commands. */
    public static CommandLine commandLine(Context context) {
        return new CommandLine(new ManifestCommand())
                .addSubcommand(new DiffCommand(context))
                .addSubcommand(new ShowCommand(context));
    }
}
