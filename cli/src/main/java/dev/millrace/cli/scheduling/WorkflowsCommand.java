package dev.millrace.cli.scheduling;

import dev.millrace.cli.CommandGroup;
import dev.millrace.cli.Context;
import dev.millrace.cli.ControlPlaneOptions;
import dev.millrace.cli.ExitCode;
import dev.millrace.rest.LimitsApi;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The group of commands about workflows. */
@Command(name = "workflows", description = "Pause workflows and resume them.")
public final class WorkflowsCommand extends CommandGroup {
    private final Context context;

    private WorkflowsCommand(Context context) {
        this.context = context;
    }

    /** The group with its commands. */
    public static CommandLine commandLine(Context context) {
        return new CommandLine(new WorkflowsCommand(context));
    }

    @Command(
            name = "pause",
            description =
                    "Begin no more runs of a workflow. New ones are accepted and wait; those that have begun go on.")
    int pause(
            @Mixin ControlPlaneOptions controlPlane,
            @Parameters(paramLabel = "NAME", description = "Name of the workflow.") String name) {
        try (var client = controlPlane.connect(context)) {
            new LimitsApi(client).pauseWorkflow(name);
        }
        context.terminal().out().println(name + " is paused.");
        return ExitCode.OK;
    }

    @Command(name = "resume", description = "Let runs of a workflow begin again.")
    int resume(
            @Mixin ControlPlaneOptions controlPlane,
            @Parameters(paramLabel = "NAME", description = "Name of the workflow.") String name) {
        try (var client = controlPlane.connect(context)) {
            new LimitsApi(client).resumeWorkflow(name);
        }
        context.terminal().out().println(name + " goes on.");
        return ExitCode.OK;
    }
}
