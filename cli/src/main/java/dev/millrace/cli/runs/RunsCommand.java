package dev.millrace.cli.runs;

import dev.millrace.cli.CommandGroup;
import dev.millrace.cli.Context;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The group of commands about runs. */
@Command(
        name = "runs",
        description =
                "List, show, cancel, signal, replay and export runs, let them use more, and ask how far they are.")
public final class RunsCommand extends CommandGroup {
    private RunsCommand() {}

    /** The group with its commands. */
    public static CommandLine commandLine(Context context) {
        return new CommandLine(new RunsCommand())
                .addSubcommand(new ListCommand(context))
                .addSubcommand(new GetCommand(context))
                .addSubcommand(new CancelCommand(context))
                .addSubcommand(new SignalCommand(context))
                .addSubcommand(new RequestCommand(context))
                .addSubcommand(new BudgetCommand(context))
                .addSubcommand(new StateCommand(context))
                .addSubcommand(new StreamCommand(context))
                .addSubcommand(new FailedCommand(context))
                .addSubcommand(new ReplayCommand(context))
                .addSubcommand(new ExportCommand(context));
    }
}
