package dev.millrace.cli;

import dev.millrace.cli.approvals.ApprovalsCommand;
import dev.millrace.cli.demo.DemoCommand;
import dev.millrace.cli.manifest.ManifestCommand;
import dev.millrace.cli.process.Installation;
import dev.millrace.cli.runs.RunsCommand;
import dev.millrace.cli.scheduling.ExplainCommand;
import dev.millrace.cli.scheduling.LimitsCommand;
import dev.millrace.cli.scheduling.UsageCommand;
import dev.millrace.cli.scheduling.WorkersCommand;
import dev.millrace.cli.scheduling.WorkflowsCommand;
import dev.millrace.cli.tasks.TasksCommand;
import dev.millrace.cli.terminal.Terminal;
import dev.millrace.cli.triggers.CelCommand;
import dev.millrace.cli.triggers.EventsCommand;
import dev.millrace.cli.triggers.FiltersCommand;
import dev.millrace.cli.triggers.SchedulesCommand;
import dev.millrace.cli.triggers.WebhooksCommand;
import dev.millrace.manifest.Durations;
import dev.millrace.rest.RestException;
import dev.millrace.rest.RestUnavailableException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The {@code millrace} command. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        // The sample's jar has a log configuration too, for its own process; this one is named, so that only it counts.
        if (System.getProperty("logback.configurationFile") == null) {
            System.setProperty("logback.configurationFile", "dev/millrace/cli/logback.xml");
        }
        var context = new Context(
                Terminal.ofProcess(),
                System.getenv(),
                Path.of("").toAbsolutePath(),
                new Installation(
                        Path.of(System.getProperty("millrace.home", "")).toAbsolutePath()));
        System.exit(commandLine(context).execute(arguments));
    }

    /** All commands, ready to be executed. */
    static CommandLine commandLine(Context context) {
        var line = new CommandLine(new RootCommand(context))
                .addSubcommand(new DemoCommand(context))
                .addSubcommand(new DevCommand(context))
                .addSubcommand(new ServerCommand(context))
                .addSubcommand(RunsCommand.commandLine(context))
                .addSubcommand(TasksCommand.commandLine(context))
                .addSubcommand(ManifestCommand.commandLine(context))
                .addSubcommand(EventsCommand.commandLine(context))
                .addSubcommand(ApprovalsCommand.commandLine(context))
                .addSubcommand(FiltersCommand.commandLine(context))
                .addSubcommand(SchedulesCommand.commandLine(context))
                .addSubcommand(WebhooksCommand.commandLine(context))
                .addSubcommand(new ExplainCommand(context))
                .addSubcommand(LimitsCommand.commandLine(context))
                .addSubcommand(new UsageCommand(context))
                .addSubcommand(WorkflowsCommand.commandLine(context))
                .addSubcommand(WorkersCommand.commandLine(context))
                .addSubcommand(new CelCommand(context))
                .addSubcommand(new BenchCommand(context))
                .addSubcommand(new VersionCommand(context))
                .addSubcommand(new HelpCommand());
        var terminal = context.terminal();
        line.setOut(new PrintWriter(terminal.out(), true));
        line.setErr(new PrintWriter(terminal.err(), true));
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setAbbreviatedOptionsAllowed(false);
        line.setUsageHelpAutoWidth(true);
        line.setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF));
        line.registerConverter(Duration.class, Main::duration);
        line.setParameterExceptionHandler((problem, given) -> usage(problem, context));
        line.setExecutionExceptionHandler((problem, command, parsed) -> failure(problem, context));
        return line;
    }

    private static Duration duration(String text) {
        try {
            return Durations.parse(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }

    private static int usage(ParameterException problem, Context context) {
        var command = problem.getCommandLine();
        say(context, problem.getMessage());
        var suggestions = new StringWriter();
        UnmatchedArgumentException.printSuggestions(problem, new PrintWriter(suggestions, true));
        if (!suggestions.toString().isBlank()) {
            context.terminal().note(suggestions.toString().strip());
        } else if (!command.getSubcommands().isEmpty()) {
            context.terminal()
                    .note("Commands: "
                            + String.join(", ", command.getSubcommands().keySet()));
        }
        context.terminal().note("See: " + command.getCommandSpec().qualifiedName() + " --help");
        return ExitCode.USAGE;
    }

    private static int failure(Exception problem, Context context) {
        if (problem instanceof CliException known) {
            say(context, known.getMessage());
            return known.exitCode();
        }
        if (problem instanceof RestUnavailableException) {
            say(context, problem.getMessage() + " Start one with: millrace dev");
            return ExitCode.UNREACHABLE;
        }
        if (problem instanceof RestException refused) {
            say(context, refusal(refused));
            return exitCode(refused.status());
        }
        say(context, "Unexpected: " + problem);
        problem.printStackTrace(context.terminal().err());
        return ExitCode.ERROR;
    }

    private static String refusal(RestException refused) {
        var said = refused.problem()
                .map(problem -> problem.getDetail() + " [" + problem.getCode() + "]")
                .orElse(refused.getMessage());
        return refused.status() == 401
                ? said + " The token is taken from MILLRACE_TOKEN, else from the local control plane's data directory."
                : said;
    }

    /** What an HTTP status means for a script. */
    static int exitCode(int status) {
        return switch (status) {
            case 401, 403 -> ExitCode.AUTH;
            case 404 -> ExitCode.NOT_FOUND;
            case 409, 412 -> ExitCode.CONFLICT;
            case 503 -> ExitCode.UNREACHABLE;
            default -> ExitCode.ERROR;
        };
    }

    private static void say(Context context, String message) {
        context.terminal().note(context.terminal().errStyle().red("millrace: ") + message);
    }
}
