package dev.millrace.cli.runs;

import dev.millrace.cli.Context;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The group of commands about runs. */
@Command(
        name = "runs",
        synopsisSubcommandLabel = "COMMAND",
        description = "List, show, cancel, signal, replay and export runs.")
public final class RunsCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    private RunsCommand() {}

    /** The group with its commands. */
    public static CommandLine commandLine(Context context) {
        return new CommandLine(new RunsCommand())
                .addSubcommand(new ListCommand(context))
                .addSubcommand(new GetCommand(context))
                .addSubcommand(new CancelCommand(context))
                .addSubcommand(new SignalCommand(context))
                .addSubcommand(new FailedCommand(context))
                .addSubcommand(new ReplayCommand(context))
                .addSubcommand(new ExportCommand(context));
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "A command is missing after \"runs\": list, get, cancel, signal, failed, replay or export.");
    }
}
