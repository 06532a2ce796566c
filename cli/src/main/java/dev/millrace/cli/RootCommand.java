package dev.millrace.cli;

import dev.millrace.cli.terminal.ColorChoice;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command itself; does nothing without a subcommand. */
@Command(
        name = "millrace",
        synopsisSubcommandLabel = "COMMAND",
        description = "Durable workflows for Java.",
        versionProvider = Version.class,
        footerHeading = "%nExit codes:%n",
        footer = {
            "  0 done · 1 error · 2 usage · 3 token missing or refused · 4 not found",
            "  5 conflict · 6 control plane unreachable · 7 wait over before the run ended",
            "  10 run FAILED · 11 run CANCELLED · 12 run TIMED_OUT",
            "  20 manifest change RISKY · 21 manifest change BREAKING · 130 Ctrl-C",
            "",
            "Start with: millrace demo"
        })
final class RootCommand implements Runnable {
    private final Context context;

    @Spec
    private CommandSpec spec;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Show this help.")
    private boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Show the version.")
    private boolean version;

    RootCommand(Context context) {
        this.context = context;
    }

    @Option(
            names = "--color",
            paramLabel = "WHEN",
            scope = ScopeType.INHERIT,
            description = "Colours: ${COMPLETION-CANDIDATES} (default: auto, which respects NO_COLOR).")
    void color(ColorChoice choice) {
        context.terminal().color(choice);
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "A command is missing.");
    }
}
