package dev.millrace.cli.tasks;

import dev.millrace.cli.CommandGroup;
import dev.millrace.cli.Context;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The group of commands about single tasks. */
@Command(
        name = "tasks",
        description = "Settle a task that is stuck, by hand: with a reason, which stands in the history of its run.")
public final class TasksCommand extends CommandGroup {
    private TasksCommand() {}

    /** The group with its commands. */
    public static CommandLine commandLine(Context context) {
        return new CommandLine(new TasksCommand())
                .addSubcommand(new SettleCommand.Complete(context))
                .addSubcommand(new SettleCommand.Fail(context))
                .addSubcommand(new SettleCommand.Skip(context))
                .addSubcommand(new SettleCommand.Cancel(context));
    }
}
